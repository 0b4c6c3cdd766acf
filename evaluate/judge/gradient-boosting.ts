import { growTree, type RegressionTree, sortedColumns, treeValue } from './regression-tree.ts';

/** Rows of numbers, row-major [rows, columns]; NaN is missing. */
export interface Samples {
  readonly columns: number;
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
}

export interface BoostingOptions {
  /** Most trees; fewer where validation stops getting better. */
  readonly trees: number;
  readonly depth: number;
  /** Share of each tree's answer that is added, above 0, at most 1. */
  readonly learningRate: number;
  readonly leastRowsPerLeaf: number;
  /** Trees after the best one before growing ends. */
  readonly patience: number;
}

export const BOOSTING: BoostingOptions = {
  trees: 400,
  depth: 3,
  learningRate: 0.05,
  leastRowsPerLeaf: 10,
  patience: 30,
};

/** A sum of regression trees on a constant. */
export interface BoostedTrees {
  readonly start: number;
  readonly learningRate: number;
  readonly trees: readonly RegressionTree[];
}

/**
 * Gradient boosting of squared error with exact greedy regression trees (Friedman, Annals of Statistics 29(5), 2001, algorithm 2;
 * Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 10.9): every midpoint between two neighbouring values of every
 * column is tried, nothing is binned or drawn by chance. The number of trees is that of the least error on `validation`; without
 * rows there, all are kept.
 */
export function fitBoosting(samples: Samples, validation: Samples, options: BoostingOptions = BOOSTING): BoostedTrees {
  const { columns, inputs, targets } = samples;
  const { learningRate } = options;
  const start = meanOf(targets);
  const sorted = sortedColumns(inputs, columns);
  const residuals = targets.map((target) => target - start);
  const left = validation.targets.map((target) => target - start);
  const trees: RegressionTree[] = [];
  let best = { trees: 0, error: meanSquare(left) };
  while (trees.length < options.trees) {
    const { tree, leaves } = growTree({ columns, inputs, targets: residuals, sorted }, options);
    if (tree.nodes.length === 1) break;
    trees.push(tree);
    residuals.forEach((residual, row) => (residuals[row] = residual - learningRate * leaves[row]!));
    left.forEach((residual, row) => {
      left[row] = residual - learningRate * treeValue(tree, validation.inputs, row * columns);
    });
    const error = meanSquare(left);
    if (left.length === 0 || error < best.error) best = { trees: trees.length, error };
    else if (trees.length - best.trees >= options.patience) break;
  }
  return { start, learningRate, trees: trees.slice(0, best.trees) };
}

/** The answer for one row, whose first column is at `at`. */
export function boostedValue({ start, learningRate, trees }: BoostedTrees, inputs: Float64Array, at = 0): number {
  let sum = start;
  for (const tree of trees) sum += learningRate * treeValue(tree, inputs, at);
  return sum;
}

const meanOf = (numbers: Float64Array): number =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

const meanSquare = (numbers: Float64Array): number =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, one) => sum + one * one, 0) / numbers.length;
