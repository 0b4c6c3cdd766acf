import { type VolumeShape, voxelCount } from '../../../twins/volume.ts';

/** A part of a volume: first and last slice, row and column, both of them in it. */
export interface Box {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** [D,H,W] of what lies in a box. */
export const shapeOf = ({ low, high }: Box): VolumeShape => [
  high[0] - low[0] + 1,
  high[1] - low[1] + 1,
  high[2] - low[2] + 1,
];

/** The smallest box around everything that is not 0; null where everything is. @param share [D,H,W] */
export function boxOf(share: Float32Array, [depth, height, width]: VolumeShape): Box | null {
  const low: [number, number, number] = [depth, height, width];
  const high: [number, number, number] = [-1, -1, -1];
  let voxel = 0;
  for (let slice = 0; slice < depth; slice++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++, voxel++) {
        if (share[voxel] === 0) continue;
        if (slice < low[0]) low[0] = slice;
        if (row < low[1]) low[1] = row;
        if (column < low[2]) low[2] = column;
        if (slice > high[0]) high[0] = slice;
        if (row > high[1]) high[1] = row;
        if (column > high[2]) high[2] = column;
      }
    }
  }
  return high[0] < 0 ? null : { low, high };
}

/** A box that was scaled about a centre, with a margin in voxels, as far as the volume goes. */
export function scaledBox(
  { low, high }: Box,
  centre: readonly [number, number, number],
  scale: number,
  margin: number,
  shape: VolumeShape,
): Box {
  const placed = (edge: number, axis: number): number => centre[axis]! + (edge - centre[axis]!) * scale;
  return {
    low: low.map((edge, axis) =>
      Math.min(shape[axis]! - 1, Math.max(0, Math.floor(placed(edge - 1, axis)) - margin)),
    ) as unknown as Box['low'],
    high: high.map((edge, axis) =>
      Math.max(0, Math.min(shape[axis]! - 1, Math.ceil(placed(edge + 1, axis)) + margin)),
    ) as unknown as Box['high'],
  };
}

/** Calls back with the start of every row of the box, in the volume and in the part, and their length. */
function eachRow(
  [, height, width]: VolumeShape,
  { low, high }: Box,
  visit: (from: number, to: number, length: number) => void,
): void {
  const length = high[2] - low[2] + 1;
  let to = 0;
  for (let slice = low[0]; slice <= high[0]; slice++) {
    for (let row = low[1]; row <= high[1]; row++, to += length)
      visit((slice * height + row) * width + low[2], to, length);
  }
}

/** What of a volume lies in a box, as a volume of {@link shapeOf} it. */
export function cutOut(volume: Float32Array, shape: VolumeShape, box: Box): Float32Array {
  const part = new Float32Array(voxelCount(shapeOf(box)));
  eachRow(shape, box, (from, to, length) => part.set(volume.subarray(from, from + length), to));
  return part;
}

/** The opposite of {@link cutOut}. */
export const putBack = (volume: Float32Array, shape: VolumeShape, box: Box, part: Float32Array): void =>
  eachRow(shape, box, (from, to, length) => volume.set(part.subarray(to, to + length), from));
