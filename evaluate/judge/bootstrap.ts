import { randomStream } from '../../src/ml/cohorts/random-stream.ts';

const RESAMPLES = 1000;

export interface Estimate {
  readonly value: number;
  /** 95 % by a bootstrap over patients: percentiles of 1000 resamples, fixed seed. */
  readonly low: number;
  readonly high: number;
}

/**
 * A ratio of sums over patients with its interval. Patients are drawn with replacement and bring numerator and denominator
 * together, so that the comparison of two forecasters is paired.
 */
export function ratioOverPatients(numerators: readonly number[], denominators: readonly number[]): Estimate {
  const patients = numerators.length;
  const random = randomStream('bootstrap over patients');
  const ratio = (draw: (patient: number) => number): number => {
    let [over, under] = [0, 0];
    for (let k = 0; k < patients; k += 1) {
      const patient = draw(k);
      over += numerators[patient]!;
      under += denominators[patient]!;
    }
    return over / under;
  };
  const resampled = Float64Array.from({ length: RESAMPLES }, () => ratio(() => random.index(patients))).sort();
  return {
    value: ratio((patient) => patient),
    low: resampled[Math.floor(0.025 * RESAMPLES)]!,
    high: resampled[Math.ceil(0.975 * RESAMPLES) - 1]!,
  };
}

/** Mean and standard deviation over seeds; 0 of one. */
export function overSeeds(values: readonly number[]): { readonly mean: number; readonly sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length < 2 ? 0 : Math.sqrt(square / (values.length - 1)) };
}
