import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { JudgedCohort, Question } from './question.ts';
import { toLevel } from './question.ts';

const DAYS_PER_YEAR = 365.25;

/** Known values of one variable up to an origin, on the scale of the baselines, by rising day. */
export interface KnownLevels {
  readonly days: readonly number[];
  readonly levels: readonly number[];
}

/** By variable of the cohort. */
export const knownLevels = ({ variables }: JudgedCohort, { visits }: PatientSeries): KnownLevels[] =>
  variables.map((variable) => {
    const known = visits.filter(({ values }) => Number.isFinite(values[variable.key]));
    return {
      days: known.map(({ day }) => day),
      levels: known.map(({ values }) => toLevel(variable, values[variable.key]!)),
    };
  });

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

/** Numbers of a row before those of the variables. */
const PER_VARIABLE = 5;

/**
 * What a table-minded model sees of a question: the horizon in years, time since the first visit, number of visits; of
 * every variable its last level and the age of it, the level before, the mean and the slope; statics; of every treatment the amount
 * from the origin to the target, the year before the origin and all before it. NaN where there is none.
 */
export function laggedValues(
  cohort: JudgedCohort,
  { series, originDay }: Pick<Question, 'series' | 'originDay'>,
  day: number,
): number[] {
  const years = (days: number): number => days / DAYS_PER_YEAR;
  return [
    years(day - originDay),
    years(originDay - series.visits[0]!.day),
    series.visits.length,
    ...knownLevels(cohort, series).flatMap((known) => {
      const { days, levels } = known;
      const n = levels.length;
      if (n === 0) return Array.from({ length: PER_VARIABLE }, () => NaN);
      return [
        levels[n - 1]!,
        years(originDay - days[n - 1]!),
        levels[n - 2] ?? NaN,
        levels.reduce((sum, level) => sum + level / n, 0),
        n < 2 ? NaN : slopeOf(known),
      ];
    }),
    ...cohort.statics.map((key) => series.statics[key] ?? NaN),
    ...cohort.treatments.flatMap((key) => [
      amountWithin(series, key, originDay, day),
      amountWithin(series, key, originDay - DAYS_PER_YEAR, originDay),
      amountWithin(series, key, -Infinity, originDay),
    ]),
  ];
}

function amountWithin({ treatments }: PatientSeries, key: string, fromDay: number, toDay: number): number {
  return (treatments[key] ?? []).reduce((sum, given) => {
    const length = given.toDay - given.fromDay;
    if (length <= 0) return sum + (given.fromDay >= fromDay && given.fromDay < toDay ? given.amount : 0);
    const overlap = Math.min(given.toDay, toDay) - Math.max(given.fromDay, fromDay);
    return sum + (given.amount * Math.max(0, overlap)) / length;
  }, 0);
}
