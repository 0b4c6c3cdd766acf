import { randomStream } from '../../src/ml/cohorts/random-stream.ts';

const RESAMPLES = 2000;

/** One patient's mean squared errors: of a model, and of "no change" on the same question. */
export interface SquaredErrors {
  readonly model: number;
  readonly baseline: number;
}

export interface Estimate {
  readonly value: number;
  /** 95 % by a bootstrap over patients (percentile, 2000 resamples, fixed seed). */
  readonly low: number;
  readonly high: number;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

export const rmseOf = (errors: readonly SquaredErrors[]): Estimate =>
  bootstrap(errors, (sample) => Math.sqrt(mean(sample.map(({ model }) => model))));

/** 1 - MSE(model) / MSE(no change), as forecasts state it. */
export const skillOf = (errors: readonly SquaredErrors[]): Estimate =>
  bootstrap(errors, (sample) => {
    const baseline = mean(sample.map((one) => one.baseline));
    return baseline > 0 ? 1 - mean(sample.map(({ model }) => model)) / baseline : 0;
  });

function bootstrap(
  errors: readonly SquaredErrors[],
  statistic: (sample: readonly SquaredErrors[]) => number,
): Estimate {
  const random = randomStream('bootstrap over patients');
  const all = Float64Array.from({ length: RESAMPLES }, () =>
    statistic(errors.map(() => errors[random.index(errors.length)]!)),
  ).sort();
  return {
    value: statistic(errors),
    low: all[Math.floor(0.025 * RESAMPLES)]!,
    high: all[Math.ceil(0.975 * RESAMPLES) - 1]!,
  };
}
