import { solveRidge } from '../ridge.ts';
import type { Samples } from './gradient-boosting.ts';

/** Ridge regression on standardised numbers, each by itself and times the horizon, which is the first of them. */
export interface LaggedRidge {
  readonly means: Float64Array;
  readonly sds: Float64Array;
  /** [2 columns]: a constant, the numbers after the first, the first, the numbers times the first. */
  readonly weights: Float64Array;
}

/** Sums over rows that a ridge of any strength is solved from. */
export interface RidgeSums {
  /** X'X, row-major; X'y. */
  readonly gram: Float64Array;
  readonly moment: Float64Array;
}

/** Strengths of the penalty that are tried, relative to the data. */
export const STRENGTHS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3] as const;
/** A slope between two visits in one week is no slope: numbers are cut here, in standard deviations. */
const MOST_SDS = 4;

type Scaling = Pick<LaggedRidge, 'means' | 'sds'>;

/** Means and deviations of the known numbers of each column. */
export function scalingOf({ columns, inputs }: Samples): Scaling {
  const means = new Float64Array(columns);
  const sds = new Float64Array(columns).fill(1);
  for (let column = 0; column < columns; column += 1) {
    let [count, sum, squares] = [0, 0, 0];
    for (let at = column; at < inputs.length; at += columns) {
      if (Number.isNaN(inputs[at]!)) continue;
      count += 1;
      sum += inputs[at]!;
    }
    if (count === 0) continue;
    const mean = sum / count;
    for (let at = column; at < inputs.length; at += columns) {
      if (!Number.isNaN(inputs[at]!)) squares += (inputs[at]! - mean) ** 2;
    }
    means[column] = mean;
    sds[column] = Math.sqrt(squares / count) || 1;
  }
  return { means, sds };
}

/** Missing numbers count as their mean. @param at place of the row's first number. */
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

/** @param rows numbers of those that count. */
export function ridgeSums({ columns, inputs, targets }: Samples, scaling: Scaling, rows: Iterable<number>): RidgeSums {
  const width = 2 * columns;
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width);
  for (const row of rows) {
    const x = designRow(inputs, row * columns, scaling);
    for (let a = 0; a < width; a += 1) {
      const own = x[a]!;
      if (own === 0) continue;
      moment[a]! += own * targets[row]!;
      for (let b = 0; b <= a; b += 1) gram[a * width + b]! += own * x[b]!;
    }
  }
  for (let a = 0; a < width; a += 1) for (let b = 0; b < a; b += 1) gram[b * width + a] = gram[a * width + b]!;
  return { gram, moment };
}

/** @param strength above 0, relative to the data. */
export const solveLagged = ({ gram, moment }: RidgeSums, scaling: Scaling, strength: number): LaggedRidge => ({
  ...scaling,
  weights: solveRidge(gram, moment, strength),
});

/** The answer for one row, whose first number is at `at`. */
export function ridgeValue({ weights, ...scaling }: LaggedRidge, inputs: Float64Array, at = 0): number {
  const x = designRow(inputs, at, scaling);
  let sum = 0;
  for (let a = 0; a < x.length; a += 1) sum += x[a]! * weights[a]!;
  return sum;
}
