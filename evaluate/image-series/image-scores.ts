import { meanSquaredError } from '../../src/ml/metrics/mean-squared-error.ts';
import { ssim } from '../../src/ml/metrics/structural-similarity.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';

/** How a predicted image compares with what came; intensities about 0..1. */
export interface ImageScore {
  readonly squaredError: number;
  readonly ssim: number;
  /** Sums over the voxels that changed clearly: of |true - predicted change|, and of (|true| + |predicted|) / 2. */
  readonly changeError: number;
  readonly change: number;
  /** Correlation of predicted and true change; null without a predicted one. */
  readonly correlation: number | null;
}

/** A change below this part of the range is no change. */
const CLEAR_CHANGE = 0.05;

/** @param image and the others [D,H,W] */
export function scoreImage(
  image: Float32Array,
  { last, truth, shape }: { readonly last: Float32Array; readonly truth: Float32Array; readonly shape: VolumeShape },
): ImageScore {
  let [changeError, change] = [0, 0];
  for (let voxel = 0; voxel < truth.length; voxel++) {
    const real = truth[voxel]! - last[voxel]!;
    if (Math.abs(real) < CLEAR_CHANGE) continue;
    const predicted = image[voxel]! - last[voxel]!;
    change += (Math.abs(real) + Math.abs(predicted)) / 2;
    changeError += Math.abs(real - predicted);
  }
  return {
    squaredError: meanSquaredError(image, truth),
    ssim: ssim(Float64Array.from(image), Float64Array.from(truth), shape, { dataRange: 1, window: [0, 1.5, 1.5] }),
    changeError,
    change,
    correlation: correlationOf(
      image.map((voxel, index) => voxel - last[index]!),
      truth.map((voxel, index) => voxel - last[index]!),
    ),
  };
}

function correlationOf(a: Float32Array, b: Float32Array): number | null {
  const mean = (x: Float32Array): number => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    ab += (a[k]! - ma) * (b[k]! - mb);
    aa += (a[k]! - ma) ** 2;
    bb += (b[k]! - mb) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}
