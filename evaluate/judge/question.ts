import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';

/** What is asked of a forecaster: a patient's past, every dose that will have been given, and the days to forecast. */
export interface Question {
  readonly patient: string;
  /** Visits up to the origin; treatments of the whole time, as planned ones are known. */
  readonly series: PatientSeries;
  readonly originDay: number;
  readonly targets: readonly QuestionTarget[];
}

export interface QuestionTarget {
  readonly day: number;
  /** What was measured then, by variable; hidden from the forecaster, who is handed days alone. */
  readonly values: Readonly<Record<string, number>>;
}

/** Visits of a patient that are known at least when a forecast is asked for. */
export const FEWEST_KNOWN = 2;

/** From every visit but the first and the last, all later visits within the longest horizon. */
export function questionsOf({ patient, series }: CohortPatient, longestDays: number): Question[] {
  const { visits } = series;
  return visits.slice(0, -1).flatMap(({ day }, index) => {
    if (index + 1 < FEWEST_KNOWN) return [];
    const targets = visits.slice(index + 1).filter((visit) => visit.day - day <= longestDays);
    if (targets.length === 0) return [];
    return [{ patient, series: { ...series, visits: visits.slice(0, index + 1) }, originDay: day, targets }];
  });
}

/** What a forecaster says of one variable on one day. */
export interface JudgedForecast {
  /** In the unit of the variable. */
  readonly value: number;
  /** Central intervals at `COVERAGE_LEVELS`; null where the forecaster tells none. */
  readonly intervals: readonly (readonly [low: number, high: number])[] | null;
  /** Why the last value was answered instead of a forecast; null where it was not. */
  readonly declineReason: string | null;
}

/** A way to forecast values, fitted to training patients. */
export interface ValueForecaster {
  readonly subject: string;
  /** Day by day, then by variable in the order of the cohort; null where the patient never had the variable measured. */
  answer(question: Omit<Question, 'targets'>, days: readonly number[]): readonly (readonly (JudgedForecast | null)[])[];
}

/** A cohort and how its values are seen. */
export interface JudgedCohort {
  readonly name: string;
  readonly patients: readonly CohortPatient[];
  readonly variables: readonly JudgedVariable[];
  /** Static variables that are categories have few levels and are read as numbers. */
  readonly statics: readonly string[];
  readonly treatments: readonly string[];
  readonly longestDays: number;
  /** Upper ends of the bins of horizons, in days, ascending. */
  readonly horizonBins: readonly number[];
  /** Names of the subgroups that a patient is in. */
  readonly subgroupsOf: (patient: CohortPatient) => readonly string[];
}

export interface JudgedVariable {
  readonly key: string;
  readonly unit: string;
  /** Changes of a logarithm are judged by baselines as such. */
  readonly isLogarithmic: boolean;
}

/** On the scale that baselines compute on. */
export const toLevel = ({ isLogarithmic }: JudgedVariable, value: number): number =>
  isLogarithmic ? Math.log(Math.max(value, 1e-6)) : value;

/** The inverse of {@link toLevel}. */
export const fromLevel = ({ isLogarithmic }: JudgedVariable, level: number): number =>
  isLogarithmic ? Math.exp(level) : level;
