import type { SimilarityMeasures } from '../../twins/registration.ts';
import type { VolumeShape } from '../../twins/volume.ts';
import { normalisedCrossCorrelation } from './cross-correlation.ts';
import { gaussianFilter, type AxisSigmas, type AxisSteps } from './gaussian-filter.ts';
import { matchHistogram } from './histogram-matching.ts';
import { mutualInformation } from './mutual-information.ts';
import { ssimAgainst } from './structural-similarity.ts';

const NMI_BINS = 32;
const DENOISING_SIGMA = 1;
const WINDOW_SIGMA = 1.5;
/** From this length on an axis has enough voxels for every second one to tell the mean of a map that is this smooth. */
const LONG_AXIS = 64;

/**
 * Measures how alike images are to one fixed image, inside a mask that is given per image. Both are scaled to 0..1 by
 * percentiles beforehand; here they are denoised (Gaussian, sigma 1), the other image's histogram is matched to the fixed
 * one's inside the mask, and SSIM is averaged over the mask. Whole-image SSIM instead would reward a shared background:
 * unaligned mammograms of different people reach 0.81 by it.
 *
 * Sigmas are in voxels of the smallest spacing and shrink along an axis of larger spacing, so that the window covers the
 * same millimetres everywhere. Along an axis of 64 voxels and more in which windows overlap, SSIM is averaged over every
 * second voxel. Measures are null when fewer than 64 voxels are selected or an image is constant there.
 */
export function maskedSimilarityTo(
  fixed: Float32Array,
  shape: VolumeShape,
  spacingMm: readonly [number, number, number],
): (other: Float32Array, mask: Uint8Array) => SimilarityMeasures | null {
  const finest = Math.min(...spacingMm.filter((_, axis) => shape[axis]! > 1));
  const sigmas = (sigma: number): AxisSigmas => [
    (sigma * finest) / spacingMm[0],
    (sigma * finest) / spacingMm[1],
    (sigma * finest) / spacingMm[2],
  ];
  const denoise = (image: Float32Array) => gaussianFilter(new Float64Array(image), shape, sigmas(DENOISING_SIGMA));
  const reference = denoise(fixed);
  const window = sigmas(WINDOW_SIGMA);
  const step = (axis: 0 | 1 | 2) => (shape[axis] >= LONG_AXIS && window[axis] >= 1 ? 2 : 1);
  const every: AxisSteps = [step(0), step(1), step(2)];
  const structuralSimilarity = ssimAgainst(reference, shape, { dataRange: 1, window, every });

  return (other, mask) => {
    const count = countOf(mask);
    if (count < 64) {
      return null;
    }
    const image = matchHistogram(denoise(other), reference, mask);
    const inside = [selected(reference, mask, count), selected(image, mask, count)] as const;
    const measures: SimilarityMeasures = {
      maskedSsim: meanOver(structuralSimilarity(image), mask, shape, every),
      nmi: mutualInformation(...inside, NMI_BINS).nmi,
      ncc: normalisedCrossCorrelation(...inside),
    };
    return Object.values(measures).every(Number.isFinite) ? measures : null;
  };
}

function countOf(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    count += mask[i] === 0 ? 0 : 1;
  }
  return count;
}

/** The values that the mask selects, one after the other. */
function selected(image: Float64Array, mask: Uint8Array, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0, k = 0; k < count; i++) {
    if (mask[i] !== 0) {
      out[k++] = image[i]!;
    }
  }
  return out;
}

/** The mean of a map that holds every n-th voxel of a shape, over those that the mask of all voxels selects. */
function meanOver(
  map: Float64Array,
  mask: Uint8Array,
  [depth, height, width]: VolumeShape,
  [stepZ, stepY, stepX]: AxisSteps,
): number {
  let sum = 0;
  let count = 0;
  for (let z = 0, k = 0; z < depth; z += stepZ) {
    for (let y = 0; y < height; y += stepY) {
      const row = (z * height + y) * width;
      for (let x = 0; x < width; x += stepX, k++) {
        if (mask[row + x] !== 0) {
          sum += map[k]!;
          count++;
        }
      }
    }
  }
  return sum / count;
}
