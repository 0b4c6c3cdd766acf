import type { ForecastInput } from '../../twins/forecast.ts';
import type { ChangeHistory } from '../../twins/ports.ts';
import type { PairStatistics } from './change-record.ts';
import { intensityRangeOf, relativeTo } from './intensity-range.ts';
import { LOCAL_IMAGE_FEATURES, localImageFeatures } from './local-image-features.ts';
import { lowerMoments } from './moments.ts';
import { localValueFeatures, toScale, valueScaleOf, valueTarget } from './value-change.ts';
import { type VisitPair, visitPairs } from './visit-pairs.ts';
import { imageBefore, knownPoints } from './visit-series.ts';

const INTENSITY = LOCAL_IMAGE_FEATURES.indexOf('intensity');

/**
 * Per visit pair: moments of the local value features at the earlier visit and of the change to the later one, on the
 * scale of the variable.
 */
export function valueChangeStatistics(
  history: ChangeHistory,
  { key, plausible }: ForecastInput['variables'][number],
): PairStatistics[] {
  const scale = valueScaleOf(plausible);
  const levelOf = (value: number | undefined): number | null => (value === undefined ? null : toScale(scale, value));
  return visitPairs(history, ({ values }) => levelOf(values[key]) !== null).map((pair) => {
    const points = knownPoints(pair.past, key, scale);
    const change = levelOf(pair.later.values[key])! - points.at(-1)!.level;
    const row = [...localValueFeatures(points, points.at(-1)!.level), change];
    return statisticsOf(pair, valueTarget(scale, key), 1, lowerMoments(row.map((value) => [value])));
  });
}

/**
 * Per pair of visits with an image: moments over the foreground of the earlier image's local features and of the change to
 * the later image, brought to the earlier image's brightness and in units of its intensity range. An image without contrast or foreground is left out.
 */
export function imageChangeStatistics(history: ChangeHistory): PairStatistics[] {
  const { shape } = history;
  if (shape === null) return [];
  const pairs = visitPairs(history, ({ voxels }) => voxels !== null);
  return [...Map.groupBy(pairs, ({ past }) => past.at(-1)!)].flatMap(([earlier, fromHere]) => {
    const image = earlier.voxels!;
    const range = intensityRangeOf(image);
    if (range === null) return [];
    const { foreground, columns } = localImageFeatures(image, shape, range, imageBefore(fromHere[0]!.past));
    if (foreground.length === 0) return [];
    const featureMoments = lowerMoments(columns);
    return fromHere.map((pair) => {
      const later = relativeTo(image, range, pair.later.voxels!);
      const change = new Float32Array(foreground.length);
      for (let k = 0; k < change.length; k += 1) {
        change[k] = later[foreground[k]!]! - columns[INTENSITY]![k]!;
      }
      const lastRow = [...columns, change].map((column) => meanProduct(change, column));
      return statisticsOf(pair, 'image', change.length, [...featureMoments, ...lastRow]);
    });
  });
}

const statisticsOf = (
  { intervalDays, exposures, knownAtMs }: VisitPair,
  target: string,
  count: number,
  moments: readonly number[],
): PairStatistics => ({ target, intervalDays, exposures, knownAtMs, count, moments });

function meanProduct(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < left.length; row += 1) sum += left[row]! * right[row]!;
  return sum / left.length;
}
