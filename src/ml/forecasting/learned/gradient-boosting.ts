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

/** Boosted trees with what every further one made of the error. */
export interface BoostingRun {
  readonly model: BoostedTrees;
  /** Mean squared error on the held-out rows with 0, 1, 2... trees. */
  readonly errors: readonly number[];
}

/**
 * Gradient boosting of squared error with exact greedy regression trees (Friedman, Annals of Statistics 29(5), 2001, algorithm 2;
 * Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 10.9): every midpoint between two neighbouring values of every
 * column is tried, nothing is binned or drawn by chance. Ends `patience` trees after the least error on `held`; without
 * rows there, with the last tree.
 */
export function growBoosting(samples: Samples, held: Samples, options: BoostingOptions = BOOSTING): BoostingRun {
  const { columns, inputs, targets } = samples;
  const { learningRate } = options;
  const start = meanOf(targets);
  const sorted = sortedColumns(inputs, columns);
  const residuals = targets.map((target) => target - start);
  const left = held.targets.map((target) => target - start);
  const trees: RegressionTree[] = [];
  const errors = [meanSquare(left)];
  let best = 0;
  while (trees.length < options.trees) {
    const { tree, leaves } = growTree({ columns, inputs, targets: residuals, sorted }, options);
    if (tree.nodes.length === 1) break;
    trees.push(tree);
    residuals.forEach((residual, row) => (residuals[row] = residual - learningRate * leaves[row]!));
    left.forEach((residual, row) => {
      left[row] = residual - learningRate * treeValue(tree, held.inputs, row * columns);
    });
    errors.push(meanSquare(left));
    if (left.length === 0 || errors.at(-1)! < errors[best]!) best = trees.length;
    else if (trees.length - best >= options.patience) break;
  }
  return { model: { start, learningRate, trees }, errors };
}

/** As {@link growBoosting}, with as many trees as make the least error on `held`; all of them without rows there. */
export function fitBoosting(samples: Samples, held: Samples, options: BoostingOptions = BOOSTING): BoostedTrees {
  const { model, errors } = growBoosting(samples, held, options);
  if (held.targets.length === 0) return model;
  const best = errors.reduce((least, error, count) => (error < errors[least]! ? count : least), 0);
  return { ...model, trees: model.trees.slice(0, best) };
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
