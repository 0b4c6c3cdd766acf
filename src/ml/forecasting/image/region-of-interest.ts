import type { VolumeShape } from '../../../twins/volume.ts';

/** Where a network's window lies in a volume: all slices, some rows and columns. */
export interface RegionOfInterest {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

/** The window of this size about a centre, moved inside of the volume. @throws {RangeError} where the volume is smaller. */
export function regionAround(
  centre: readonly [slice: number, row: number, column: number],
  [, rows, columns]: VolumeShape,
  { height, width }: { readonly height: number; readonly width: number },
): RegionOfInterest {
  if (rows < height || columns < width) {
    throw new RangeError(`an image of ${rows} x ${columns} is smaller than the window of ${height} x ${width}`);
  }
  const placed = (at: number, size: number, extent: number): number =>
    Math.min(extent - size, Math.max(0, Math.round(at - (size - 1) / 2)));
  return { row: placed(centre[1], height, rows), column: placed(centre[2], width, columns), height, width };
}

/** The window of a volume [D,H,W]: [D,height,width]. */
export function cropped(
  volume: Float32Array,
  [depth, rows, columns]: VolumeShape,
  region: RegionOfInterest,
): Float32Array {
  const { row, column, height, width } = region;
  const window = new Float32Array(depth * height * width);
  for (let slice = 0; slice < depth; slice++) {
    for (let y = 0; y < height; y++) {
      const from = (slice * rows + row + y) * columns + column;
      window.set(volume.subarray(from, from + width), (slice * height + y) * width);
    }
  }
  return window;
}

/** Writes a window [D,height,width] into a volume [D,H,W]. */
export function paste(
  volume: Float32Array,
  [depth, rows, columns]: VolumeShape,
  { row, column, height, width }: RegionOfInterest,
  window: Float32Array,
): void {
  for (let slice = 0; slice < depth; slice++) {
    for (let y = 0; y < height; y++) {
      const from = (slice * height + y) * width;
      volume.set(window.subarray(from, from + width), (slice * rows + row + y) * columns + column);
    }
  }
}

/** [D,H,W] to the order of the networks, slices as channels: [H,W,D]. */
export function channelsLast(volume: Float32Array, [depth, height, width]: VolumeShape): Float32Array {
  const pixels = height * width;
  const image = new Float32Array(volume.length);
  for (let slice = 0; slice < depth; slice++) {
    for (let pixel = 0; pixel < pixels; pixel++) image[pixel * depth + slice] = volume[slice * pixels + pixel]!;
  }
  return image;
}

/** The opposite of {@link channelsLast}. @param shape [D,H,W] of the result. */
export function slicesFirst(image: Float32Array, [depth, height, width]: VolumeShape): Float32Array {
  const pixels = height * width;
  const volume = new Float32Array(image.length);
  for (let slice = 0; slice < depth; slice++) {
    for (let pixel = 0; pixel < pixels; pixel++) volume[slice * pixels + pixel] = image[pixel * depth + slice]!;
  }
  return volume;
}
