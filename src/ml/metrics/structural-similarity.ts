import type { VolumeShape } from '../../twins/volume.ts';
import { gaussianFilter, gaussianKernel, type AxisSigmas, type AxisSteps } from './gaussian-filter.ts';

/** The window of Wang 2004: 11 taps of a Gaussian with standard deviation 1.5 in every axis. */
const SSIM_WINDOW: AxisSigmas = [1.5, 1.5, 1.5];

export interface SsimOptions {
  /** Largest minus smallest value that the images can take, e.g. 1 for images scaled to 0..1. */
  readonly dataRange: number;
  /** Standard deviation of the window per axis in voxels; 1.5 everywhere when absent. An axis of one voxel has no window. */
  readonly window?: AxisSigmas;
  /** The map is computed at every n-th voxel per axis only, the first included; at all of them when absent. */
  readonly every?: AxisSteps;
}

/**
 * Local structural similarity of two [D,H,W] images, one value in -1..1 per voxel (Wang, Bovik, Sheikh, Simoncelli,
 * IEEE TIP 13(4), 2004, equation 13 with K1 0.01, K2 0.03; population covariance). A 2-D image has a 2-D window, a volume
 * a 3-D one; for the 2-D SSIM of every slice of a volume give the window [0, 1.5, 1.5].
 */
export function ssimMap(a: Float64Array, b: Float64Array, shape: VolumeShape, options: SsimOptions): Float64Array {
  return ssimAgainst(a, shape, options)(b);
}

/** {@link ssimMap} against one fixed image, whose local means and variances are computed once. */
export function ssimAgainst(
  a: Float64Array,
  shape: VolumeShape,
  { dataRange, window = SSIM_WINDOW, every = [1, 1, 1] }: SsimOptions,
): (b: Float64Array) => Float64Array {
  const c1 = (0.01 * dataRange) ** 2;
  const c2 = (0.03 * dataRange) ** 2;
  const blur = (image: Float64Array) => gaussianFilter(image, shape, window, every);
  const meanA = blur(a);
  const squareA = blur(product(a, a));
  return (b) => {
    const meanB = blur(b);
    const squareB = blur(product(b, b));
    const map = blur(product(a, b));
    for (let i = 0; i < map.length; i++) {
      const ma = meanA[i]!;
      const mb = meanB[i]!;
      const numerator = (2 * ma * mb + c1) * (2 * (map[i]! - ma * mb) + c2);
      map[i] = numerator / ((ma * ma + mb * mb + c1) * (squareA[i]! - ma * ma + squareB[i]! - mb * mb + c2));
    }
    return map;
  };
}

/**
 * Mean structural similarity over the voxels whose window lies inside the image, -1..1. Equals scikit-image's
 * `structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)`. NaN when no window fits.
 */
export function ssim(
  a: Float64Array,
  b: Float64Array,
  shape: VolumeShape,
  options: Omit<SsimOptions, 'every'>,
): number {
  const map = ssimMap(a, b, shape, options);
  const window = options.window ?? SSIM_WINDOW;
  const margin = shape.map((length, axis) => (length === 1 ? 0 : (gaussianKernel(window[axis]!).length - 1) / 2));
  let sum = 0;
  let count = 0;
  for (let z = margin[0]!; z < shape[0] - margin[0]!; z++) {
    for (let y = margin[1]!; y < shape[1] - margin[1]!; y++) {
      for (let x = margin[2]!; x < shape[2] - margin[2]!; x++) {
        sum += map[(z * shape[1] + y) * shape[2] + x]!;
        count++;
      }
    }
  }
  return sum / count;
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = a[i]! * b[i]!;
  }
  return out;
}
