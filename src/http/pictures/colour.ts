/** Maps a scalar to a colour; `low` and `high` are the ends of the displayed range. */
export interface ColourRange {
  readonly low: number;
  readonly high: number;
}

/** 8-bit grey, 1 channel: linear within the range, clipped outside. NaN is black. */
export function toGrey(pixels: Float32Array, { low, high }: ColourRange): Uint8Array {
  const grey = new Uint8Array(pixels.length);
  const scale = 255 / (high - low);
  for (let index = 0; index < pixels.length; index++) {
    grey[index] = clip((pixels[index]! - low) * scale);
  }
  return grey;
}

/**
 * 8-bit RGB: blue below the middle of the range, red above it, white in the middle, evenly darker towards the ends.
 * NaN is black.
 */
export function toDiverging(pixels: Float32Array, { low, high }: ColourRange): Uint8Array {
  const rgb = new Uint8Array(pixels.length * 3);
  const middle = (low + high) / 2;
  const scale = 2 / (high - low);
  for (let index = 0; index < pixels.length; index++) {
    const value = (pixels[index]! - middle) * scale;
    if (Number.isNaN(value)) continue;
    const strength = Math.min(Math.abs(value), 1);
    const faded = clip(255 * (1 - strength));
    const strong = clip(255 - 75 * strength);
    rgb[index * 3] = value >= 0 ? strong : faded;
    rgb[index * 3 + 1] = faded;
    rgb[index * 3 + 2] = value <= 0 ? strong : faded;
  }
  return rgb;
}

/** 8-bit RGB: black at the low end over red and yellow to white at the high end. NaN is black. */
export function toHeat(pixels: Float32Array, { low, high }: ColourRange): Uint8Array {
  const rgb = new Uint8Array(pixels.length * 3);
  const scale = 3 / (high - low);
  for (let index = 0; index < pixels.length; index++) {
    const value = (pixels[index]! - low) * scale;
    for (let channel = 0; channel < 3; channel++) rgb[index * 3 + channel] = clip(255 * (value - channel));
  }
  return rgb;
}

const clip = (value: number): number => (value >= 0 ? Math.min(Math.round(value), 255) : 0);
