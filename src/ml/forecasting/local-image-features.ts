import type { VolumeShape } from '../../twins/volume.ts';
import { blurInPlane, gradientMagnitudeInPlane, laplacianInPlane } from './in-plane-filters.ts';
import type { IntensityRange } from './intensity-range.ts';

/** What is known at one voxel of the origin image, in this order. Intensities are relative to the origin's range. */
export const LOCAL_IMAGE_FEATURES = [
  'one',
  'intensity',
  'blur1',
  'blur3',
  'gradient',
  'laplacian',
  'rate',
  'rateBlur1',
  'rateBlur3',
] as const;

const FINE_SIGMA = 1;
const COARSE_SIGMA = 3;
/** Coarsely blurred intensity above which a voxel belongs to the patient and not to the background. */
const FOREGROUND = 0.05;
const RATE_UNIT_DAYS = 100;

export interface LocalImageFeatures {
  /** Indices of the voxels in the foreground, ascending. */
  readonly foreground: Int32Array;
  /** One array over the foreground per feature, in the order of {@link LOCAL_IMAGE_FEATURES}. */
  readonly columns: readonly Float32Array[];
}

/**
 * Features of every foreground voxel of an image: intensity, its Gaussian blurs (sigma 1 and 3 voxels), gradient
 * magnitude, Laplacian, and the patient's own rate of change since the image before (per 100 days), plain and blurred;
 * the rate is 0 where there is no image before.
 * @param image,before voxels [D,H,W] of one shape, all finite. @param range of `image`. @param daysBefore above 0.
 */
export function localImageFeatures(
  image: Float32Array,
  shape: VolumeShape,
  range: IntensityRange,
  previous: { readonly image: Float32Array; readonly daysBefore: number } | null,
): LocalImageFeatures {
  const relative = image.map((voxel) => (voxel - range.low) / range.width);
  const coarse = blurInPlane(relative, shape, COARSE_SIGMA);
  const foreground = Int32Array.from(indicesAbove(coarse, FOREGROUND));
  const maps = [
    relative,
    blurInPlane(relative, shape, FINE_SIGMA),
    coarse,
    gradientMagnitudeInPlane(relative, shape),
    laplacianInPlane(relative, shape),
    ...rateMaps(image, shape, range, previous),
  ];
  const columns = maps.map((map) => {
    const column = new Float32Array(foreground.length);
    for (let k = 0; k < foreground.length; k += 1) column[k] = map[foreground[k]!]!;
    return column;
  });
  return { foreground, columns: [new Float32Array(foreground.length).fill(1), ...columns] };
}

function rateMaps(
  image: Float32Array,
  shape: VolumeShape,
  range: IntensityRange,
  previous: { readonly image: Float32Array; readonly daysBefore: number } | null,
): Float32Array[] {
  if (previous === null) {
    const none = new Float32Array(image.length);
    return [none, none, none];
  }
  const factor = RATE_UNIT_DAYS / (range.width * previous.daysBefore);
  const rate = image.map((voxel, index) => (voxel - previous.image[index]!) * factor);
  return [rate, blurInPlane(rate, shape, FINE_SIGMA), blurInPlane(rate, shape, COARSE_SIGMA)];
}

function indicesAbove(map: Float32Array, threshold: number): number[] {
  const indices: number[] = [];
  for (let index = 0; index < map.length; index += 1) if (map[index]! > threshold) indices.push(index);
  return indices;
}
