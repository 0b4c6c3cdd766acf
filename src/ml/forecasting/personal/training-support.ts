import { inputCoordinates } from './input-coordinates.ts';
import type { IntervalTable } from './interval-table.ts';
import { EXPOSURES_PER_TREATMENT } from './feature-columns.ts';
import type { CheckedSeries } from './patient-series.ts';
import type { PersonalSpec } from './personal-spec.ts';

/** Where the intervals lay that a variable's effects were learned from, in the coordinates of `inputCoordinates`. */
export interface TrainingSupport {
  readonly means: Float64Array;
  /** Standard deviations; 0 where all intervals were the same. */
  readonly sds: Float64Array;
  /** Between these lie 99 % of the intervals, by coordinate. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Some of the intervals, standardised and rounded to a thousandth: [rows, coordinates]. */
  readonly rows: Float64Array;
  /** Distances of intervals to those rows ({@link supportDistance}) at {@link DISTANCE_QUANTILES}, ascending. */
  readonly distances: Float64Array;
}

const KEPT_ROWS = 256;
const JUDGED_ROWS = 4000;
/** The distance is that to this nearest row: one odd patient is no support. */
const NEAREST = 5;
const OUTER_PART = 0.005;

/** Dense where it matters: in the upper tail. */
export const DISTANCE_QUANTILES: readonly number[] = [
  ...Array.from({ length: 19 }, (_, k) => k / 20),
  ...Array.from({ length: 41 }, (_, k) => 1 - 0.05 * 10 ** (-k / 16)),
  1,
];

/** Support of each variable; null for one without any interval or whose features look at nothing. */
export const trainingSupports = (
  spec: PersonalSpec,
  tables: readonly IntervalTable[],
  population: readonly CheckedSeries[],
): readonly (TrainingSupport | null)[] => tables.map((table, variable) => supportOf(spec, table, variable, population));

function supportOf(
  spec: PersonalSpec,
  table: IntervalTable,
  variable: number,
  population: readonly CheckedSeries[],
): TrainingSupport | null {
  const coordinates = inputCoordinates(spec, variable);
  const width = coordinates.length;
  if (table.rows === 0 || width === 0) return null;
  const judged = sampleOf(table.rows, JUDGED_ROWS);
  const raw = new Float64Array(judged.length * width);
  const exposures = EXPOSURES_PER_TREATMENT * spec.treatments.length;
  const variables = spec.variables.length;
  let patient = 0;
  judged.forEach((row, k) => {
    while (table.from[patient + 1]! <= row) patient += 1;
    const inputs = {
      values: table.values.subarray(row * variables, (row + 1) * variables),
      statics: population[patient]!.statics,
      day: table.startDays[row]!,
      duration: table.days[row]! / spec.timeUnitDays,
      exposures: table.exposures.subarray(row * exposures, (row + 1) * exposures),
    };
    coordinates.forEach(({ value }, c) => (raw[k * width + c] = value(inputs)));
  });
  const columns = coordinates.map((_, c) => {
    const known = judged.map((_row, k) => raw[k * width + c]!).filter((value) => !Number.isNaN(value));
    return Float64Array.from(known).sort();
  });
  const means = Float64Array.from(columns, (column) => column.reduce((sum, x) => sum + x, 0) / (column.length || 1));
  const sds = Float64Array.from(columns, (column, c) => {
    const spread = Math.sqrt(column.reduce((sum, x) => sum + (x - means[c]!) ** 2, 0) / (column.length || 1));
    return spread > 1e-9 * Math.abs(means[c]!) ? spread : 0;
  });
  const standardised = raw.map((value, at) => standardisedCoordinate(value, means[at % width]!, sds[at % width]!));
  const kept = sampleOf(judged.length, KEPT_ROWS);
  const rows = new Float64Array(kept.length * width);
  kept.forEach((row, k) => {
    for (let c = 0; c < width; c += 1) rows[k * width + c] = Math.round(1000 * standardised[row * width + c]!) / 1000;
  });
  const isKept = new Set(kept);
  const distances = Float64Array.from(judged, (_, k) =>
    nearestDistance(rows, standardised.subarray(k * width, (k + 1) * width), NEAREST + Number(isKept.has(k))),
  ).sort();
  return {
    means,
    sds,
    lows: Float64Array.from(columns, (column) => quantileOf(column, OUTER_PART)),
    highs: Float64Array.from(columns, (column) => quantileOf(column, 1 - OUTER_PART)),
    rows,
    distances: Float64Array.from(DISTANCE_QUANTILES, (part) => quantileOf(distances, part)),
  };
}

/** What is unknown counts as the mean; what never varied has no distance. */
export const standardisedCoordinate = (value: number, mean: number, sd: number): number =>
  Number.isNaN(value) || sd === 0 ? 0 : (value - mean) / sd;

/** Distance of standardised coordinates to the fifth nearest row. */
export const supportDistance = ({ rows }: TrainingSupport, point: Float64Array): number =>
  nearestDistance(rows, point, NEAREST);

/** Part of the intervals that lay closer to the others than this distance; 1 beyond them all. */
export function distanceQuantile({ distances }: TrainingSupport, distance: number): number {
  const above = distances.findIndex((one) => one > distance);
  if (above < 0) return distance > distances.at(-1)! * (1 + 1e-9) ? 1 : DISTANCE_QUANTILES.at(-2)!;
  if (above === 0) return 0;
  const [low, high] = [distances[above - 1]!, distances[above]!];
  const [from, to] = [DISTANCE_QUANTILES[above - 1]!, DISTANCE_QUANTILES[above]!];
  return from + ((distance - low) / (high - low)) * (to - from);
}

function nearestDistance(rows: Float64Array, point: Float64Array, rank: number): number {
  const width = point.length;
  const nearest = new Float64Array(Math.min(rank, rows.length / width)).fill(Infinity);
  for (let row = 0; row < rows.length; row += width) {
    let square = 0;
    for (let c = 0; c < width; c += 1) square += (rows[row + c]! - point[c]!) ** 2;
    let place = nearest.length - 1;
    if (!(square < nearest[place]!)) continue;
    while (place > 0 && nearest[place - 1]! > square) {
      nearest[place] = nearest[place - 1]!;
      place -= 1;
    }
    nearest[place] = square;
  }
  return Math.sqrt(nearest.at(-1)!);
}

/** Evenly spread places, all of them where they are few. */
const sampleOf = (count: number, most: number): number[] =>
  count <= most
    ? Array.from({ length: count }, (_, k) => k)
    : Array.from({ length: most }, (_, k) => Math.floor(((k + 0.5) * count) / most));

const quantileOf = (sorted: Float64Array, part: number): number =>
  sorted.length === 0 ? 0 : sorted[Math.round(part * (sorted.length - 1))]!;
