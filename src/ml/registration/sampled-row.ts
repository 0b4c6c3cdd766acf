import type { Level } from './cost.ts';
import { findInteriorSpan, type InteriorSpan } from './interior-span.ts';
import { worldOfLocal, type LocalFrame } from './local-frame.ts';
import { sampleSliceRow, sampleVolumeRow } from './row-interpolation.ts';
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
  const last = [lastX, lastY, lastZ] as const;

  // From the gradient by index to the gradient by local mm.
  const n = compose(worldToMoving, frame.toWorld);
  // Slices share a plane, across which there is neither a place nor a slope.
  const isSlice = frame.flat && movingDepth === 1;

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
  const { gx, gy, gz } = row;
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
      if (isSlice) {
        sampleSliceRow(row, data, movingWidth, last, span, [rowX, rowY], [m0, m4], n);
      } else {
        sampleVolumeRow(row, data, movingWidth, movingHeight, last, span, [rowX, rowY, rowZ], slope, n);
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
