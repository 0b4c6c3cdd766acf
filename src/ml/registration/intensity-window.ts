import { quantiles } from '../metrics/quantiles.ts';
import { valueRangeOf } from './value-range.ts';

/** Values from `low` to `high` become 0 to 1; what lies outside is cut off. `low` is the greater one to invert them. */
export interface IntensityWindow {
  readonly low: number;
  readonly high: number;
}

/**
 * The window between two percentiles (0..100) of an image. Where these coincide, as in an image that is nearly all
 * background, its extremes. Of an inverted image the higher value becomes 0. Null when the image is constant.
 */
export function windowOf(
  voxels: Float32Array,
  [lower, upper]: readonly [number, number],
  isInverted = false,
): IntensityWindow | null {
  const [low, high] = quantiles(voxels, [lower / 100, upper / 100]);
  const range = low! < high! ? { low: low!, high: high! } : valueRangeOf(voxels);
  if (range === null || range.low >= range.high) {
    return null;
  }
  return isInverted ? { low: range.high, high: range.low } : range;
}

/** The image scaled to 0..1 by the window, into `out`: as many voxels as this holds, from `start` on. */
export function applyWindow(
  voxels: Float32Array,
  { low, high }: IntensityWindow,
  out: Float32Array = new Float32Array(voxels.length),
  start = 0,
): Float32Array {
  const scale = 1 / (high - low);
  for (let i = 0; i < out.length; i++) {
    const value = (voxels[start + i]! - low) * scale;
    out[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
  return out;
}
