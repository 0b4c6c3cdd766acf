import type { ForecastInput, ForecastVisit } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import { voxelCount } from '../../twins/volume.ts';
import { encodeChangeRecord, type OriginStatistics } from './change-record.ts';
import { changeStatistics, fromEachOrigin } from './change-statistics.ts';
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
import { lateChanges } from './late-changes.ts';
import { lowerMoments } from './moments.ts';
import { type Population, readPopulation, samplesOf } from './population.ts';
import { assessSkill, MINIMUM_PATIENTS, type SkillVerdict } from './skill.ts';
import { boundedTrend, trendWeights } from './trend.ts';
import { type ScaledPoint, valueTarget, withinPlausible } from './value-change.ts';
import { type VisitPair, visitPairs } from './visit-pairs.ts';
import { knownPoints } from './visit-series.ts';
import { sampleVoxels } from './voxel-sample.ts';

const MODEL = { modelId: 'linear-trend', featureVersion: 1 } as const;
const CODE_VERSION = 2;
/** Visits that a trend is drawn through: older ones say less about where things go now. */
const TREND_VISITS = 4;
const ONE_VISIT = 'A trend needs two visits at different times.';

/**
 * The patient's own straight line: least squares through each value and voxel of the last four visits in real time,
 * started from the last one, never further outside of what those visits saw than they span.
 *
 * Where enough other patients are on record the trend is judged on them: it is shrunk to what it showed at this horizon,
 * and declined where it was not clearly better than "no change" from their late visits. Where they are too few it is given with an unknown skill.
 */
export const linearTrend: ForecastingMethod = {
  modelId: MODEL.modelId,
  summarise(history) {
    checkVisits(history.visits, history.shape);
    const { treatmentKeys, variables } = history;
    const origins = [
      ...imageTrendStatistics(history),
      ...variables.flatMap(({ key }) => valueTrendStatistics(history, key)),
    ];
    return encodeChangeRecord({ format: 'sequela-change-record', version: 2, ...MODEL, treatmentKeys, origins });
  },
  forecast(input) {
    checkForecastInput(input);
    const population = readPopulation(input, MODEL);
    return {
      modelVersion: `${MODEL.modelId}@${CODE_VERSION}+${population.hash}`,
      image: forecastImage(input, population),
      values: forEachValue(input, (variable, origin) => forecastValue(input, population, variable, origin)),
      caveats: [],
    };
  },
};

function forecastImage(input: ForecastInput, population: Population): ImageAnswer | null {
  const last = input.visits.at(-1)!.voxels;
  if (last === null || input.horizonDays === 0) return lastImage(input);
  const { declineReason, ...skill } = verdictOn(population, 'image', input.horizonDays);
  const change = imageTrend(input.visits, input.horizonDays, everyVoxel(last.length));
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
  const intervals = lateChanges(samplesOf(population, target, 1)).flatMap(({ patient, features, changes }) =>
    changes.map(({ intervalDays, cross, square }) => ({
      patient,
      intervalDays,
      ff: features[0]!,
      yf: cross[0]!,
      yy: square,
    })),
  );
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

/** Expected change of some voxels over an interval after the last visit; null where no line can be drawn. */
function imageTrend(visits: readonly ForecastVisit[], intervalDays: number, voxels: Int32Array): Float32Array | null {
  const recent = visits.filter((visit) => visit.voxels !== null).slice(-TREND_VISITS);
  const weights = trendWeights(recent.map(({ day }) => day));
  if (weights === null) return null;
  const images = recent.map((visit) => visit.voxels!);
  const last = images.at(-1)!;
  const series = new Float64Array(images.length);
  const change = new Float32Array(voxels.length);
  for (let row = 0; row < change.length; row += 1) {
    const voxel = voxels[row]!;
    for (let k = 0; k < series.length; k += 1) series[k] = images[k]![voxel]!;
    change[row] = boundedTrend(series, weights, last[voxel]!, intervalDays);
  }
  return change;
}

const everyVoxel = (count: number): Int32Array => Int32Array.from({ length: count }, (_, voxel) => voxel);

/** The trend of an interval is bounded, so that every change has a feature, the trend, of its own. */
const fromEachPair = (
  pairs: readonly VisitPair[],
  statistics: (pair: VisitPair) => Omit<OriginStatistics, 'day'> | null,
): OriginStatistics[] => pairs.flatMap((pair) => fromEachOrigin([pair], () => statistics(pair)));

function imageTrendStatistics({ shape, ...history }: ChangeHistory): OriginStatistics[] {
  if (shape === null) return [];
  const sample = sampleVoxels(everyVoxel(voxelCount(shape)));
  const ranges = new Map(
    history.visits.map(({ voxels }) => [voxels, voxels === null ? null : intensityRangeOf(voxels)]),
  );
  const pairs = visitPairs({ ...history, shape }, ({ voxels }) => voxels !== null);
  return fromEachPair(pairs, (pair) => {
    const image = pair.past.at(-1)!.voxels!;
    const trend = imageTrend(pair.past, pair.intervalDays, sample);
    const range = ranges.get(image) ?? null;
    if (trend === null || range === null) return null;
    const forecast = trend.map((change) => change / range.width);
    const actual = Float32Array.from(sample, (voxel) => (pair.later.voxels![voxel]! - image[voxel]!) / range.width);
    return statisticsOf('image', pair, forecast, actual);
  });
}

function valueTrendStatistics(history: ChangeHistory, key: string): OriginStatistics[] {
  const pairs = visitPairs(history, ({ values }) => values[key] !== undefined);
  return fromEachPair(pairs, (pair) => {
    const points = knownPoints(pair.past, key, 'difference');
    const start = points.at(-1)!.level;
    const trend = valueTrend(points, start, pair.intervalDays);
    if (trend === null) return null;
    return statisticsOf(valueTarget('difference', key), pair, [trend], [pair.later.values[key]! - start]);
  });
}

const statisticsOf = (
  target: string,
  pair: VisitPair,
  forecast: ArrayLike<number>,
  actual: ArrayLike<number>,
): Omit<OriginStatistics, 'day'> => ({
  target,
  count: actual.length,
  features: lowerMoments([forecast]),
  changes: [changeStatistics(pair, [forecast], actual)],
});
