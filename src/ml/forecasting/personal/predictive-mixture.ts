import { normalCdf, normalQuantile } from '../../normal-distribution.ts';

/** A mixture of Gaussians of one number, or of its logarithm. Weights sum to 1; deviations are 0 or more. */
export interface PredictiveMixture {
  readonly isLogarithm: boolean;
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly sds: Float64Array;
}

/** All probability at one value. */
export const certainty = (value: number): PredictiveMixture => ({
  isLogarithm: false,
  weights: Float64Array.of(1),
  means: Float64Array.of(value),
  sds: Float64Array.of(0),
});

/** Expected value. */
export function mixtureMean({ isLogarithm, weights, means, sds }: PredictiveMixture): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) {
    sum += weights[k]! * (isLogarithm ? Math.exp(means[k]! + (sds[k]! * sds[k]!) / 2) : means[k]!);
  }
  return sum;
}

/**
 * What is answered as the forecast: the expected number or, of a logarithm, the number whose logarithm is expected. Such numbers are skewed,
 * and their expectation lies above where most of them do.
 */
export function mixtureCentre(mixture: PredictiveMixture): number {
  const { isLogarithm, weights, means } = mixture;
  return isLogarithm ? Math.exp(means.reduce((sum, mean, k) => sum + weights[k]! * mean, 0)) : mixtureMean(mixture);
}

/** Probability that the number is at most `value`. */
export function mixtureCdf({ isLogarithm, weights, means, sds }: PredictiveMixture, value: number): number {
  const at = isLogarithm ? (value > 0 ? Math.log(value) : -Infinity) : value;
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) {
    const distance = at - means[k]!;
    sum += weights[k]! * (sds[k]! > 0 ? normalCdf(distance / sds[k]!) : Number(distance >= 0));
  }
  return sum;
}

/** The value with this probability below it, in (0, 1), by bisection within the outermost components. */
export function mixtureQuantile(mixture: PredictiveMixture, probability: number): number {
  const { isLogarithm, weights, means, sds } = mixture;
  const z = normalQuantile(probability);
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < weights.length; k += 1) {
    const quantile = means[k]! + z * sds[k]!;
    low = Math.min(low, quantile);
    high = Math.max(high, quantile);
  }
  const plain = { ...mixture, isLogarithm: false };
  for (let step = 0; step < 60 && high - low > 1e-12 * (Math.abs(low) + Math.abs(high)); step += 1) {
    const middle = (low + high) / 2;
    if (mixtureCdf(plain, middle) < probability) low = middle;
    else high = middle;
  }
  const found = (low + high) / 2;
  return isLogarithm ? Math.exp(found) : found;
}

/** Where a value lies in a distribution, as a standard normal deviate; beyond +-8 it is cut there. */
export const normalScore = (mixture: PredictiveMixture, value: number): number =>
  normalQuantile(mixtureCdf(mixture, value));
