import { gainOf, intensityRangeOf } from '../../src/ml/forecasting/intensity-range.ts';
import { blurredImage, foregroundOf } from '../../src/ml/forecasting/local-image-features.ts';
import { TUMOUR_IMAGE_SHAPE } from '../../src/ml/cohorts/tumour/render-tumour-visit.ts';

/** Errors of forecast images of one patient, over the foreground of the last known image and in units of its intensity range. */
export interface ImageScorer {
  /** Mean squared error of a forecast against an image acquired later, which is brought to the last one's brightness. */
  squaredError(forecast: Float32Array, later: Float32Array): number;
  /** Mean squared difference of two changes of the image. */
  squaredDifference(one: (voxel: number) => number, other: (voxel: number) => number): number;
}

/** Null for an image without contrast. */
export function imageScorer(last: Float32Array): ImageScorer | null {
  const range = intensityRangeOf(last);
  if (range === null) return null;
  const foreground = foregroundOf(blurredImage(last, TUMOUR_IMAGE_SHAPE), range);
  const squaredDifference: ImageScorer['squaredDifference'] = (one, other) => {
    let sum = 0;
    for (const voxel of foreground) sum += ((one(voxel) - other(voxel)) / range.width) ** 2;
    return sum / foreground.length;
  };
  return {
    squaredDifference,
    squaredError(forecast, later) {
      const gain = gainOf(later, last, range);
      return squaredDifference(
        (voxel) => forecast[voxel]!,
        (voxel) => range.low + (later[voxel]! - range.low) / gain,
      );
    },
  };
}
