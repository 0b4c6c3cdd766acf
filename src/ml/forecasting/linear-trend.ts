import type { ForecastInput, ForecastVisit } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import { encodeChangeRecord, type PairStatistics } from './change-record.ts';
import { checkForecastInput, checkVisits } from './forecast-input-check.ts';
import {
  type ForecastingMethod,
  forEachValue,
  type ImageAnswer,
  lastImage,
  NO_CHANGE_SKILL,
  type ValueAnswer,
} from './forecasting-method.ts';
import { intensityRangeOf } from './intensity-range.ts';
import { lowerMoments } from './moments.ts';
import { type Population, readPopulation, samplesOf } from './population.ts';
import { assessSkill, MINIMUM_PATIENTS, type SkillVerdict } from './skill.ts';
import { boundedTrend, trendWeights } from './trend.ts';
import { type ScaledPoint, valueTarget, withinPlausible } from './value-change.ts';
import { visitPairs } from './visit-pairs.ts';
import { knownPoints } from './visit-series.ts';

const MODEL = { modelId: 'linear-trend', featureVersion: 1 } as const;
const CODE_VERSION = 1;
/** Visits that a trend is drawn through: older ones say less about where things go now. */
const TREND_VISITS = 4;
const ONE_VISIT = 'A trend needs two visits at different times.';

/**
 * The patient's own straight line: least squares through each value and voxel of the last four visits in real time,
 * started from the last one, never further outside of what those visits saw than they span.
 *
 * Where enough other patients are on record the trend is judged on them: it is shrunk to what it showed at this horizon,
 * and declined where it was not clearly better than "no change". Where they are too few it is given with an unknown skill.
 */
export const linearTrend: ForecastingMethod = {
  modelId: MODEL.modelId,
  summarise(history) {
    checkVisits(history.visits, history.shape);
    const { treatmentKeys, variables } = history;
    const pairs = [
      ...imageTrendStatistics(history),
      ...variables.flatMap(({ key }) => valueTrendStatistics(history, key)),
    ];
    return encodeChangeRecord({ format: 'sequela-change-record', version: 1, ...MODEL, treatmentKeys, pairs });
  },
  forecast(input) {
    checkForecastInput(input);
    const population = readPopulation(input, MODEL);
    return {
      modelVersion: `${MODEL.modelId}@${CODE_VERSION}+${population.hash}`,
      image: forecastImage(input, population),
      values: forEachValue(input, (variable, origin) => forecastValue(input, population, variable, origin)),
    };
  },
};

function forecastImage(input: ForecastInput, population: Population): ImageAnswer | null {
  const last = input.visits.at(-1)!.voxels;
  if (last === null || input.horizonDays === 0) return lastImage(input);
  const { declineReason, ...skill } = verdictOn(population, 'image', input.horizonDays);
  const change = imageTrend(input.visits, input.horizonDays);
  if (change === null || declineReason !== null) {
    return lastImage(input, { ...skill, shrinkage: 0 }, change === null ? ONE_VISIT : declineReason);
  }
  const voxels = last.map((voxel, index) => voxel + skill.shrinkage * change[index]!);
  return { voxels, skill, declineReason };
}

function forecastValue(
  input: ForecastInput,
  population: Population,
  { key, plausible }: ForecastInput['variables'][number],
  { value: start, intervalDays }: ForecastInput['valueOrigins'][string],
): ValueAnswer {
  if (intervalDays === 0) return { value: start, skill: NO_CHANGE_SKILL, declineReason: null };
  const { declineReason, ...skill } = verdictOn(population, valueTarget('difference', key), intervalDays);
  const points = knownPoints(input.visits, key, 'difference');
  const change = valueTrend(points, start, intervalDays);
  if (change === null || declineReason !== null) {
    return {
      value: start,
      skill: { ...skill, shrinkage: 0 },
      declineReason: change === null ? ONE_VISIT : declineReason,
    };
  }
  return { value: withinPlausible(start + skill.shrinkage * change, start, plausible), skill, declineReason };
}

/** The whole trend, with an unknown skill, where too few others exist to judge it. */
function verdictOn(population: Population, target: string, intervalDays: number): SkillVerdict {
  const intervals = samplesOf(population, target, 1).map(({ patient, intervalDays, matrix }) => ({
    patient,
    intervalDays,
    ff: matrix[0]!,
    yf: matrix[1]!,
    yy: matrix[3]!,
  }));
  const verdict = assessSkill(intervals, intervalDays);
  return verdict.patients < MINIMUM_PATIENTS ? { ...verdict, skill: null, shrinkage: 1, declineReason: null } : verdict;
}

function valueTrend(points: readonly ScaledPoint[], start: number, intervalDays: number): number | null {
  const recent = points.slice(-TREND_VISITS);
  const weights = trendWeights(recent.map(({ day }) => day));
  if (weights === null) return null;
  const levels = recent.map(({ level }) => level);
  return boundedTrend(levels, weights, start, intervalDays);
}

/** Expected change per voxel over an interval after the last visit; null where no line can be drawn. */
function imageTrend(visits: readonly ForecastVisit[], intervalDays: number): Float32Array | null {
  const recent = visits.filter(({ voxels }) => voxels !== null).slice(-TREND_VISITS);
  const weights = trendWeights(recent.map(({ day }) => day));
  if (weights === null) return null;
  const images = recent.map(({ voxels }) => voxels!);
  const series = new Float64Array(images.length);
  return images.at(-1)!.map((start, index) => {
    for (let k = 0; k < series.length; k += 1) series[k] = images[k]![index]!;
    return boundedTrend(series, weights, start, intervalDays);
  });
}

function imageTrendStatistics(history: ChangeHistory): PairStatistics[] {
  return visitPairs(history, ({ voxels }) => voxels !== null).flatMap(
    ({ past, later, intervalDays, exposures, knownAtMs }) => {
      const image = past.at(-1)!.voxels!;
      const trend = imageTrend(past, intervalDays);
      const range = intensityRangeOf(image);
      if (trend === null || range === null) return [];
      const forecast = trend.map((change) => change / range.width);
      const actual = later.voxels!.map((voxel, index) => (voxel - image[index]!) / range.width);
      const moments = lowerMoments([forecast, actual]);
      return [{ target: 'image', intervalDays, exposures, knownAtMs, count: image.length, moments }];
    },
  );
}

function valueTrendStatistics(history: ChangeHistory, key: string): PairStatistics[] {
  return visitPairs(history, ({ values }) => values[key] !== undefined).flatMap(
    ({ past, later, intervalDays, exposures, knownAtMs }) => {
      const points = knownPoints(past, key, 'difference');
      const start = points.at(-1)!.level;
      const trend = valueTrend(points, start, intervalDays);
      if (trend === null) return [];
      const moments = lowerMoments([[trend], [later.values[key]! - start]]);
      return [{ target: valueTarget('difference', key), intervalDays, exposures, knownAtMs, count: 1, moments }];
    },
  );
}
