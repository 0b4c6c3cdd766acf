import type { Volume } from '../../twins/volume.ts';
import { gaussianFilter } from '../metrics/gaussian-filter.ts';

const SMOOTHING_SIGMA = 2;
const THRESHOLD = 0.06;

/**
 * Which voxels show the patient rather than air: an image scaled to 0..1, smoothed (sigma 2 voxels of the smallest spacing,
 * the same millimetres along every axis), above 0.06. One byte per voxel, 1 or 0.
 */
export function foregroundOf({ voxels, shape, spacingMm }: Volume): Uint8Array {
  const finest = Math.min(...spacingMm.filter((_, axis) => shape[axis]! > 1));
  const smooth = gaussianFilter(new Float64Array(voxels), shape, [
    (SMOOTHING_SIGMA * finest) / spacingMm[0],
    (SMOOTHING_SIGMA * finest) / spacingMm[1],
    (SMOOTHING_SIGMA * finest) / spacingMm[2],
  ]);
  const mask = new Uint8Array(smooth.length);
  for (let i = 0; i < mask.length; i++) {
    mask[i] = smooth[i]! > THRESHOLD ? 1 : 0;
  }
  return mask;
}
