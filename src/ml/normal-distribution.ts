/** Standard normal density. */
export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / SQRT_TWO_PI;

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * Standard normal distribution function; relative error below 1e-10 within 7 deviations, 1e-8 beyond (G. West, "Better approximations to
 * cumulative normal functions", Wilmott Magazine, May 2005, after Hart 1968).
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z);
  if (x > 38) return z > 0 ? 1 : 0;
  const density = Math.exp((-x * x) / 2);
  const tail =
    x < 7.071_067_811_865_47
      ? (density * polynomial(UPPER, x)) / polynomial(LOWER, x)
      : density / (x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))))) / SQRT_TWO_PI;
  return z > 0 ? 1 - tail : tail;
}

const UPPER = [
  3.526_249_659_989_11e-2, 0.700_383_064_443_688, 6.373_962_203_531_65, 33.912_866_078_383, 112.079_291_497_871,
  221.213_596_169_931, 220.206_867_912_376,
];
const LOWER = [
  8.838_834_764_831_84e-2, 1.755_667_163_182_64, 16.064_177_579_207, 86.780_732_202_946_1, 296.564_248_779_674,
  637.333_633_378_831, 793.826_512_519_948, 440.413_735_824_752,
];

/** Inverse of {@link normalCdf} by P. J. Acklam's rational approximation and one step of Halley's method; cut at +-8. */
export function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (!(probability > 6.3e-16)) return -8;
  const first = probability < 0.02425 ? tailQuantile(probability) : centralQuantile(probability - 0.5);
  const error = (normalCdf(first) - probability) / normalDensity(first);
  return first - error / (1 + (first * error) / 2);
}

const tailQuantile = (probability: number): number => {
  const q = Math.sqrt(-2 * Math.log(probability));
  return polynomial(C, q) / polynomial(D, q);
};

const centralQuantile = (q: number): number => (polynomial(A, q * q) * q) / polynomial(B, q * q);

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

/** By Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = 0; k < coefficients.length; k += 1) sum = sum * x + coefficients[k]!;
  return sum;
}
