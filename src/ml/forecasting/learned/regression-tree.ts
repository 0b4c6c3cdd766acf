/** Children are places in the tree. */
interface Branch {
  readonly column: number;
  /** At most this goes to `low`. */
  readonly threshold: number;
  readonly low: number;
  readonly high: number;
  readonly missingGoesLow: boolean;
}

export type TreeNode = { readonly value: number } | Branch;

/** The root is first. */
export interface RegressionTree {
  readonly nodes: readonly TreeNode[];
}

export interface TreeSamples {
  readonly columns: number;
  /** [rows, columns], NaN is missing. */
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
  readonly sorted: readonly Int32Array[];
}

export interface TreeOptions {
  /** Questions from the root to a leaf, at most. */
  readonly depth: number;
  readonly leastRowsPerLeaf: number;
}

/** Per column the rows that have a value there, ascending; made once for all trees. */
export const sortedColumns = (inputs: Float64Array, columns: number): readonly Int32Array[] =>
  Array.from({ length: columns }, (_, column) => {
    const known: number[] = [];
    for (let row = 0; row * columns < inputs.length; row += 1) {
      if (!Number.isNaN(inputs[row * columns + column]!)) known.push(row);
    }
    known.sort((a, b) => inputs[a * columns + column]! - inputs[b * columns + column]! || a - b);
    return Int32Array.from(known);
  });

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly threshold: number;
  readonly missingGoesLow: boolean;
}

/** Sums over the rows of a node. */
interface Node {
  readonly place: number;
  readonly rows: number;
  readonly sum: number;
  split: Split | null;
}

/**
 * Grows a tree of least squares level by level (CART: Breiman, Friedman, Olshen, Stone, 1984). Each node takes the split with
 * the greatest fall of the squared error; rows without a value in its column go to the side where they lower it more (Chen and
 * Guestrin, XGBoost, KDD 2016, algorithm 3). Of equal splits the first column and the lowest threshold wins.
 * @returns the tree, and its value for each row that it was grown on.
 */
export function growTree(
  samples: TreeSamples,
  { depth, leastRowsPerLeaf }: TreeOptions,
): {
  readonly tree: RegressionTree;
  readonly leaves: Float64Array;
} {
  const { columns, inputs, targets } = samples;
  const rows = targets.length;
  const nodes: (TreeNode | null)[] = [null];
  const nodeOfRow = new Int32Array(rows);
  let level: Node[] = [{ place: 0, rows, sum: targets.reduce((sum, one) => sum + one, 0), split: null }];
  for (let deep = 0; level.length > 0; deep += 1) {
    if (deep < depth) findSplits(samples, nodeOfRow, level, leastRowsPerLeaf);
    const open = new Map<number, Branch>();
    for (const { place, split, sum, rows: count } of level) {
      if (split === null) {
        nodes[place] = { value: count > 0 ? sum / count : 0 };
        continue;
      }
      const { column, threshold, missingGoesLow } = split;
      const low = nodes.push(null, null) - 2;
      const node = { column, threshold, missingGoesLow, low, high: low + 1 };
      nodes[place] = node;
      open.set(place, node);
    }
    const next = new Map<number, { rows: number; sum: number }>();
    for (let row = 0; row < rows; row += 1) {
      const node = open.get(nodeOfRow[row]!);
      if (node === undefined) continue;
      const place = childOf(node, inputs, row * columns);
      nodeOfRow[row] = place;
      const own = next.get(place) ?? { rows: 0, sum: 0 };
      next.set(place, own);
      own.rows += 1;
      own.sum += targets[row]!;
    }
    level = [...next].map(([place, own]) => ({ place, rows: own.rows, sum: own.sum, split: null }));
  }
  const tree = { nodes: nodes as TreeNode[] };
  const leaves = Float64Array.from(nodeOfRow, (place) => (tree.nodes[place] as { value: number }).value);
  return { tree, leaves };
}

/** The tree's value for one row, whose first column is at `at`. */
export function treeValue({ nodes }: RegressionTree, inputs: Float64Array, at: number): number {
  let node = nodes[0]!;
  while (!('value' in node)) node = nodes[childOf(node, inputs, at)]!;
  return node.value;
}

function childOf(node: Branch, inputs: Float64Array, at: number): number {
  const value = inputs[at + node.column]!;
  const goesLow = Number.isNaN(value) ? node.missingGoesLow : value <= node.threshold;
  return goesLow ? node.low : node.high;
}

/** A split has to lower the squared error by more than rounding does, relative to what there is. */
const LEAST_GAIN = 1e-12;

function findSplits(
  { columns, inputs, targets, sorted }: TreeSamples,
  nodeOfRow: Int32Array,
  level: readonly Node[],
  leastRows: number,
): void {
  const slotOf = new Int32Array(1 + nodeOfRow.reduce((most, place) => Math.max(most, place), 0)).fill(-1);
  level.forEach(({ place }, slot) => (slotOf[place] = slot));
  const size = level.length;
  const squares = new Float64Array(size);
  for (let row = 0; row < targets.length; row += 1) {
    const slot = slotOf[nodeOfRow[row]!]!;
    if (slot >= 0) squares[slot]! += targets[row]! * targets[row]!;
  }
  const best = level.map((_, slot): Split => ({
    gain: LEAST_GAIN * squares[slot]!,
    column: -1,
    threshold: 0,
    missingGoesLow: true,
  }));
  const known = new Int32Array(size);
  const knownSum = new Float64Array(size);
  const count = new Int32Array(size);
  const sum = new Float64Array(size);
  const last = new Float64Array(size);
  for (let column = 0; column < columns; column += 1) {
    const order = sorted[column]!;
    known.fill(0);
    knownSum.fill(0);
    count.fill(0);
    sum.fill(0);
    for (let k = 0; k < order.length; k += 1) {
      const slot = slotOf[nodeOfRow[order[k]!]!]!;
      if (slot < 0) continue;
      known[slot]! += 1;
      knownSum[slot]! += targets[order[k]!]!;
    }
    for (let k = 0; k < order.length; k += 1) {
      const row = order[k]!;
      const slot = slotOf[nodeOfRow[row]!]!;
      if (slot < 0) continue;
      const value = inputs[row * columns + column]!;
      if (count[slot]! > 0 && value > last[slot]!) {
        const { rows: all, sum: total } = level[slot]!;
        const missing = all - known[slot]!;
        const missingSum = total - knownSum[slot]!;
        for (const missingGoesLow of missing > 0 ? [true, false] : [true]) {
          const low = count[slot]! + (missingGoesLow ? missing : 0);
          if (low < leastRows || all - low < leastRows) continue;
          const lowSum = sum[slot]! + (missingGoesLow ? missingSum : 0);
          const highSum = total - lowSum;
          const gain = (lowSum * lowSum) / low + (highSum * highSum) / (all - low) - (total * total) / all;
          if (gain > best[slot]!.gain) {
            const threshold = last[slot]! + (value - last[slot]!) / 2;
            best[slot] = { gain, column, threshold, missingGoesLow };
          }
        }
      }
      count[slot]! += 1;
      sum[slot]! += targets[row]!;
      last[slot] = value;
    }
  }
  level.forEach((node, slot) => (node.split = best[slot]!.column < 0 ? null : best[slot]!));
}
