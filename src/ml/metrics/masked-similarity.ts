import type { SimilarityMeasures } from '../../twins/registration.ts';
import type { VolumeShape } from '../../twins/volume.ts';
import { normalisedCrossCorrelation } from './cross-correlation.ts';
import { gaussianFilter, type AxisSigmas } from './gaussian-filter.ts';
import { matchHistogram } from './histogram-matching.ts';
import { mutualInformation } from './mutual-information.ts';
import { ssimAgainst } from './structural-similarity.ts';

const NMI_BINS = 32;
const DENOISING_SIGMA = 1;
const WINDOW_SIGMA = 1.5;

/**
 * Measures how alike images are to one fixed image, inside a mask that is given per image. Both are scaled to 0..1 by
 * percentiles beforehand; here they are denoised (Gaussian, sigma 1), the other image's histogram is matched to the fixed
 * one's inside the mask, and SSIM is averaged over the mask. Whole-image SSIM instead would reward a shared background:
 * unaligned mammograms of different people reach 0.81 by it.
 *
 * Sigmas are in voxels of the smallest spacing and shrink along an axis of larger spacing, so that the window covers the
 * same millimetres everywhere. Measures are null when fewer than 64 voxels are selected or an image is constant there.
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
  const denoise = (image: Float32Array) => gaussianFilter(Float64Array.from(image), shape, sigmas(DENOISING_SIGMA));
  const reference = denoise(fixed);
  const structuralSimilarity = ssimAgainst(reference, shape, { dataRange: 1, window: sigmas(WINDOW_SIGMA) });

  return (other, mask) => {
    if (countOf(mask) < 64) {
      return null;
    }
    const image = matchHistogram(denoise(other), reference, mask);
    const measures: SimilarityMeasures = {
      maskedSsim: meanOver(structuralSimilarity(image), mask),
      nmi: mutualInformation(reference, image, NMI_BINS, mask).nmi,
      ncc: normalisedCrossCorrelation(reference, image, mask),
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

function meanOver(map: Float64Array, mask: Uint8Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < map.length; i++) {
    if (mask[i] !== 0) {
      sum += map[i]!;
      count++;
    }
  }
  return sum / count;
}
