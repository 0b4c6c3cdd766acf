import type { Volume } from '../../twins/volume.ts';
import { worldOfLocal, type LocalFrame } from './local-frame.ts';
import { findInteriorSpan, type InteriorSpan } from './interior-span.ts';
import { addRow, GAIN, MOMENTS, OFFSET, UNKNOWNS } from './normal-equations.ts';
import { sumComponent, sumMixedPairs, type Row } from './row-moments.ts';
import { compose, indexToWorld, invert, type Matrix4 } from './transform.ts';

/** Below this share of the fixed image inside the moving one a cost says nothing. */
const SMALLEST_OVERLAP = 0.25;

/** What is tried: a transform of the local frame, and `moving ~ gain * fixed + offset`. */
export interface Guess {
  readonly transform: Matrix4;
  readonly gain: number;
  readonly offset: number;
}

/** The cost at a guess with its Gauss-Newton system, by all 14 unknowns. */
export interface Evaluation {
  /** Mean squared residual over the overlap; Infinity when less than a quarter of the fixed image overlaps. */
  readonly cost: number;
  /** Sum of J J^T, 14 x 14 row-major. */
  readonly hessian: Float64Array;
  /** Sum of J r: half the gradient of the summed squares. */
  readonly gradient: Float64Array;
  /** Number of overlapping voxels. */
  readonly count: number;
  /** Correlation of the images over the overlap, -1..1; comparable between guesses that overlap differently. */
  readonly correlation: number;
}

/**
 * The summed squares of `moving(T(x)) - gain * fixed(x) - offset` over the voxels x of the fixed image whose counterpart
 * lies inside the moving one, with free gain and offset, which make it blind to linear differences of intensity. Both
 * images are scaled to 0..1.
 *
 * Derivatives are those of trilinear interpolation. The Jacobian of a voxel is (g (x) q, g, -f, -1) with the image gradient
 * g, the position q and the fixed value f; since q changes along a row only in x, a row is summed as 36 moments and
 * expanded into the 14 x 14 system once.
 */
export function squaredDifference(fixed: Volume, moving: Volume, frame: LocalFrame): (guess: Guess) => Evaluation {
  const [depth, height, width] = fixed.shape;
  const [movingDepth, movingHeight, movingWidth] = moving.shape;
  const f = fixed.voxels;
  const data = moving.voxels;
  const indexToLocal = compose(frame.fromWorld, indexToWorld(fixed));
  const worldToMoving = invert(indexToWorld(moving));
  const [spacingZ, spacingY, spacingX] = fixed.spacingMm;
  const [originX, originY, originZ] = [indexToLocal[3]!, indexToLocal[7]!, indexToLocal[11]!];
  const lastX = movingWidth - 1;
  const lastY = movingHeight - 1;
  const lastZ = movingDepth - 1;
  const stepX = movingWidth > 1 ? 1 : 0;
  const stepY = movingHeight > 1 ? movingWidth : 0;
  const stepZ = movingDepth > 1 ? movingWidth * movingHeight : 0;

  // From the gradient by index to the gradient by local mm.
  const n = compose(worldToMoving, frame.toWorld);
  const [n0, n1, n2] = [n[0]!, n[1]!, n[2]!];
  const [n4, n5, n6] = [n[4]!, n[5]!, n[6]!];
  const [n8, n9, n10] = [n[8]!, n[9]!, n[10]!];

  const last = [lastX, lastY, lastZ] as const;
  // Of one row: image gradient by local mm, residual, fixed value.
  const [rowGx, rowGy, rowGz] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)];
  const [residual, value] = [new Float64Array(width), new Float64Array(width)];
  const span: InteriorSpan = { from: 0, to: 0 };

  return ({ transform, gain, offset }) => {
    const m = compose(worldToMoving, compose(worldOfLocal(frame, transform), indexToWorld(fixed)));
    const [m0, m4, m8] = [m[0]!, m[4]!, m[8]!];
    const slope = [m0, m4, m8] as const;
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
        const rowX = m[1]! * y + m[2]! * z + m[3]!;
        const rowY = m[5]! * y + m[6]! * z + m[7]!;
        const rowZ = m[9]! * y + m[10]! * z + m[11]!;
        const within = (x: number): boolean => {
          const [px, py, pz] = [rowX + m0 * x, rowY + m4 * x, rowZ + m8 * x];
          return px >= -0.5 && py >= -0.5 && pz >= -0.5 && px <= lastX + 0.5 && py <= lastY + 0.5 && pz <= lastZ + 0.5;
        };
        let from = 0;
        let to = width;
        while (from < to && !within(from)) {
          from++;
        }
        while (from < to && !within(to - 1)) {
          to--;
        }
        if (from === to) {
          continue;
        }
        findInteriorSpan(span, width, [rowX, rowY, rowZ], slope, last);
        for (let x = from; x < to; x++) {
          let px = rowX + m0 * x;
          let py = rowY + m4 * x;
          let pz = rowZ + m8 * x;
          let ix = px | 0;
          let iy = py | 0;
          let iz = pz | 0;
          let slopeX = 1;
          let slopeY = 1;
          let slopeZ = 1;
          if (x < span.from || x >= span.to) {
            if (px < 0 || px > lastX) {
              px = px < 0 ? 0 : lastX;
              slopeX = 0;
            }
            if (py < 0 || py > lastY) {
              py = py < 0 ? 0 : lastY;
              slopeY = 0;
            }
            if (pz < 0 || pz > lastZ) {
              pz = pz < 0 ? 0 : lastZ;
              slopeZ = 0;
            }
            ix = px >= lastX && lastX > 0 ? lastX - 1 : px | 0;
            iy = py >= lastY && lastY > 0 ? lastY - 1 : py | 0;
            iz = pz >= lastZ && lastZ > 0 ? lastZ - 1 : pz | 0;
          }
          const fx = px - ix;
          const fy = py - iy;
          const fz = pz - iz;
          const o = (iz * movingHeight + iy) * movingWidth + ix;
          const p = o + stepZ;
          const a = data[o]!;
          const b = data[o + stepY]!;
          const c = data[p]!;
          const d = data[p + stepY]!;
          const da = data[o + stepX]! - a;
          const db = data[o + stepY + stepX]! - b;
          const dc = data[p + stepX]! - c;
          const dd = data[p + stepY + stepX]! - d;
          const ea = a + fx * da;
          const eb = b + fx * db;
          const ec = c + fx * dc;
          const ed = d + fx * dd;
          const near = ea + fy * (eb - ea);
          const far = ec + fy * (ed - ec);
          const ux = slopeX * ((1 - fz) * (da + fy * (db - da)) + fz * (dc + fy * (dd - dc)));
          const uy = slopeY * ((1 - fz) * (eb - ea) + fz * (ed - ec));
          const uz = slopeZ * (far - near);
          const fixedValue = f[rowStart + x]!;
          const r = near + fz * (far - near) - gain * fixedValue - offset;
          rowGx[x] = n0 * ux + n4 * uy + n8 * uz;
          rowGy[x] = n1 * ux + n5 * uy + n9 * uz;
          rowGz[x] = n2 * ux + n6 * uy + n10 * uz;
          residual[x] = r;
          value[x] = fixedValue;
          sumF += fixedValue;
          sumFF += fixedValue * fixedValue;
          sumR += r;
          sumRF += r * fixedValue;
          sumRR += r * r;
        }
        count += to - from;
        const row: Row = { from, to, origin: originX, spacing: spacingX };
        sumComponent(moments, 0, rowGx, residual, value, row);
        sumComponent(moments, 1, rowGy, residual, value, row);
        sumComponent(moments, 2, rowGz, residual, value, row);
        sumMixedPairs(moments, rowGx, rowGy, rowGz, row);
        addRow(hessian, gradient, moments, originY + spacingY * y, originZ + spacingZ * z);
      }
    }
    hessian[GAIN * UNKNOWNS + GAIN] = sumFF;
    hessian[OFFSET * UNKNOWNS + GAIN] = sumF;
    hessian[OFFSET * UNKNOWNS + OFFSET] = count;
    gradient[GAIN] = -sumRF;
    gradient[OFFSET] = -sumR;
    for (let row = 0; row < UNKNOWNS; row++) {
      for (let column = row + 1; column < UNKNOWNS; column++) {
        hessian[row * UNKNOWNS + column] = hessian[column * UNKNOWNS + row]!;
      }
    }
    const enough = count >= SMALLEST_OVERLAP * f.length;
    return {
      cost: enough ? sumRR / count : Infinity,
      hessian,
      gradient,
      count,
      correlation: enough ? correlationOf({ count, sumF, sumFF, sumR, sumRF, sumRR, gain }) : -Infinity,
    };
  };
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
