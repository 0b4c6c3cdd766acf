import type { Volume, VolumeShape } from '../../twins/volume.ts';
import { indexToWorld, transformPoint } from './transform.ts';

/** A part of a grid: its first voxel and its size, both [slices, rows, columns]. */
interface Box {
  readonly first: VolumeShape;
  readonly shape: VolumeShape;
}

/** The smallest box around the voxels of a mask that are not 0, with up to `margin` voxels more on every side. */
export function boxAround(mask: Uint8Array, [depth, height, width]: VolumeShape, margin: number): Box {
  const low = [depth, height, width];
  const high = [-1, -1, -1];
  for (let z = 0, row = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, row += width) {
      const left = mask.subarray(row, row + width).indexOf(1);
      if (left < 0) {
        continue;
      }
      const right = mask.subarray(row, row + width).lastIndexOf(1);
      [low[0], high[0]] = [Math.min(low[0]!, z), z];
      [low[1], high[1]] = [Math.min(low[1]!, y), Math.max(high[1]!, y)];
      [low[2], high[2]] = [Math.min(low[2]!, left), Math.max(high[2]!, right)];
    }
  }
  if (high[0]! < 0) {
    return { first: [0, 0, 0], shape: [depth, height, width] };
  }
  const from = (axis: number) => Math.max(0, low[axis]! - margin);
  const size = (axis: number, length: number) => Math.min(length, high[axis]! + margin + 1) - from(axis);
  return {
    first: [from(0), from(1), from(2)],
    shape: [size(0, depth), size(1, height), size(2, width)],
  };
}

/** The part of an image that a box holds, where it lies in the patient. */
export function cropped(volume: Volume, box: Box): Volume {
  const [z, y, x] = box.first;
  return {
    ...volume,
    shape: box.shape,
    originMm: transformPoint(indexToWorld(volume), x, y, z),
    voxels: croppedVoxels(volume.voxels, volume.shape, box),
  };
}

/** The voxels of a box. */
export function croppedVoxels<T extends Float32Array | Uint8Array>(
  voxels: T,
  [, height, width]: VolumeShape,
  box: Box,
): T {
  const [z0, y0, x0] = box.first;
  const [depth, rows, columns] = box.shape;
  const out = voxels.slice(0, depth * rows * columns) as T;
  for (let z = 0, to = 0; z < depth; z++) {
    for (let y = 0; y < rows; y++, to += columns) {
      const from = ((z0 + z) * height + y0 + y) * width + x0;
      out.set(voxels.subarray(from, from + columns), to);
    }
  }
  return out;
}
