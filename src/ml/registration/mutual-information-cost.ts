import { SMALLEST_OVERLAP, type CostFunction } from './cost.ts';
import { addRow, mirrorLowerTriangle, MOMENTS, UNKNOWNS } from './normal-equations.ts';
import { sumComponent, sumMixedPair, sumMixedPairs, type Row } from './row-moments.ts';
import { rowSampler } from './sampled-row.ts';
import { comparedVoxels } from './squared-difference.ts';
import { compose, indexToWorld } from './transform.ts';

const FEWEST_BINS = 8;
const MOST_BINS = 32;
/** With fewer voxels per bin of the joint histogram its own noise is taken for information. */
const VOXELS_PER_BIN = 16;

/**
 * Minus the mutual information in nats, for images of different contrast (Mattes et al., IEEE TMI 22(1), 2003): a joint
 * histogram with a box window for the fixed and a cubic B-spline window for the moving image, 8 to 32 bins by the number of
 * voxels. `correlation` is what a Gaussian pair of this information would have, sqrt(1 - exp(-2 I)) (Linfoot 1957).
 *
 * The mutual information is the mean log-likelihood ratio of a voxel's pair of values, so the sum of the outer products of
 * the voxels' gradients (Berndt, Hall, Hall, Hausman 1974) takes the place of the Gauss-Newton matrix. Changes of the
 * overlap are left out of the gradient, as is usual.
 */
export const mutualInformationCost: CostFunction = (fixed, moving, frame) => {
  const [depth, height, width] = fixed.shape;
  const f = fixed.voxels;
  const compared = comparedVoxels(fixed.mask, f.length);
  const bins = Math.max(FEWEST_BINS, Math.min(MOST_BINS, Math.floor(Math.sqrt(compared / VOXELS_PER_BIN))));
  // The cubic window reaches one bin below and two above the one that a value falls into.
  const columns = bins + 3;
  const indexToLocal = compose(frame.fromWorld, indexToWorld(fixed));
  const [spacingZ, spacingY, spacingX] = fixed.spacingMm;
  const [originX, originY, originZ] = [indexToLocal[3]!, indexToLocal[7]!, indexToLocal[11]!];
  const samplerAt = rowSampler(fixed, moving, frame);
  const binOfFixed = Uint8Array.from(f, (value) => Math.min(bins - 1, (value * bins) | 0));
  const ones = new Float64Array(width).fill(1);
  const zeros = new Float64Array(width);
  // What the first pass samples, for the second.
  const value = new Float64Array(f.length);
  const [gx, gy, gz] = [new Float32Array(f.length), new Float32Array(f.length), new Float32Array(f.length)];
  const [fromOf, toOf] = [new Int32Array(depth * height), new Int32Array(depth * height)];
  const leftOut = fixed.mask === undefined && moving.mask === undefined ? null : new Uint8Array(f.length);
  const [forceX, forceY, forceZ] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)];

  return ({ transform }) => {
    const sampleRow = samplerAt(transform);
    const joint = new Float64Array(bins * columns);
    let count = 0;
    for (let z = 0, row = 0, rowStart = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, row++, rowStart += width) {
        const sampled = sampleRow(y, z, rowStart);
        const { from, to } = sampled;
        fromOf[row] = from;
        toOf[row] = to;
        leftOut?.set(sampled.left, rowStart);
        for (let x = from; x < to; x++) {
          const at = rowStart + x;
          if (sampled.leftOut > 0 && sampled.left[x] === 1) {
            continue;
          }
          value[at] = sampled.value[x]!;
          gx[at] = sampled.gx[x]!;
          gy[at] = sampled.gy[x]!;
          gz[at] = sampled.gz[x]!;
          const position = value[at] * (bins - 1);
          const cell = position | 0;
          const t = position - cell;
          const o = binOfFixed[at]! * columns + cell;
          const s = 1 - t;
          joint[o]! += (s * s * s) / 6;
          joint[o + 1]! += (4 - 3 * t * t * (2 - t)) / 6;
          joint[o + 2]! += (4 - 3 * s * s * (2 - s)) / 6;
          joint[o + 3]! += (t * t * t) / 6;
        }
        count += to - from - sampled.leftOut;
      }
    }
    const hessian = new Float64Array(UNKNOWNS * UNKNOWNS);
    const gradient = new Float64Array(UNKNOWNS);
    if (count === 0 || count < SMALLEST_OVERLAP * compared) {
      return { cost: Infinity, hessian, gradient, count, correlation: -Infinity };
    }
    const { information, ratio } = informationOf(joint, bins, columns, count);

    const moments = new Float64Array(MOMENTS);
    for (let z = 0, row = 0, rowStart = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, row++, rowStart += width) {
        const [from, to] = [fromOf[row]!, toOf[row]!];
        if (from === to) {
          continue;
        }
        for (let x = from; x < to; x++) {
          const at = rowStart + x;
          let weight = 0;
          if (leftOut === null || leftOut[at] === 0) {
            const position = value[at]! * (bins - 1);
            const cell = position | 0;
            const t = position - cell;
            const o = binOfFixed[at]! * columns + cell;
            const s = 1 - t;
            weight =
              0.5 *
              (bins - 1) *
              (s * s * ratio[o]! +
                t * (4 - 3 * t) * ratio[o + 1]! -
                s * (4 - 3 * s) * ratio[o + 2]! -
                t * t * ratio[o + 3]!);
          }
          forceX[x] = weight * gx[at]!;
          forceY[x] = weight * gy[at]!;
          forceZ[x] = weight * gz[at]!;
        }
        const rowOf: Row = { from, to, origin: originX, spacing: spacingX };
        sumComponent(moments, 0, forceX, ones, zeros, rowOf);
        sumComponent(moments, 1, forceY, ones, zeros, rowOf);
        if (frame.flat) {
          sumMixedPair(moments, forceX, forceY, rowOf);
        } else {
          sumComponent(moments, 2, forceZ, ones, zeros, rowOf);
          sumMixedPairs(moments, forceX, forceY, forceZ, rowOf);
        }
        addRow(hessian, gradient, moments, originY + spacingY * y, originZ + spacingZ * z);
      }
    }
    // The moments of gain and offset have no meaning here.
    hessian.fill(0, (UNKNOWNS - 2) * UNKNOWNS);
    mirrorLowerTriangle(hessian);
    return {
      cost: -information,
      hessian,
      gradient,
      count,
      correlation: Math.sqrt(Math.max(0, 1 - Math.exp(-2 * information))),
    };
  };
};

/** The mutual information in nats, and per cell of the histogram log(joint / moving), 0 where it is empty. */
function informationOf(
  joint: Float64Array,
  bins: number,
  columns: number,
  count: number,
): { readonly information: number; readonly ratio: Float64Array } {
  const ofMoving = new Float64Array(columns);
  for (let i = 0; i < joint.length; i++) {
    ofMoving[i % columns]! += joint[i]!;
  }
  const ratio = new Float64Array(joint.length);
  let information = 0;
  for (let bin = 0; bin < bins; bin++) {
    const row = joint.subarray(bin * columns, (bin + 1) * columns);
    const ofFixed = row.reduce((sum, weight) => sum + weight, 0);
    for (let column = 0; column < columns; column++) {
      const weight = row[column]!;
      if (weight > 0) {
        const log = Math.log(weight / ofMoving[column]!);
        ratio[bin * columns + column] = log;
        information += (weight / count) * (log - Math.log(ofFixed / count));
      }
    }
  }
  return { information, ratio };
}
