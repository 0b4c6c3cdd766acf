import type { ForecastInput } from '../../twins/forecast.ts';
import { type ImageAnswer, lastImage } from './forecasting-method.ts';
import { intensityRangeOf } from './intensity-range.ts';
import { blurredImage, foregroundOf, LOCAL_IMAGE_FEATURES, localImageFeatures } from './local-image-features.ts';
import { localWeights } from './pooled-change-model.ts';
import type { Population } from './population.ts';
import { trustedModel } from './trusted-change.ts';
import { imageBefore } from './visit-series.ts';

/**
 * The last image moved by how others' images changed, voxel by voxel from its surroundings: ridge regression pooled over the
 * others, a residual shrunk to the skill that it showed on patients left out. The last image itself where it is not trusted.
 */
export function pooledImageForecast(input: ForecastInput, population: Population): ImageAnswer | null {
  const last = input.visits.at(-1)!.voxels;
  if (last === null || input.shape === null || input.horizonDays === 0) return lastImage(input);
  const features = LOCAL_IMAGE_FEATURES.length;
  const over = {
    intervalDays: input.horizonDays,
    exposures: input.treatmentKeys.map((treatment) => input.plannedExposures[treatment]!),
  };
  const { model, verdict } = trustedModel(population, 'image', features, over, input, ({ heldOut }) => heldOut);
  const { declineReason, ...skill } = verdict;
  if (model === null || declineReason !== null) return lastImage(input, skill, declineReason);
  const range = intensityRangeOf(last);
  if (range === null) {
    return lastImage(input, { ...skill, shrinkage: 0 }, 'The last image has no contrast to start from.');
  }
  const image = blurredImage(last, input.shape);
  const before = imageBefore(input.visits);
  const previous = before === null ? null : { ...before, image: blurredImage(before.image, input.shape) };
  const foreground = foregroundOf(image, range);
  const columns = localImageFeatures(image, range, previous, foreground);
  const weights = localWeights(model.weights, features, over);
  const { low, high } = intensityBounds(input);
  const voxels = last.slice();
  for (let k = 0; k < foreground.length; k += 1) {
    let change = 0;
    for (let feature = 0; feature < features; feature += 1) {
      change += weights[feature]! * (columns[feature]![k]! - model.centre[feature]!);
    }
    const voxel = foreground[k]!;
    voxels[voxel] = Math.min(high, Math.max(low, last[voxel]! + skill.shrinkage * change * range.width));
  }
  return { voxels, skill, declineReason };
}

/** A forecast voxel may be brighter than the brightest that the patient ever had by this part of the whole range. */
const BRIGHTENING = 0.25;

/** Between which a forecast voxel must lie. Never darker than the darkest voxel seen, which is air. */
function intensityBounds({ visits }: ForecastInput): { readonly low: number; readonly high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const { voxels } of visits) {
    for (let index = 0; index < (voxels?.length ?? 0); index += 1) {
      low = Math.min(low, voxels![index]!);
      high = Math.max(high, voxels![index]!);
    }
  }
  return { low, high: high + BRIGHTENING * (high - low) };
}
