import type { VolumeShape } from '../../../twins/volume.ts';
import type { VoxelCost } from './voxel-cost.ts';
import { windowSums } from './window-sums.ts';

/** Variance that counts as flat, of images scaled to 0..1: below it noise would be correlated with noise. */
const FLAT = 1e-4;

/**
 * Minus the mean local correlation coefficient over windows of `2 * radius + 1` voxels (Cachier and Pennec 2000; Avants et
 * al., Medical Image Analysis 12(1), 2008), which neither a bias field nor another contrast of slow change disturbs. Voxels
 * that are not compared take no part in any window. The derivative is exact but for changes of what is compared.
 */
export function localCorrelation(fixed: Float32Array, shape: VolumeShape, radius: number): VoxelCost {
  const count = fixed.length;
  const sumOver = windowSums(shape, radius);
  const [members, meanFixed, varianceFixed] = [0, 1, 2].map(() => new Float32Array(count)) as Three;
  const [a, b, c] = [0, 1, 2].map(() => new Float32Array(count)) as Three;
  const known = new Uint8Array(count).fill(2);

  /** What depends on the fixed image and on which voxels are compared, which seldom changes. */
  const prepare = (compared: Uint8Array): void => {
    known.set(compared);
    for (let i = 0; i < count; i++) {
      const value = compared[i] === 0 ? 0 : fixed[i]!;
      members[i] = compared[i]!;
      meanFixed[i] = value;
      varianceFixed[i] = value * value;
    }
    sumOver(members);
    sumOver(meanFixed);
    sumOver(varianceFixed);
    for (let i = 0; i < count; i++) {
      const share = members[i]! > 0 ? 1 / members[i]! : 0;
      const mean = meanFixed[i]! * share;
      members[i] = share;
      meanFixed[i] = mean;
      varianceFixed[i] = varianceFixed[i]! * share - mean * mean + FLAT;
    }
  };

  return (warped, compared, force) => {
    if (!areEqual(known, compared)) {
      prepare(compared);
    }
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
    let windows = 0;
    for (let i = 0; i < count; i++) {
      if (compared[i] === 0) {
        a[i] = 0;
        b[i] = 0;
        c[i] = 0;
        continue;
      }
      const share = members[i]!;
      const mean = a[i]! * share;
      const variance = b[i]! * share - mean * mean + FLAT;
      const covariance = c[i]! * share - mean * meanFixed[i]!;
      const scale = 1 / Math.sqrt(variance * varianceFixed[i]!);
      correlation += covariance * scale;
      windows++;
      // By the warped voxel w of the window: scale (f - meanFixed) - slope (w - mean), each over the window's voxels.
      const slope = (share * covariance * scale) / variance;
      a[i] = share * scale;
      b[i] = slope;
      c[i] = slope * mean - share * scale * meanFixed[i]!;
    }
    if (windows === 0) {
      force.fill(0);
      return 0;
    }
    sumOver(a);
    sumOver(b);
    sumOver(c);
    const step = -1 / windows;
    for (let i = 0; i < count; i++) {
      force[i] = compared[i] === 0 ? 0 : step * (a[i]! * fixed[i]! - b[i]! * warped[i]! + c[i]!);
    }
    return step * correlation;
  };
}

type Three = [Float32Array, Float32Array, Float32Array];

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}
