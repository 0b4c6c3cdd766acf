import { meanSquaredError } from '../../src/ml/metrics/mean-squared-error.ts';
import { ssim } from '../../src/ml/metrics/structural-similarity.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';

/** How one predicted image compares with what came, over the forecast's window; intensities about 0..1. */
export interface ImageScore {
  readonly patient: string;
  readonly subject: string;
  readonly horizonDays: number;
  readonly squaredError: number;
  readonly ssim: number;
  /** Sums of |change - predicted change| and |change| over the voxels that changed clearly. */
  readonly changeError: number;
  readonly change: number;
  /** Correlation of predicted and true change; null without a predicted one. */
  readonly correlation: number | null;
  /** Relative error of the lesion's volume, and the overlap of outlines. */
  readonly volumeError: number;
  readonly dice: number;
}

/** A change below this part of the range is no change. */
const CLEAR_CHANGE = 0.05;

export function scoreImage(
  of: Pick<ImageScore, 'patient' | 'subject' | 'horizonDays'>,
  image: Float32Array,
  { last, truth, shape }: { readonly last: Float32Array; readonly truth: Float32Array; readonly shape: VolumeShape },
  lesions: { readonly found: Float32Array; readonly truth: Float32Array },
): ImageScore {
  let [changeError, change] = [0, 0];
  for (let voxel = 0; voxel < truth.length; voxel++) {
    const real = truth[voxel]! - last[voxel]!;
    if (Math.abs(real) < CLEAR_CHANGE) continue;
    change += Math.abs(real);
    changeError += Math.abs(truth[voxel]! - image[voxel]!);
  }
  let [overlap, found, real] = [0, 0, 0];
  for (let voxel = 0; voxel < truth.length; voxel++) {
    const [a, b] = [lesions.found[voxel]!, lesions.truth[voxel]!];
    overlap += Math.min(a, b);
    found += a;
    real += b;
  }
  return {
    ...of,
    squaredError: meanSquaredError(image, truth),
    ssim: ssim(Float64Array.from(image), Float64Array.from(truth), shape, { dataRange: 1, window: [0, 1.5, 1.5] }),
    changeError,
    change,
    correlation: correlationOf(
      image.map((voxel, index) => voxel - last[index]!),
      truth.map((voxel, index) => voxel - last[index]!),
    ),
    volumeError: real > 0 ? Math.abs(found / real - 1) : 0,
    dice: found + real > 0 ? (2 * overlap) / (found + real) : 1,
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
