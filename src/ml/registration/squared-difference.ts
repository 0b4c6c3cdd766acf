import { SMALLEST_OVERLAP, type CostFunction } from './cost.ts';
import { addRow, GAIN, mirrorLowerTriangle, MOMENTS, OFFSET, UNKNOWNS } from './normal-equations.ts';
import { sumComponent, sumMixedPair, sumMixedPairs, type Row } from './row-moments.ts';
import { rowSampler } from './sampled-row.ts';
import { compose, indexToWorld } from './transform.ts';

/**
 * The mean of the squares of `moving(T(x)) - gain * fixed(x) - offset` over the voxels x of the fixed image whose
 * counterpart lies inside the moving one, with free gain and offset, which make it blind to linear differences of
 * intensity. `gradient` is half of that of the summed squares; `correlation` is Pearson's. Both images are scaled to 0..1.
 *
 * Derivatives are those of trilinear interpolation. The Jacobian of a voxel is (g (x) q, g, -f, -1) with the image gradient
 * g, the position q and the fixed value f; since q changes along a row only in x, a row is summed as 36 moments and
 * expanded into the 14 x 14 system once.
 */
export const squaredDifference: CostFunction = (fixed, moving, frame) => {
  const [depth, height, width] = fixed.shape;
  const f = fixed.voxels;
  const indexToLocal = compose(frame.fromWorld, indexToWorld(fixed));
  const [spacingZ, spacingY, spacingX] = fixed.spacingMm;
  const [originX, originY, originZ] = [indexToLocal[3]!, indexToLocal[7]!, indexToLocal[11]!];
  const samplerAt = rowSampler(fixed, moving, frame);
  const least = SMALLEST_OVERLAP * comparedVoxels(fixed.mask, f.length);
  const [residual, value] = [new Float64Array(width), new Float64Array(width)];

  return ({ transform, gain, offset }) => {
    const sampleRow = samplerAt(transform);
    const hessian = new Float64Array(UNKNOWNS * UNKNOWNS);
    const gradient = new Float64Array(UNKNOWNS);
    const moments = new Float64Array(MOMENTS);
    let count = 0;
    let sumF = 0;
    let sumFF = 0;
    let sumR = 0;
    let sumRF = 0;
    let sumRR = 0;

    for (let z = 0, rowStart = 0; z < depth; z++) {
      for (let y = 0; y < height; y++, rowStart += width) {
        const sampled = sampleRow(y, z, rowStart);
        const { from, to, leftOut, left, gx, gy, gz } = sampled;
        if (from === to) {
          continue;
        }
        for (let x = from; x < to; x++) {
          if (leftOut > 0 && left[x] === 1) {
            residual[x] = 0;
            value[x] = 0;
            continue;
          }
          const fixedValue = f[rowStart + x]!;
          const r = sampled.value[x]! - gain * fixedValue - offset;
          residual[x] = r;
          value[x] = fixedValue;
          sumF += fixedValue;
          sumFF += fixedValue * fixedValue;
          sumR += r;
          sumRF += r * fixedValue;
          sumRR += r * r;
        }
        count += to - from - leftOut;
        const row: Row = { from, to, origin: originX, spacing: spacingX };
        sumComponent(moments, 0, gx, residual, value, row);
        sumComponent(moments, 1, gy, residual, value, row);
        if (frame.flat) {
          sumMixedPair(moments, gx, gy, row);
        } else {
          sumComponent(moments, 2, gz, residual, value, row);
          sumMixedPairs(moments, gx, gy, gz, row);
        }
        addRow(hessian, gradient, moments, originY + spacingY * y, originZ + spacingZ * z);
      }
    }
    hessian[GAIN * UNKNOWNS + GAIN] = sumFF;
    hessian[OFFSET * UNKNOWNS + GAIN] = sumF;
    hessian[OFFSET * UNKNOWNS + OFFSET] = count;
    gradient[GAIN] = -sumRF;
    gradient[OFFSET] = -sumR;
    mirrorLowerTriangle(hessian);
    const enough = count > 0 && count >= least;
    return {
      cost: enough ? sumRR / count : Infinity,
      hessian,
      gradient,
      count,
      correlation: enough ? correlationOf({ count, sumF, sumFF, sumR, sumRF, sumRR, gain }) : -Infinity,
    };
  };
};

/** How many voxels a mask leaves, of all where there is none. */
export function comparedVoxels(mask: Uint8Array | undefined, length: number): number {
  return mask === undefined ? length : mask.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
}

/** Pearson correlation of moving and fixed, where moving = r + gain * fixed + offset. */
function correlationOf(s: {
  readonly count: number;
  readonly sumF: number;
  readonly sumFF: number;
  readonly sumR: number;
  readonly sumRF: number;
  readonly sumRR: number;
  readonly gain: number;
}): number {
  const varianceF = s.sumFF - (s.sumF * s.sumF) / s.count;
  const covarianceRF = s.sumRF - (s.sumR * s.sumF) / s.count;
  const varianceR = s.sumRR - (s.sumR * s.sumR) / s.count;
  const covariance = covarianceRF + s.gain * varianceF;
  const varianceM = varianceR + 2 * s.gain * covarianceRF + s.gain * s.gain * varianceF;
  const correlation = covariance / Math.sqrt(varianceF * varianceM);
  return Number.isNaN(correlation) ? -Infinity : correlation;
}
