import type { VolumeShape } from '../../../twins/volume.ts';
import { pairWindows } from './pair-windows.ts';

/**
 * By how much each warped voxel is too dark, in its own intensities (0 where it is not compared), and a cost that falls as
 * the images come to agree.
 */
export type Residual = (warped: Float32Array, compared: Uint8Array, residual: Float32Array) => number;

/**
 * The plain difference of images of one contrast, after their means and standard deviations were made equal once, at the
 * first call: fitted anew each time, a slope would be too small for as long as the images are apart.
 */
export function intensityDifference(fixed: Float32Array): Residual {
  let match: { readonly gain: number; readonly offset: number } | null = null;
  return (warped, compared, residual) => {
    match ??= equalMoments(fixed, warped, compared);
    const { gain, offset } = match;
    let sum = 0;
    let count = 0;
    for (let i = 0; i < residual.length; i++) {
      if (compared[i] === 0) {
        residual[i] = 0;
        continue;
      }
      const difference = gain * fixed[i]! + offset - warped[i]!;
      residual[i] = difference;
      sum += difference * difference;
      count++;
    }
    return count === 0 ? 0 : sum / count;
  };
}

function equalMoments(
  fixed: Float32Array,
  warped: Float32Array,
  compared: Uint8Array,
): { readonly gain: number; readonly offset: number } {
  let [count, f, w, ff, ww] = [0, 0, 0, 0, 0];
  for (let i = 0; i < fixed.length; i++) {
    if (compared[i] !== 0) {
      count++;
      f += fixed[i]!;
      w += warped[i]!;
      ff += fixed[i]! * fixed[i]!;
      ww += warped[i]! * warped[i]!;
    }
  }
  const varianceFixed = count * ff - f * f;
  if (varianceFixed <= 0) {
    return { gain: 1, offset: 0 };
  }
  const gain = Math.sqrt((count * ww - w * w) / varianceFixed);
  return { gain, offset: (w - gain * f) / count };
}

/**
 * The derivative of the local correlation coefficient by the centre of each window (Avants et al., Medical Image Analysis
 * 12(1), 2008, eq. 7) over its curvature, one over the variance. The cost is minus the mean coefficient.
 */
export function localDifference(fixed: Float32Array, shape: VolumeShape, radius: number): Residual {
  const count = fixed.length;
  const { ofFixed, ofWarped, covariance, measure } = pairWindows(fixed, shape, radius);
  return (warped, compared, residual) => {
    measure(warped, compared);
    let correlation = 0;
    let used = 0;
    for (let i = 0; i < count; i++) {
      if (compared[i] === 0) {
        residual[i] = 0;
        continue;
      }
      const variance = ofWarped.variance[i]!;
      const scale = Math.sqrt(variance / ofFixed.variance[i]!);
      correlation += covariance[i]! / (scale * ofFixed.variance[i]!);
      used++;
      const apart = warped[i]! - ofWarped.mean[i]!;
      residual[i] = scale * (fixed[i]! - ofFixed.mean[i]! - (covariance[i]! / variance) * apart);
    }
    return used === 0 ? 0 : -correlation / used;
  };
}
