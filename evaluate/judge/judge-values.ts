import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import { addForecast, type ErrorSums, noErrors } from './error-sums.ts';
import { type JudgedCohort, questionsOf, type ValueForecaster } from './question.ts';

/** Errors of one forecaster on one variable of one patient, within a bin of horizons. */
export interface PatientErrors {
  readonly seed: number;
  readonly subject: string;
  readonly patient: string;
  readonly subgroups: readonly string[];
  readonly variable: string;
  /** Index of the bin of horizons. */
  readonly bin: number;
  readonly sums: ErrorSums;
}

/**
 * Puts every question of the test patients to every forecaster. A value that a forecaster cannot answer is left out for all, so that
 * all are judged on the same ones.
 */
export function judgeValues(
  cohort: JudgedCohort,
  seed: number,
  test: readonly CohortPatient[],
  forecasters: readonly ValueForecaster[],
): PatientErrors[] {
  const all: PatientErrors[] = [];
  for (const patient of test) {
    const subgroups = cohort.subgroupsOf(patient);
    const own = new Map<string, PatientErrors>();
    for (const { targets, ...question } of questionsOf(patient, cohort.longestDays)) {
      const days = targets.map(({ day }) => day);
      const answers = forecasters.map((forecaster) => forecaster.answer(question, days));
      targets.forEach(({ day, values }, target) => {
        const bin = cohort.horizonBins.findIndex((end) => day - question.originDay <= end);
        cohort.variables.forEach(({ key }, v) => {
          const truth = values[key];
          if (truth === undefined || !Number.isFinite(truth)) return;
          const forecasts = answers.map((answer) => answer[target]![v]!);
          if (forecasts.some((forecast) => forecast === null)) return;
          forecasts.forEach((forecast, f) => {
            const { subject } = forecasters[f]!;
            const name = `${subject}/${key}/${bin}`;
            const errors = own.get(name) ?? {
              seed,
              subject,
              patient: patient.patient,
              subgroups,
              variable: key,
              bin,
              sums: noErrors(),
            };
            own.set(name, errors);
            addForecast(errors.sums, forecast, truth);
          });
        });
      });
    }
    all.push(...own.values());
  }
  return all;
}
