import type { Slice } from './image-plane.ts';

/** Beyond it a picture is refused: no display has more, and thick slices could ask for any size. */
export const MAX_SIDE = 4096;
/** Narrower pictures are enlarged by a whole factor, so that a mark on them can be read. */
const MIN_WIDTH = 160;

/** Width and height of the slice with square pixels, enlarged where it is very small. */
export function displaySize({ width, height, spacingMm: [down, right] }: Slice): {
  readonly width: number;
  readonly height: number;
} {
  const pixelMm = Math.min(down, right);
  const wide = Math.max(1, Math.round((width * right) / pixelMm));
  const high = Math.max(1, Math.round((height * down) / pixelMm));
  const factor = Math.max(1, Math.ceil(MIN_WIDTH / wide));
  return { width: wide * factor, height: high * factor };
}

/** The slice at another size: the nearest pixel of each, so that no value is shown that is not in the volume. */
export function resize(slice: Slice, size: { readonly width: number; readonly height: number }): Float32Array {
  const { width, height } = size;
  if (width === slice.width && height === slice.height) return slice.pixels;
  const pixels = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = Math.floor(((row + 0.5) * slice.height) / height) * slice.width;
    for (let column = 0; column < width; column++) {
      pixels[row * width + column] = slice.pixels[from + Math.floor(((column + 0.5) * slice.width) / width)]!;
    }
  }
  return pixels;
}
