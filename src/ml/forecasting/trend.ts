/** A forecast may leave the range of its history by as much again as that range is wide. */
const WIDENING = 1;

/**
 * Weights that give the least-squares slope per day of values at these days: slope = sum_k w_k value_k.
 * Null where the days are not at least two different ones.
 */
export function trendWeights(days: readonly number[]): Float64Array | null {
  const mean = days.reduce((sum, day) => sum + day, 0) / days.length;
  const square = days.reduce((sum, day) => sum + (day - mean) ** 2, 0);
  return square > 0 ? Float64Array.from(days, (day) => (day - mean) / square) : null;
}

/** Change of a straight line over an interval, starting at `start` and kept within the widened range of its history. */
export function boundedTrend(
  history: ArrayLike<number>,
  weights: Float64Array,
  start: number,
  intervalDays: number,
): number {
  let slope = 0;
  let low = start;
  let high = start;
  for (let k = 0; k < history.length; k += 1) {
    const value = history[k]!;
    slope += weights[k]! * value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = WIDENING * (high - low);
  return Math.min(high + margin - start, Math.max(low - margin - start, slope * intervalDays));
}
