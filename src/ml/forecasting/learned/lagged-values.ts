import type { Administration } from '../personal/exposure.ts';

const DAYS_PER_YEAR = 365.25;

/** Known values of one variable up to an origin, on the scale that changes are counted on, by rising day. */
export interface KnownLevels {
  readonly days: readonly number[];
  readonly levels: readonly number[];
}

/** A patient's past up to an origin, the day of the last visit. */
export interface History {
  readonly originDay: number;
  readonly firstDay: number;
  readonly visits: number;
  readonly known: readonly KnownLevels[];
  /** NaN where unknown. */
  readonly statics: ArrayLike<number>;
  /** By treatment; what is given after the origin may be among it and does not matter. */
  readonly treatments: readonly (readonly Administration[])[];
}

/** Rate per year of a line of least squares; 0 of fewer than two points. */
export function slopeOf({ days, levels }: KnownLevels): number {
  const n = days.length;
  if (n < 2) return 0;
  const centre = days.reduce((sum, day) => sum + day / n, 0);
  const mean = levels.reduce((sum, level) => sum + level / n, 0);
  const spread = days.reduce((sum, day) => sum + (day - centre) ** 2, 0);
  const covariance = days.reduce((sum, day, k) => sum + (day - centre) * (levels[k]! - mean), 0);
  return spread > 0 ? (covariance / spread) * DAYS_PER_YEAR : 0;
}

/** Numbers of a variable among the lagged values. */
const PER_VARIABLE = 5;

/** How many numbers {@link laggedValues} are. */
export const laggedWidth = (variables: number, statics: number, treatments: number): number =>
  2 + PER_VARIABLE * variables + statics + 2 * treatments;

/**
 * What a table-minded model sees of a past: time since the first visit in years and number of visits; of every variable its last level
 * and the age of it, the level before, the mean and the slope per year; statics; of every treatment the amount of the year before
 * the origin and of all time before it. NaN where there is none. Nothing after the origin moves it.
 */
export function laggedValues({ originDay, firstDay, visits, known, statics, treatments }: History): number[] {
  return [
    (originDay - firstDay) / DAYS_PER_YEAR,
    visits,
    ...known.flatMap((own) => {
      const { days, levels } = own;
      const n = levels.length;
      if (n === 0) return Array.from({ length: PER_VARIABLE }, () => NaN);
      return [
        levels[n - 1]!,
        (originDay - days[n - 1]!) / DAYS_PER_YEAR,
        levels[n - 2] ?? NaN,
        levels.reduce((sum, level) => sum + level / n, 0),
        n < 2 ? NaN : slopeOf(own),
      ];
    }),
    ...Array.from(statics),
    ...treatments.flatMap((given) => [
      amountWithin(given, originDay - DAYS_PER_YEAR, originDay),
      amountWithin(given, -Infinity, originDay),
    ]),
  ];
}

/** What is given of a treatment between two days; an administration over time in proportion. */
export const amountWithin = (given: readonly Administration[], fromDay: number, toDay: number): number =>
  given.reduce((sum, one) => {
    const length = one.toDay - one.fromDay;
    if (length <= 0) return sum + (one.fromDay >= fromDay && one.fromDay < toDay ? one.amount : 0);
    const overlap = Math.min(one.toDay, toDay) - Math.max(one.fromDay, fromDay);
    return sum + (one.amount * Math.max(0, overlap)) / length;
  }, 0);
