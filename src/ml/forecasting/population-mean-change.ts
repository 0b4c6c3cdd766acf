import type { ForecastInput } from '../../twins/forecast.ts';
import { encodeChangeRecord, type OriginStatistics } from './change-record.ts';
import { exposureCaveats } from './exposure-caveats.ts';
import { checkForecastInput, checkVisits } from './forecast-input-check.ts';
import {
  type ForecastingMethod,
  forEachValue,
  type ImageAnswer,
  lastImage,
  NO_CHANGE_SKILL,
  type ValueAnswer,
} from './forecasting-method.ts';
import { imageChangeStatistics, valueChangeStatistics } from './change-statistics.ts';
import { intensityRangeOf } from './intensity-range.ts';
import { blurredImage, foregroundOf, LOCAL_IMAGE_FEATURES, localImageFeatures } from './local-image-features.ts';
import { lateChanges } from './late-changes.ts';
import { expectedChange, fitPooledChange, localWeights, type PooledChangeModel } from './pooled-change-model.ts';
import { type Population, readPopulation, samplesOf } from './population.ts';
import { assessSkill, type HeldOutInterval, type SkillVerdict } from './skill.ts';
import {
  changeInOwnUnit,
  fromScale,
  LOCAL_VALUE_FEATURES,
  localValueFeatures,
  toScale,
  type ValueScale,
  valueScaleOf,
  valueTarget,
  withinPlausible,
} from './value-change.ts';
import { imageBefore, knownPoints } from './visit-series.ts';

const MODEL = { modelId: 'population-mean-change', featureVersion: 1 } as const;
const CODE_VERSION = 2;
const LEVEL = LOCAL_VALUE_FEATURES.indexOf('level');

/**
 * How other patients changed, given where this one is, how long it takes and what treatment is given.
 *
 * Ridge regression pooled over the others' late visit pairs (`lateChanges`): the change of each value (relative where `valueScaleOf` says so) and
 * of each foreground voxel, from local features crossed with the interval and each treatment's exposure. The forecast is
 * a residual on the last value and image, shrunk to what it showed on patients left out; values and image each decide
 * for themselves whether they are trusted at this horizon, and are "no change" where they are not. The skill of a value is
 * told in its own unit, or as relative change where that is less; that of an image over a sample of its foreground at one
 * brightness (`gainOf`). Average effects only: a patient
 * who answers a treatment unlike the others is forecast as if like them.
 */
export const populationMeanChange: ForecastingMethod = {
  modelId: MODEL.modelId,
  summarise(history) {
    checkVisits(history.visits, history.shape);
    const origins: OriginStatistics[] = [
      ...imageChangeStatistics(history),
      ...history.variables.flatMap((variable) => valueChangeStatistics(history, variable)),
    ];
    const { treatmentKeys } = history;
    return encodeChangeRecord({ format: 'sequela-change-record', version: 2, ...MODEL, treatmentKeys, origins });
  },
  forecast(input) {
    checkForecastInput(input);
    const population = readPopulation(input, MODEL);
    return {
      modelVersion: `${MODEL.modelId}@${CODE_VERSION}+${population.hash}`,
      image: forecastImage(input, population),
      values: forEachValue(input, (variable, origin) => forecastValue(input, population, variable, origin)),
      caveats: exposureCaveats(input, population),
    };
  },
};

interface Interval {
  readonly intervalDays: number;
  readonly exposures: readonly number[];
}

function trustedModel(
  population: Population,
  target: string,
  features: number,
  over: Interval,
  treatmentKeys: readonly string[],
  judged: (model: PooledChangeModel) => readonly HeldOutInterval[],
): { readonly model: PooledChangeModel | null; readonly verdict: SkillVerdict } {
  const samples = lateChanges(samplesOf(population, target, features));
  if (samples.length === 0) return { model: null, verdict: assessSkill([], over.intervalDays) };
  const model = fitPooledChange(samples, features);
  const verdict = assessSkill(judged(model), over.intervalDays);
  const unseen = treatmentKeys.find(
    (_, index) =>
      over.exposures[index]! > 0 &&
      !samples.some(({ changes }) => changes.some(({ exposures }) => exposures[index]! > 0)),
  );
  if (verdict.declineReason === null && unseen !== undefined) {
    const declineReason = `No other patient with comparable visits received ${unseen}; what it does cannot be told.`;
    return { model, verdict: { ...verdict, shrinkage: 0, declineReason } };
  }
  return { model, verdict };
}

function forecastValue(
  input: ForecastInput,
  population: Population,
  { key, plausible }: ForecastInput['variables'][number],
  origin: ForecastInput['valueOrigins'][string],
): ValueAnswer {
  if (origin.intervalDays === 0) return { value: origin.value, skill: NO_CHANGE_SKILL, declineReason: null };
  const scale = valueScaleOf(plausible);
  const level = toScale(scale, origin.value);
  const over = { ...origin, exposures: input.treatmentKeys.map((treatment) => origin.exposures[treatment]!) };
  const { model, verdict } = trustedModel(
    population,
    valueTarget(scale, key),
    LOCAL_VALUE_FEATURES.length,
    over,
    input.treatmentKeys,
    (fitted) => inOwnUnit(scale, fitted),
  );
  const { declineReason, ...skill } = verdict;
  if (level === null) {
    const reason = 'The last value is 0 or less, from where a relative change cannot start.';
    return { value: origin.value, skill: { ...skill, shrinkage: 0 }, declineReason: reason };
  }
  if (model === null || declineReason !== null) return { value: origin.value, skill, declineReason };
  const local = localValueFeatures(knownPoints(input.visits, key, scale), level);
  const expected = expectedChange(model, local, over);
  const change = changeInOwnUnit(scale, origin.value, withinSeen(model, expected));
  const value = withinPlausible(origin.value + skill.shrinkage * change, origin.value, plausible);
  return { value, skill, declineReason };
}

/** A change no larger than any other patient's. */
const withinSeen = ({ largestChange }: PooledChangeModel, change: number): number =>
  Math.min(largestChange, Math.max(-largestChange, change));

/**
 * The held-out forecasts in the variable's own unit, in which a reader understands skill, and where the change is modelled as
 * relative on the logarithmic scale too: being right about small values does not make up for being wrong about large
 * ones, nor the other way round.
 */
function inOwnUnit(scale: ValueScale, model: PooledChangeModel): HeldOutInterval[] {
  return model.heldOut.map(({ patient, intervalDays, meanFeatures, meanChange, meanForecast }) => {
    const value = fromScale(scale, meanFeatures[LEVEL]!);
    const y = changeInOwnUnit(scale, value, meanChange);
    const forecast = withinSeen(model, meanForecast);
    const f = changeInOwnUnit(scale, value, forecast);
    const inOwn = { patient, intervalDays, yy: y * y, yf: y * f, ff: f * f };
    return scale === 'log' ? { ...inOwn, relative: { change: meanChange, forecast } } : inOwn;
  });
}

function forecastImage(input: ForecastInput, population: Population): ImageAnswer | null {
  const last = input.visits.at(-1)!.voxels;
  if (last === null || input.shape === null || input.horizonDays === 0) return lastImage(input);
  const features = LOCAL_IMAGE_FEATURES.length;
  const over = {
    intervalDays: input.horizonDays,
    exposures: input.treatmentKeys.map((treatment) => input.plannedExposures[treatment]!),
  };
  const { model, verdict } = trustedModel(
    population,
    'image',
    features,
    over,
    input.treatmentKeys,
    ({ heldOut }) => heldOut,
  );
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
