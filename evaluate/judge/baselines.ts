import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import { boostedValue, fitBoosting, type Samples } from '../../src/ml/forecasting/learned/gradient-boosting.ts';
import {
  ridgeSums,
  ridgeValue,
  scalingOf,
  solveLagged,
  STRENGTHS,
} from '../../src/ml/forecasting/learned/lagged-ridge.ts';
import { slopeOf } from '../../src/ml/forecasting/learned/lagged-values.ts';
import { knownLevels, questionValues } from './judged-history.ts';
import {
  fromLevel,
  type JudgedCohort,
  type Question,
  questionsOf,
  toLevel,
  type JudgedForecast,
  type ValueForecaster,
} from './question.ts';

const DAYS_PER_YEAR = 365.25;

/** The last measured value of each variable. */
export const carryForward = (cohort: JudgedCohort): ValueForecaster =>
  fromChanges(cohort, 'last value', () => cohort.variables.map(() => 0));

/** Each variable goes on along the line of least squares through its own past; from the last value, as a residual. */
export const linearTrend = (cohort: JudgedCohort): ValueForecaster =>
  fromChanges(cohort, 'linear trend', ({ series, originDay }, day) =>
    knownLevels(cohort, series).map(
      (known) => (slopeOf(known) * (day - (known.days.at(-1) ?? originDay))) / DAYS_PER_YEAR,
    ),
  );

/** Everybody changes at the mean rate of the training patients, by least squares through no change at no distance. */
export function meanChange(cohort: JudgedCohort, train: readonly CohortPatient[]): ValueForecaster {
  const sums = cohort.variables.map(() => ({ products: 0, squares: 0 }));
  for (const { question, day, changes } of changesOf(cohort, train)) {
    changes.forEach((change, v) => {
      if (Number.isNaN(change)) return;
      sums[v]!.products += change * (day - question.originDay);
      sums[v]!.squares += (day - question.originDay) ** 2;
    });
  }
  const rates = sums.map(({ products, squares }) => (squares > 0 ? products / squares : 0));
  return fromChanges(cohort, 'mean change', ({ originDay }, day) => rates.map((rate) => rate * (day - originDay)));
}

/**
 * Ridge regression of each variable's change on lagged values, each by itself and times the horizon; missing ones at their
 * mean. Its strength is the best one on validation patients.
 */
export function ridgeOnLags(
  cohort: JudgedCohort,
  train: readonly CohortPatient[],
  validation: readonly CohortPatient[],
): ValueForecaster {
  const held = laggedSamples(cohort, validation);
  const models = laggedSamples(cohort, train).map((own, v) => {
    const scaling = scalingOf(own);
    const sums = ridgeSums(own, scaling, own.targets.keys());
    const { columns, inputs, targets } = held[v]!;
    const tried = STRENGTHS.map((strength) => {
      const model = solveLagged(sums, scaling, strength);
      const error = targets.reduce((sum, one, row) => sum + (one - ridgeValue(model, inputs, row * columns)) ** 2, 0);
      return { model, error };
    });
    return tried.reduce((least, one) => (one.error < least.error ? one : least)).model;
  });
  return fromChanges(cohort, 'ridge', (question, day) => {
    const inputs = Float64Array.from(questionValues(cohort, question, day));
    return models.map((model) => ridgeValue(model, inputs));
  });
}

/** Gradient boosting of each variable's change on lagged values. */
export function boostingOnLags(
  cohort: JudgedCohort,
  train: readonly CohortPatient[],
  validation: readonly CohortPatient[],
): ValueForecaster {
  const held = laggedSamples(cohort, validation);
  const models = laggedSamples(cohort, train).map((samples, v) => fitBoosting(samples, held[v]!));
  return fromChanges(cohort, 'gradient boosting', (question, day) => {
    const inputs = Float64Array.from(questionValues(cohort, question, day));
    return models.map((model) => boostedValue(model, inputs));
  });
}

/** Every question of the patients with what came, as changes of each variable from its last value; NaN where one is missing. */
function* changesOf(
  cohort: JudgedCohort,
  patients: readonly CohortPatient[],
): Generator<{ readonly question: Question; readonly day: number; readonly changes: readonly number[] }> {
  for (const patient of patients) {
    for (const question of questionsOf(patient, cohort.longestDays)) {
      const lasts = knownLevels(cohort, question.series).map(({ levels }) => levels.at(-1) ?? NaN);
      for (const { day, values } of question.targets) {
        const changes = cohort.variables.map(
          (variable, v) => toLevel(variable, values[variable.key] ?? NaN) - lasts[v]!,
        );
        yield { question, day, changes };
      }
    }
  }
}

/** By variable: lagged values and the change that came. */
function laggedSamples(cohort: JudgedCohort, patients: readonly CohortPatient[]): Samples[] {
  const rows = [...changesOf(cohort, patients)].map(({ question, day, changes }) => ({
    inputs: questionValues(cohort, question, day),
    changes,
  }));
  const columns = rows[0]?.inputs.length ?? 1;
  return cohort.variables.map((_, v) => {
    const own = rows.filter(({ changes }) => !Number.isNaN(changes[v]!));
    return {
      columns,
      inputs: Float64Array.from(own.flatMap(({ inputs }) => inputs)),
      targets: Float64Array.from(own, ({ changes }) => changes[v]!),
    };
  });
}

function fromChanges(
  cohort: JudgedCohort,
  subject: string,
  changesAt: (question: Omit<Question, 'targets'>, day: number) => readonly number[],
): ValueForecaster {
  // A baseline that runs out of everything ever seen would be too easy to beat.
  const ranges = cohort.variables.map((variable) => {
    const levels = cohort.patients.flatMap(({ series }) =>
      series.visits.map(({ values }) => toLevel(variable, values[variable.key] ?? NaN)).filter(Number.isFinite),
    );
    return {
      low: levels.reduce((a, b) => Math.min(a, b), Infinity),
      high: levels.reduce((a, b) => Math.max(a, b), -Infinity),
    };
  });
  return {
    subject,
    answer(question, days) {
      const known = knownLevels(cohort, question.series);
      return days.map((day) => {
        const changes = changesAt(question, day);
        return cohort.variables.map((variable, v): JudgedForecast | null => {
          const last = known[v]!.levels.at(-1);
          if (last === undefined) return null;
          const { low, high } = ranges[v]!;
          const level = Math.max(Math.min(low, last), Math.min(Math.max(high, last), last + changes[v]!));
          return { value: fromLevel(variable, level), intervals: null, declineReason: null };
        });
      });
    },
  };
}
