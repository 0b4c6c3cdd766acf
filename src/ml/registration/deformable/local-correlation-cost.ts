import type { VolumeShape } from '../../../twins/volume.ts';
import { FLAT, fixedWindows } from './fixed-windows.ts';
import type { VoxelCost } from './voxel-cost.ts';

/**
 * Minus the mean local correlation coefficient over windows of `2 * radius + 1` voxels (Cachier and Pennec 2000; Avants et
 * al., Medical Image Analysis 12(1), 2008), which neither a bias field nor another contrast of slow change disturbs. Voxels
 * that are not compared take no part in any window. The derivative is exact but for changes of what is compared.
 */
export function localCorrelation(fixed: Float32Array, shape: VolumeShape, radius: number): VoxelCost {
  const count = fixed.length;
  const windows = fixedWindows(fixed, shape, radius);
  const { sumOver, share, mean: meanFixed, variance: varianceFixed } = windows;
  const a = new Float32Array(count);
  const b = new Float32Array(count);
  const c = new Float32Array(count);

  return (warped, compared, force) => {
    windows.compare(compared);
    for (let i = 0; i < count; i++) {
      const value = compared[i] === 0 ? 0 : warped[i]!;
      a[i] = value;
      b[i] = value * value;
      c[i] = value * fixed[i]!;
    }
    sumOver(a);
    sumOver(b);
    sumOver(c);
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
      const mean = a[i]! * part;
      const variance = b[i]! * part - mean * mean + FLAT;
      const covariance = c[i]! * part - mean * meanFixed[i]!;
      const scale = 1 / Math.sqrt(variance * varianceFixed[i]!);
      correlation += covariance * scale;
      used++;
      // By the warped voxel w of the window: scale (f - meanFixed) - slope (w - mean), each over the window's voxels.
      const slope = (part * covariance * scale) / variance;
      a[i] = part * scale;
      b[i] = slope;
      c[i] = slope * mean - part * scale * meanFixed[i]!;
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
