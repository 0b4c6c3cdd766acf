import { voxelCount, type Volume, type VolumeGeometry } from '../../twins/volume.ts';
import type { Level } from './cost.ts';

/**
 * The levels of an image with its mask, 1 or 0 per voxel. `mask` holds one byte per voxel of `grid`, which is the image's own
 * or its finest level's.
 */
export const withMask = (levels: readonly Level[], grid: VolumeGeometry, mask: Uint8Array): readonly Level[] =>
  levels.map((level) => ({ ...level, mask: thinned(mask, grid, level) }));

/**
 * {@link withMask} for a mask that keeps something alien out: a voxel of a coarse level is left out where any that it was
 * smoothed from is, and where `interpolated`, also where any of its neighbours is.
 */
export const withStrictMask = (
  levels: readonly Level[],
  grid: VolumeGeometry,
  mask: Uint8Array,
  interpolated: boolean,
): readonly Level[] =>
  levels.map((level) => {
    const reach = stepsOf(grid, level).map((step) => 2 * (step - 1) + (interpolated ? step : 0));
    return { ...level, mask: thinned(eroded(mask, grid, reach), grid, level) };
  });

/** Of how many voxels of the grid along each axis a level keeps one. */
const stepsOf = ({ spacingMm }: VolumeGeometry, level: Volume): readonly number[] =>
  level.spacingMm.map((spacing, axis) => Math.round(spacing / spacingMm[axis]!));

function thinned(mask: Uint8Array, grid: VolumeGeometry, level: Volume): Uint8Array {
  const [stepZ, stepY, stepX] = stepsOf(grid, level) as [number, number, number];
  const [, rows, columns] = grid.shape;
  const [depth, height, width] = level.shape;
  const out = new Uint8Array(voxelCount(level.shape));
  for (let z = 0, to = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const row = (z * stepZ * rows + y * stepY) * columns;
      for (let x = 0; x < width; x++, to++) {
        out[to] = mask[row + x * stepX] === 0 ? 0 : 1;
      }
    }
  }
  return out;
}

/** 0 wherever the mask is 0 within so many voxels along each axis. */
function eroded(mask: Uint8Array, { shape }: VolumeGeometry, reach: readonly number[]): Uint8Array {
  const [, rows, columns] = shape;
  const strides = [rows * columns, columns, 1];
  let from = mask;
  reach.forEach((radius, axis) => {
    const length = shape[axis]!;
    if (radius === 0 || length === 1) {
      return;
    }
    const stride = strides[axis]!;
    const to = new Uint8Array(from.length);
    for (let line = 0; line < from.length / length; line++) {
      const first = Math.floor(line / stride) * stride * length + (line % stride);
      // How far the last 0 lies behind: the beginning counts as far away.
      for (let pass = 0; pass < 2; pass++) {
        let since = Infinity;
        for (let k = 0; k < length; k++) {
          const at = first + stride * (pass === 0 ? k : length - 1 - k);
          since = from[at] === 0 ? 0 : since + 1;
          to[at] = since > radius && (pass === 0 || to[at] === 1) ? 1 : 0;
        }
      }
    }
    from = to;
  });
  return from;
}
