import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import { solveRidge } from '../../src/ml/forecasting/ridge.ts';
import { boostedValue, fitBoosting, type Samples } from './gradient-boosting.ts';
import { knownLevels, laggedValues, slopeOf } from './lagged-values.ts';
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

const STRENGTHS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

/**
 * Ridge regression of each variable's change on lagged values, each by itself and times the horizon; missing ones at their
 * mean. Its strength is the best one on validation patients.
 */
export function ridgeOnLags(
  cohort: JudgedCohort,
  train: readonly CohortPatient[],
  validation: readonly CohortPatient[],
): ValueForecaster {
  const [samples, held] = [laggedSamples(cohort, train), laggedSamples(cohort, validation)];
  const models = samples.map((own, v) => {
    const scaling = scalingOf(own);
    const design = (inputs: Float64Array, at: number): Float64Array => designRow(inputs, at, scaling);
    const width = 2 * own.columns;
    const gram = new Float64Array(width * width);
    const moment = new Float64Array(width);
    own.targets.forEach((target, row) => {
      const x = design(own.inputs, row * own.columns);
      for (let a = 0; a < width; a += 1) {
        moment[a]! += x[a]! * target;
        for (let b = 0; b <= a; b += 1) gram[a * width + b]! += x[a]! * x[b]!;
      }
    });
    for (let a = 0; a < width; a += 1) for (let b = 0; b < a; b += 1) gram[b * width + a] = gram[a * width + b]!;
    const valueOf = (weights: Float64Array, inputs: Float64Array, at: number): number =>
      design(inputs, at).reduce((sum, x, a) => sum + x * weights[a]!, 0);
    const tried = STRENGTHS.map((strength) => {
      const weights = solveRidge(gram, moment, strength);
      const errors = held[v]!.targets.map((target, row) => {
        return (target - valueOf(weights, held[v]!.inputs, row * own.columns)) ** 2;
      });
      return { weights, error: errors.reduce((sum, one) => sum + one, 0) };
    });
    const best = tried.reduce((least, one) => (one.error < least.error ? one : least));
    return (inputs: Float64Array) => valueOf(best.weights, inputs, 0);
  });
  return fromChanges(cohort, 'ridge', (question, day) => {
    const inputs = Float64Array.from(laggedValues(cohort, question, day));
    return models.map((model) => model(inputs));
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
    const inputs = Float64Array.from(laggedValues(cohort, question, day));
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
    inputs: laggedValues(cohort, question, day),
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

interface Scaling {
  readonly means: Float64Array;
  readonly sds: Float64Array;
}

function scalingOf({ columns, inputs }: Samples): Scaling {
  const means = new Float64Array(columns);
  const sds = new Float64Array(columns).fill(1);
  for (let column = 0; column < columns; column += 1) {
    const known = inputs.filter((value, at) => at % columns === column && !Number.isNaN(value));
    if (known.length === 0) continue;
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    means[column] = mean;
    sds[column] = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 1;
  }
  return { means, sds };
}

/** A slope between two visits in one week is no slope: numbers are cut here, in standard deviations. */
const MOST_SDS = 4;

/** A constant and the standardised numbers, then all of them but the horizon again, times the horizon. The horizon is the first column. */
function designRow(inputs: Float64Array, at: number, { means, sds }: Scaling): Float64Array {
  const columns = means.length;
  const horizon = inputs[at]!;
  const row = new Float64Array(2 * columns);
  row[0] = 1;
  row[columns] = horizon;
  for (let column = 1; column < columns; column += 1) {
    const value = inputs[at + column]!;
    const number = Number.isNaN(value)
      ? 0
      : Math.max(-MOST_SDS, Math.min(MOST_SDS, (value - means[column]!) / sds[column]!));
    row[column] = number;
    row[columns + column] = number * horizon;
  }
  return row;
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
