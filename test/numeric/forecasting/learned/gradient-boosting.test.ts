import { describe, expect, it } from 'vitest';
import {
  boostedValue,
  BOOSTING,
  fitBoosting,
  type Samples,
} from '../../../../src/ml/forecasting/learned/gradient-boosting.ts';
import { growTree, sortedColumns, treeValue } from '../../../../src/ml/forecasting/learned/regression-tree.ts';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';

const samplesOf = (rows: readonly (readonly number[])[], targets: readonly number[]): Samples => ({
  columns: rows[0]!.length,
  inputs: Float64Array.from(rows.flat()),
  targets: Float64Array.from(targets),
});
const NOBODY = (columns: number): Samples => ({ columns, inputs: new Float64Array(), targets: new Float64Array() });
const grow = ({ columns, inputs, targets }: Samples, depth: number, leastRowsPerLeaf = 1) =>
  growTree({ columns, inputs, targets, sorted: sortedColumns(inputs, columns) }, { depth, leastRowsPerLeaf });

/** Best first split by trying every midpoint of every column anew. */
function bestSplit({ columns, inputs, targets }: Samples, least: number) {
  const error = (numbers: readonly number[]): number => {
    const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    return numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  };
  let best = { error: Infinity, column: -1, threshold: NaN };
  for (let column = 0; column < columns; column += 1) {
    const values = Float64Array.from(targets, (_, row) => inputs[row * columns + column]!);
    const sorted = [...new Set(values)].sort((a, b) => a - b);
    sorted.slice(1).forEach((value, k) => {
      const threshold = (value + sorted[k]!) / 2;
      const [low, high] = [true, false].map((isLow) =>
        [...targets].filter((_, row) => values[row]! <= threshold === isLow),
      );
      if (low!.length < least || high!.length < least) return;
      const found = error(low!) + error(high!);
      if (found < best.error - 1e-9) best = { error: found, column, threshold };
    });
  }
  return best;
}

describe('a regression tree', () => {
  it('takes the split of least squared error over every midpoint of every column', () => {
    const random = randomStream('trees');
    for (let trial = 0; trial < 20; trial += 1) {
      const rows = Array.from({ length: 40 }, () => [
        random.normal(),
        Math.round(3 * random.uniform()),
        random.normal(),
      ]);
      const samples = samplesOf(
        rows,
        rows.map(([a, b]) => Math.sin(2 * a!) + 0.5 * b! + 0.3 * random.normal()),
      );
      const { tree } = grow(samples, 1, 5);
      const { column, threshold } = bestSplit(samples, 5);
      expect(tree.nodes[0]).toMatchObject({ column, threshold: expect.closeTo(threshold, 12) as unknown });
    }
  });

  it('fits rows that differ exactly when it may grow deep, and says the mean when it may not', () => {
    const samples = samplesOf([[1], [2], [3], [4]], [5, 1, 9, 2]);
    const { tree, leaves } = grow(samples, 5);
    expect([...leaves]).toEqual([5, 1, 9, 2]);
    expect(samples.targets.map((_, row) => treeValue(tree, samples.inputs, row))).toEqual(samples.targets);
    expect([...grow(samples, 0).leaves]).toEqual([4.25, 4.25, 4.25, 4.25]);
  });

  it('does not depend on the scale or a monotone bend of a column', () => {
    const random = randomStream('bend');
    const rows = Array.from({ length: 60 }, () => [random.normal(), random.normal()]);
    const targets = rows.map(([a, b]) => a! * b!);
    const { leaves } = grow(samplesOf(rows, targets), 3);
    const bent = rows.map(([a, b]) => [Math.exp(a!), 1000 * b!]);
    expect(grow(samplesOf(bent, targets), 3).leaves).toEqual(leaves);
  });

  it('sends missing values to the side where they belong', () => {
    const rows = [[0], [0.1], [0.2], [1], [1.1], [1.2], [NaN], [NaN]];
    const { tree } = grow(samplesOf(rows, [0, 0, 0, 1, 1, 1, 1, 1]), 1);
    expect(tree.nodes[0]).toMatchObject({ threshold: expect.closeTo(0.6, 9) as unknown, missingGoesLow: false });
    expect(treeValue(tree, Float64Array.of(NaN), 0)).toBe(1);
  });

  it('leaves enough rows in every leaf, and does not split what does not differ', () => {
    const rows = Array.from({ length: 20 }, (_, k) => [k]);
    const { leaves } = grow(
      samplesOf(
        rows,
        rows.map(([k]) => Number(k === 19)),
      ),
      4,
      5,
    );
    const sizes = Map.groupBy(leaves, (leaf) => leaf);
    for (const same of sizes.values()) expect(same.length).toBeGreaterThanOrEqual(5);
    expect(
      grow(
        samplesOf(
          rows,
          rows.map(() => 0.1),
        ),
        4,
      ).tree.nodes,
    ).toHaveLength(1);
  });
});

describe('gradient boosting', () => {
  // Friedman's first function, the usual test of regression (Annals of Statistics 19, 1991).
  const friedman = (seed: string, count: number): Samples => {
    const random = randomStream(seed);
    const rows = Array.from({ length: count }, () => Array.from({ length: 8 }, () => random.uniform()));
    return samplesOf(
      rows,
      rows.map(
        ([a, b, c, d, e]) =>
          10 * Math.sin(Math.PI * a! * b!) + 20 * (c! - 0.5) ** 2 + 10 * d! + 5 * e! + random.normal(),
      ),
    );
  };
  const errorOf = (model: ReturnType<typeof fitBoosting>, { columns, inputs, targets }: Samples): number =>
    Math.sqrt(
      targets.reduce((sum, target, row) => sum + (target - boostedValue(model, inputs, row * columns)) ** 2, 0) /
        targets.length,
    );

  it('learns a function with interactions nearly down to its noise', () => {
    const model = fitBoosting(friedman('train', 1200), friedman('validation', 300), { ...BOOSTING, learningRate: 0.1 });
    const test = friedman('test', 500);
    const spread = Math.sqrt(
      test.targets.reduce((sum, one) => sum + one * one, 0) / 500 -
        (test.targets.reduce((sum, one) => sum + one, 0) / 500) ** 2,
    );
    expect(spread).toBeGreaterThan(4.5);
    expect(errorOf(model, test)).toBeLessThan(1.5);
  });

  it('stops where validation does not get better: on noise it stays at the mean', () => {
    const noise = (seed: string, count: number): Samples => {
      const random = randomStream(seed);
      return samplesOf(
        Array.from({ length: count }, () => [random.normal(), random.normal()]),
        Array.from({ length: count }, () => random.normal()),
      );
    };
    const model = fitBoosting(noise('a', 200), noise('b', 400));
    expect(model.trees.length).toBeLessThan(20);
  });

  it('lowers the training error with every tree, and begins at the mean', () => {
    const train = friedman('steps', 200);
    const errors = [0, 5, 20, 60].map((trees) => errorOf(fitBoosting(train, NOBODY(8), { ...BOOSTING, trees }), train));
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
    expect(new Set(errors).size).toBe(4);
    const none = fitBoosting(train, NOBODY(8), { ...BOOSTING, trees: 0 });
    expect(boostedValue(none, train.inputs)).toBeCloseTo(train.targets.reduce((sum, one) => sum + one, 0) / 200, 10);
  });
});
