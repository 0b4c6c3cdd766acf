import { amountWithin, type KnownLevels, laggedValues } from '../../src/ml/forecasting/learned/lagged-values.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { JudgedCohort, Question } from './question.ts';
import { toLevel } from './question.ts';

const DAYS_PER_YEAR = 365.25;

/** By variable of the cohort. */
export const knownLevels = ({ variables }: JudgedCohort, { visits }: PatientSeries): KnownLevels[] =>
  variables.map((variable) => {
    const known = visits.filter(({ values }) => Number.isFinite(values[variable.key]));
    return {
      days: known.map(({ day }) => day),
      levels: known.map(({ values }) => toLevel(variable, values[variable.key]!)),
    };
  });

/** What a table-minded baseline sees of a question: the horizon in years, the lagged values, and what will be given of each treatment up to the target. */
export const questionValues = (
  cohort: JudgedCohort,
  { series, originDay }: Pick<Question, 'series' | 'originDay'>,
  day: number,
): number[] => {
  const treatments = cohort.treatments.map((key) => series.treatments[key] ?? []);
  const lagged = laggedValues({
    originDay,
    firstDay: series.visits[0]!.day,
    visits: series.visits.length,
    known: knownLevels(cohort, series),
    statics: cohort.statics.map((key) => series.statics[key] ?? NaN),
    treatments,
  });
  return [
    (day - originDay) / DAYS_PER_YEAR,
    ...lagged,
    ...treatments.map((given) => amountWithin(given, originDay, day)),
  ];
};
