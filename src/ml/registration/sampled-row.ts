import type { Level } from './cost.ts';
import { findInteriorSpan, type InteriorSpan } from './interior-span.ts';
import { worldOfLocal, type LocalFrame } from './local-frame.ts';
import { compose, indexToWorld, invert, type Matrix4 } from './transform.ts';

/** The moving image along one row of the fixed one; only `from` <= x < `to` is set, where the images overlap. */
export interface SampledRow {
  from: number;
  to: number;
  /** How many of these masks leave out; `left[x]` is 1 there. */
  leftOut: number;
  readonly left: Uint8Array;
  readonly value: Float64Array;
  /** The gradient by local mm, that of trilinear interpolation. */
  readonly gx: Float64Array;
  readonly gy: Float64Array;
  readonly gz: Float64Array;
}

/** Samples row (y, z) of the fixed grid, whose first voxel has the index `rowStart`. */
export type SampleRow = (y: number, z: number, rowStart: number) => SampledRow;

/**
 * Samples a moving image along the rows of a fixed one under a transform of the local frame, by trilinear interpolation.
 * The images overlap up to half a voxel beyond the outermost centres of the moving one. The row that is returned is the
 * same object every time.
 */
export function rowSampler(fixed: Level, moving: Level, frame: LocalFrame): (transform: Matrix4) => SampleRow {
  const width = fixed.shape[2];
  const [movingDepth, movingHeight, movingWidth] = moving.shape;
  const data = moving.voxels;
  const worldToMoving = invert(indexToWorld(moving));
  const lastX = movingWidth - 1;
  const lastY = movingHeight - 1;
  const lastZ = movingDepth - 1;
  const stepX = movingWidth > 1 ? 1 : 0;
  const stepY = movingHeight > 1 ? movingWidth : 0;
  const stepZ = movingDepth > 1 ? movingWidth * movingHeight : 0;
  const last = [lastX, lastY, lastZ] as const;

  // From the gradient by index to the gradient by local mm.
  const n = compose(worldToMoving, frame.toWorld);
  const [n0, n1, n2] = [n[0]!, n[1]!, n[2]!];
  const [n4, n5, n6] = [n[4]!, n[5]!, n[6]!];
  const [n8, n9, n10] = [n[8]!, n[9]!, n[10]!];

  const row: SampledRow = {
    from: 0,
    to: 0,
    leftOut: 0,
    left: new Uint8Array(width),
    value: new Float64Array(width),
    gx: new Float64Array(width),
    gy: new Float64Array(width),
    gz: new Float64Array(width),
  };
  const { value, gx, gy, gz } = row;
  const span: InteriorSpan = { from: 0, to: 0 };
  const { mask: fixedMask } = fixed;
  const { mask: movingMask } = moving;

  return (transform) => {
    const m = compose(worldToMoving, compose(worldOfLocal(frame, transform), indexToWorld(fixed)));
    const [m0, m4, m8] = [m[0]!, m[4]!, m[8]!];
    const slope = [m0, m4, m8] as const;

    return (y, z, rowStart) => {
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
      row.from = from;
      row.to = to;
      if (from === to) {
        row.leftOut = 0;
        return row;
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
        value[x] = near + fz * (far - near);
        gx[x] = n0 * ux + n4 * uy + n8 * uz;
        gy[x] = n1 * ux + n5 * uy + n9 * uz;
        gz[x] = n2 * ux + n6 * uy + n10 * uz;
      }
      row.leftOut = 0;
      if (fixedMask !== undefined || movingMask !== undefined) {
        for (let x = from; x < to; x++) {
          const isLeft =
            (fixedMask !== undefined && fixedMask[rowStart + x] === 0) ||
            (movingMask !== undefined &&
              movingMask[
                (nearest(rowZ + m8 * x, lastZ) * movingHeight + nearest(rowY + m4 * x, lastY)) * movingWidth +
                  nearest(rowX + m0 * x, lastX)
              ] === 0);
          row.left[x] = isLeft ? 1 : 0;
          if (isLeft) {
            row.leftOut++;
            gx[x] = 0;
            gy[x] = 0;
            gz[x] = 0;
          }
        }
      }
      return row;
    };
  };
}

const nearest = (position: number, last: number): number => Math.min(last, Math.max(0, Math.round(position)));
