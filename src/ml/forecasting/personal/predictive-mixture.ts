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

/** Standard normal distribution function; relative error below 1.2e-7 in both tails (Press et al., erfcc). */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const series =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  const tail = (t * Math.exp(-x * x + series)) / 2;
  return z > 0 ? 1 - tail : tail;
}

const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
];
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];

/** Inverse of {@link normalCdf}, relative error 1.2e-9 (P. J. Acklam's rational approximation); cut at +-8. */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (!(probability > 6.3e-16)) return -8;
  if (probability < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = probability - 0.5;
  return (polynomial(A, q * q) * q) / polynomial(B, q * q);
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
