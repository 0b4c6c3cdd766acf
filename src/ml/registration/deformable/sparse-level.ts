import type { VolumeShape } from '../../../twins/volume.ts';
import type { Level } from '../cost.ts';

/** Voxels that fill a joint histogram so well that more hardly move its optimum. */
const ENOUGH_IN_SLICE = 2 ** 17;
/** A volume has three unknowns to a control point and more control points to tell apart. */
const ENOUGH_IN_VOLUME = 2 ** 18;

/**
 * Every second voxel of an image along one axis after the other, as often as it has more voxels than a joint histogram needs
 * (Thevenaz, Bierlaire and Unser, Sampling Theory in Signal and Image Processing 7(2), 2008). Nothing is smoothed: what stays
 * is compared with the other image at its full resolution. Voxel 0 stays where it is.
 */
export function sparseLevel(level: Level): Level {
  let out = level;
  while (out.voxels.length > (level.shape[0] === 1 ? ENOUGH_IN_SLICE : ENOUGH_IN_VOLUME)) {
    out = everySecond(out);
  }
  return out;
}

/** Along the axis of the closest voxels; of several, the one that is slowest in memory. */
function everySecond(level: Level): Level {
  const long = ([0, 1, 2] as const).filter((axis) => level.shape[axis] > 1);
  const axis = long.reduce((best, other) => (level.spacingMm[other] < level.spacingMm[best] ? other : best));
  const every = [0, 1, 2].map((other) => (other === axis ? 2 : 1)) as [number, number, number];
  const shape: VolumeShape = [
    Math.ceil(level.shape[0] / every[0]),
    Math.ceil(level.shape[1] / every[1]),
    Math.ceil(level.shape[2] / every[2]),
  ];
  const voxels = new Float32Array(shape[0] * shape[1] * shape[2]);
  const mask = level.mask === undefined ? undefined : new Uint8Array(voxels.length);
  const [, rows, columns] = level.shape;
  for (let z = 0, to = 0; z < shape[0]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      const row = (z * every[0] * rows + y * every[1]) * columns;
      for (let x = 0; x < shape[2]; x++, to++) {
        voxels[to] = level.voxels[row + x * every[2]]!;
        if (mask !== undefined) {
          mask[to] = level.mask![row + x * every[2]]!;
        }
      }
    }
  }
  const [dz, dy, dx] = level.spacingMm;
  return {
    ...level,
    voxels,
    shape,
    spacingMm: [dz * every[0], dy * every[1], dx * every[2]],
    ...(mask === undefined ? {} : { mask }),
  };
}
