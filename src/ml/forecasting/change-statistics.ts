import type { ForecastInput, ForecastVisit } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import type { ChangeStatistics, OriginStatistics } from './change-record.ts';
import { gainOf, intensityRangeOf } from './intensity-range.ts';
import { type BlurredImage, blurredImage, foregroundOf, localImageFeatures } from './local-image-features.ts';
import { lowerMoments, meanProduct } from './moments.ts';
import { localValueFeatures, toScale, valueScaleOf, valueTarget } from './value-change.ts';
import { type VisitPair, visitPairs } from './visit-pairs.ts';
import { imageBefore, knownPoints } from './visit-series.ts';
import { sampleVoxels } from './voxel-sample.ts';

/**
 * Per earlier visit: moments of the local value features there and of the changes to later ones, on the scale of the
 * variable.
 */
export function valueChangeStatistics(
  history: ChangeHistory,
  { key, plausible }: ForecastInput['variables'][number],
): OriginStatistics[] {
  const scale = valueScaleOf(plausible);
  const levelOf = (value: number | undefined): number | null => (value === undefined ? null : toScale(scale, value));
  const pairs = visitPairs(history, ({ values }) => levelOf(values[key]) !== null);
  return fromEachOrigin(pairs, (_, fromHere) => {
    const points = knownPoints(fromHere[0]!.past, key, scale);
    const { level } = points.at(-1)!;
    const columns = localValueFeatures(points, level).map((feature) => [feature]);
    const changes = fromHere.map((pair) => changeStatistics(pair, columns, [levelOf(pair.later.values[key])! - level]));
    return { target: valueTarget(scale, key), count: 1, features: lowerMoments(columns), changes };
  });
}

/**
 * Per earlier visit with an image: moments over a sample of its foreground of its local features and of the changes to later
 * images, brought to its brightness and in units of its intensity range. An image without contrast or foreground is left out.
 */
export function imageChangeStatistics(history: ChangeHistory): readonly OriginStatistics[] {
  const known = ofHistory.get(history) ?? imageChanges(history);
  ofHistory.set(history, known);
  return known;
}

/** Several methods learn the same from one history. */
const ofHistory = new WeakMap<ChangeHistory, readonly OriginStatistics[]>();

function imageChanges(history: ChangeHistory): OriginStatistics[] {
  const { shape } = history;
  if (shape === null) return [];
  const blurred = new Map<Float32Array, BlurredImage>();
  const blurredOf = (voxels: Float32Array): BlurredImage => {
    const image = blurred.get(voxels) ?? blurredImage(voxels, shape);
    blurred.set(voxels, image);
    return image;
  };
  const pairs = visitPairs(history, ({ voxels }) => voxels !== null);
  return fromEachOrigin(pairs, ({ voxels: origin }, fromHere) => {
    const range = intensityRangeOf(origin!);
    if (range === null) return null;
    const image = blurredOf(origin!);
    const sample = sampleVoxels(foregroundOf(image, range));
    if (sample.length === 0) return null;
    const before = imageBefore(fromHere[0]!.past);
    const previous = before === null ? null : { ...before, image: blurredOf(before.image) };
    const columns = localImageFeatures(image, range, previous, sample);
    const changes = fromHere.map((pair) => {
      const later = pair.later.voxels!;
      const gain = gainOf(later, origin!, range);
      const change = Float32Array.from(
        sample,
        (voxel) => ((later[voxel]! - range.low) / gain - (origin![voxel]! - range.low)) / range.width,
      );
      return changeStatistics(pair, columns, change);
    });
    return { target: 'image', count: sample.length, features: lowerMoments(columns), changes };
  });
}

/** Statistics of all pairs with the same earlier visit together, oldest first; null leaves an origin out. */
export const fromEachOrigin = (
  pairs: readonly VisitPair[],
  statistics: (origin: ForecastVisit, fromHere: readonly VisitPair[]) => Omit<OriginStatistics, 'day'> | null,
): OriginStatistics[] =>
  [...Map.groupBy(pairs, ({ past }) => past.at(-1)!)].flatMap(([origin, fromHere]) => {
    const found = statistics(origin, fromHere);
    return found === null ? [] : [{ ...found, day: fromHere[0]!.day }];
  });

/** Sums of one change over the rows of its origin. @param columns features. @param change the rows' y. */
export const changeStatistics = (
  { intervalDays, exposures, knownAtMs }: VisitPair,
  columns: readonly ArrayLike<number>[],
  change: ArrayLike<number>,
): ChangeStatistics => ({
  intervalDays,
  exposures,
  knownAtMs,
  cross: columns.map((column) => meanProduct(column, change)),
  square: meanProduct(change, change),
});
