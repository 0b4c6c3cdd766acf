import type { ForecastInput } from '../../twins/forecast.ts';
import { encodeChangeRecord, type OriginStatistics } from './change-record.ts';
import { exposureCaveats } from './exposure-caveats.ts';
import { checkForecastInput, checkVisits } from './forecast-input-check.ts';
import { type ForecastingMethod, forEachValue, NO_CHANGE_SKILL, type ValueAnswer } from './forecasting-method.ts';
import { imageChangeStatistics, valueChangeStatistics } from './change-statistics.ts';
import { expectedChange, type PooledChangeModel } from './pooled-change-model.ts';
import { pooledImageForecast } from './pooled-image-forecast.ts';
import { type Population, readPopulation } from './population.ts';
import type { HeldOutInterval } from './skill.ts';
import { trustedModel } from './trusted-change.ts';
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
import { knownPoints } from './visit-series.ts';

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
      image: pooledImageForecast(input, population),
      values: forEachValue(input, (variable, origin) => forecastValue(input, population, variable, origin)),
      caveats: exposureCaveats(input, population),
    };
  },
};

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
    input,
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
