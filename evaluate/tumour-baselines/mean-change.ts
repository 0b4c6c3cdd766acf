import { toScale, fromScale, valueScaleOf } from '../../src/ml/forecasting/value-change.ts';
import { type CohortPatient, VARIABLES } from './cohort-patient.ts';

/**
 * The plain mean change of others: the last value moved by the mean change (of logarithms where the variable is modelled
 * as relative) over all their known visits so many days apart, whatever they were given.
 */
export function meanChangeForecast(
  patient: CohortPatient,
  others: readonly CohortPatient[],
  horizonDays: number,
): Record<string, number> {
  return Object.fromEntries(
    VARIABLES.map(({ key, plausible }) => {
      const scale = valueScaleOf(plausible);
      const changes = others.flatMap(({ history: { visits } }) =>
        visits.flatMap(({ day, values }) => {
          const later = visits.find((visit) => visit.day === day + horizonDays);
          const [from, to] = [values[key], later?.values[key]].map((value) =>
            value === undefined ? null : toScale(scale, value),
          );
          return from === null || from === undefined || to === null || to === undefined ? [] : [to - from];
        }),
      );
      const mean = changes.reduce((sum, change) => sum + change / changes.length, 0);
      const last = patient.history.visits.at(-1)!.values[key]!;
      const level = toScale(scale, last);
      return [key, level === null ? last : fromScale(scale, level + mean)];
    }),
  );
}
