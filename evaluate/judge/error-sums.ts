import type { JudgedForecast } from './question.ts';

/** Nominal probabilities of the central intervals that are checked. */
export const COVERAGE_LEVELS = [0.5, 0.8, 0.9, 0.95] as const;

/** Sums of errors over the forecasts of one patient, one variable and one bin of horizons. */
export interface ErrorSums {
  forecasts: number;
  absolute: number;
  squared: number;
  declined: number;
  /** Forecasts with a distribution, and what is summed over them alone. */
  distributions: number;
  crps: number;
  /** Width of the 90 % interval. */
  width: number;
  /** By level: truths within the central interval. */
  readonly covered: number[];
}

/** Of nothing. */
export const noErrors = (): ErrorSums => ({
  forecasts: 0,
  absolute: 0,
  squared: 0,
  declined: 0,
  distributions: 0,
  crps: 0,
  width: 0,
  covered: COVERAGE_LEVELS.map(() => 0),
});

/** Places of the ends of the intervals among probabilities, up to the median, with 0 before them. */
const PROBABILITIES = [0, ...COVERAGE_LEVELS.map((level) => (1 - level) / 2).toReversed(), 0.5];

/** Weight of the quantiles at both ends of an interval by the trapezoidal rule. */
const endWeight = (k: number): number => {
  const at = COVERAGE_LEVELS.length - k;
  return (PROBABILITIES[at + 1]! - PROBABILITIES[at - 1]!) / 2;
};
const END_WEIGHTS = COVERAGE_LEVELS.map((_, k) => endWeight(k));
const MEDIAN_WEIGHT = 0.5 - PROBABILITIES.at(-2)!;

/**
 * Adds one forecast. CRPS is twice the integral of the pinball loss over all quantiles (Gneiting and Ranjan, JBES 29, 2011, equation 7), by the
 * trapezoidal rule over the ends of the intervals and the value as the median.
 */
export function addForecast(sums: ErrorSums, { value, intervals, declineReason }: JudgedForecast, truth: number): void {
  sums.forecasts += 1;
  sums.absolute += Math.abs(value - truth);
  sums.squared += (value - truth) ** 2;
  sums.declined += Number(declineReason !== null);
  if (intervals === null) return;
  sums.distributions += 1;
  let score = MEDIAN_WEIGHT * Math.abs(value - truth);
  COVERAGE_LEVELS.forEach((level, k) => {
    const [low, high] = intervals[k]!;
    const outside = Math.max(low - truth, truth - high, 0);
    sums.covered[k]! += Number(outside === 0);
    if (level === 0.9) sums.width += high - low;
    score += 2 * END_WEIGHTS[k]! * (((1 - level) / 2) * (high - low) + outside);
  });
  sums.crps += score;
}

/** Sums of several together. */
export function totalErrors(all: Iterable<ErrorSums>): ErrorSums {
  const total = noErrors();
  for (const one of all) {
    total.forecasts += one.forecasts;
    total.absolute += one.absolute;
    total.squared += one.squared;
    total.declined += one.declined;
    total.distributions += one.distributions;
    total.crps += one.crps;
    total.width += one.width;
    one.covered.forEach((count, k) => (total.covered[k]! += count));
  }
  return total;
}
