import type { VolumeShape } from '../../../twins/volume.ts';
import { pairWindows } from './pair-windows.ts';
import type { VoxelCost } from './voxel-cost.ts';

/**
 * Minus the mean local correlation coefficient over windows of `2 * radius + 1` voxels (Cachier and Pennec 2000; Avants et
 * al., Medical Image Analysis 12(1), 2008), which neither a bias field nor another contrast of slow change disturbs. Voxels
 * that are not compared take no part in any window. The derivative is exact but for changes of what is compared.
 */
export function localCorrelation(fixed: Float32Array, shape: VolumeShape, radius: number): VoxelCost {
  const count = fixed.length;
  const { sumOver, share, ofFixed, ofWarped, covariance, measure } = pairWindows(fixed, shape, radius);
  // They are not needed after a voxel's own window: the sums of the derivative take their place.
  const [a, b, c] = [covariance, ofWarped.variance, ofWarped.mean];

  return (warped, compared, force) => {
    measure(warped, compared);
    let correlation = 0;
    let used = 0;
    for (let i = 0; i < count; i++) {
      if (compared[i] === 0) {
        a[i] = 0;
        b[i] = 0;
        c[i] = 0;
        continue;
      }
      const part = share[i]!;
      const mean = ofWarped.mean[i]!;
      const variance = ofWarped.variance[i]!;
      const scale = 1 / Math.sqrt(variance * ofFixed.variance[i]!);
      const coefficient = covariance[i]! * scale;
      correlation += coefficient;
      used++;
      // By the warped voxel w of the window: scale (f - meanFixed) - slope (w - mean), each over the window's voxels.
      const slope = (part * coefficient) / variance;
      a[i] = part * scale;
      b[i] = slope;
      c[i] = slope * mean - part * scale * ofFixed.mean[i]!;
    }
    if (used === 0) {
      force.fill(0);
      return 0;
    }
    sumOver(a);
    sumOver(b);
    sumOver(c);
    const step = -1 / used;
    for (let i = 0; i < count; i++) {
      force[i] = compared[i] === 0 ? 0 : step * (a[i]! * fixed[i]! - b[i]! * warped[i]! + c[i]!);
    }
    return step * correlation;
  };
}
