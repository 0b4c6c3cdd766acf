import type { VariableCorrection } from './direct-correction.ts';
import { type BoostedTrees, boostedValue, BOOSTING, growBoosting, type Samples } from './gradient-boosting.ts';
import { type LaggedRidge, ridgeSums, ridgeValue, scalingOf, solveLagged, STRENGTHS } from './lagged-ridge.ts';

/** A forecast of a patient whom the model was not fitted on, as a correction learns from it; changes on the scale of changes. */
export interface CorrectionRow {
  /** Patients of one fold are left out together. */
  readonly fold: number;
  /** As `correctionInputs`; the last number is what the model foresaw without treatment. */
  readonly inputs: Float64Array;
  /** What came, less what the model says that treatment did. */
  readonly change: number;
}

export interface FittedCorrection {
  /** Its spread is left to be told. */
  readonly correction: VariableCorrection | null;
  /** By row: how far a correction learned from all other folds moves it. */
  readonly heldOut: Float64Array;
}

export interface CorrectionOptions {
  /** Whether boosted trees are tried beside the ridge: seconds instead of milliseconds. */
  readonly isWithTrees: boolean;
}

/** Fewer rows than these teach nothing. */
const FEWEST_ROWS = 40;
/** Rows beyond these are thinned evenly before trees are grown. */
const MOST_TREE_ROWS = 4000;
const TREES = { ...BOOSTING, trees: 250, patience: 20 } as const;

/**
 * Learns a correction by stacking (Wolpert 1992; van der Laan, Polley and Hubbard, Super learner, 2007): a ridge and boosted trees
 * forecast the change directly over each horizon; folds of patients are left out in turn, the strength of the ridge and
 * the number of trees are those of the least error on them, and the shares of both are the convex combination with the
 * model's own change that errs least there. The ridge is then fitted to all rows; of the trees of all folds the mean is kept.
 */
export function fitCorrection(rows: readonly CorrectionRow[], { isWithTrees }: CorrectionOptions): FittedCorrection {
  const none = { correction: null, heldOut: new Float64Array(rows.length) };
  const folds = [...new Set(rows.map(({ fold }) => fold))].sort((a, b) => a - b);
  if (rows.length < FEWEST_ROWS || folds.length < 2) return none;
  const samples = samplesOf(rows);
  const ridge = crossFittedRidge(rows, samples, folds);
  const trees = isWithTrees ? crossFittedTrees(rows, folds) : null;
  const left = rows.map(({ inputs, change }, row) => {
    const own = inputs[inputs.length - 1]!;
    return {
      error: change - own,
      ridge: ridge.heldOut[row]! - own,
      trees: trees === null ? 0 : trees.heldOut[row]! - own,
    };
  });
  const most = rows.reduce((largest, { change }) => Math.max(largest, Math.abs(change)), 0);
  const heldOut = new Float64Array(rows.length);
  for (const fold of folds) {
    const shares = convexShares(left.filter((_, row) => rows[row]!.fold !== fold));
    rows.forEach((one, row) => {
      if (one.fold !== fold) return;
      const shift = shares.ridge * left[row]!.ridge + shares.trees * left[row]!.trees;
      heldOut[row] = Math.max(-most, Math.min(most, shift));
    });
  }
  const shares = convexShares(left);
  if (shares.ridge + shares.trees === 0) return { ...none, heldOut };
  const correction = {
    ridge: ridge.model,
    ridgeShare: shares.ridge,
    trees: shares.trees > 0 ? trees!.model : null,
    treesShare: shares.trees,
    most,
    spread: 1,
  };
  return { correction, heldOut };
}

interface CrossFitted<Model> {
  readonly model: Model;
  /** Its change for each row, learned from the other folds. */
  readonly heldOut: Float64Array;
}

const samplesOf = (rows: readonly CorrectionRow[]): Samples => {
  const columns = rows[0]?.inputs.length ?? 1;
  const inputs = new Float64Array(rows.length * columns);
  rows.forEach((row, at) => inputs.set(row.inputs, at * columns));
  return { columns, inputs, targets: Float64Array.from(rows, ({ change }) => change) };
};

function crossFittedRidge(
  rows: readonly CorrectionRow[],
  samples: Samples,
  folds: readonly number[],
): CrossFitted<LaggedRidge> {
  const scaling = scalingOf(samples);
  const members = folds.map((fold) => rows.flatMap((row, at) => (row.fold === fold ? [at] : [])));
  const sums = members.map((own) => ridgeSums(samples, scaling, own));
  const added = (left: number | null) => {
    const total = { gram: new Float64Array(sums[0]!.gram.length), moment: new Float64Array(sums[0]!.moment.length) };
    sums.forEach(({ gram, moment }, fold) => {
      if (fold === left) return;
      gram.forEach((one, at) => (total.gram[at]! += one));
      moment.forEach((one, at) => (total.moment[at]! += one));
    });
    return total;
  };
  const others = folds.map((_, fold) => added(fold));
  const tried = STRENGTHS.map((strength) => {
    const heldOut = new Float64Array(rows.length);
    let error = 0;
    members.forEach((own, fold) => {
      const model = solveLagged(others[fold]!, scaling, strength);
      for (const row of own) {
        heldOut[row] = ridgeValue(model, samples.inputs, row * samples.columns);
        error += (samples.targets[row]! - heldOut[row]) ** 2;
      }
    });
    return { strength, heldOut, error };
  });
  const best = tried.reduce((least, one) => (one.error < least.error ? one : least));
  return { model: solveLagged(added(null), scaling, best.strength), heldOut: best.heldOut };
}

function crossFittedTrees(rows: readonly CorrectionRow[], folds: readonly number[]): CrossFitted<BoostedTrees> {
  const every = Math.max(1, Math.ceil(rows.length / MOST_TREE_ROWS));
  const grown = (kept: readonly CorrectionRow[]): Samples => samplesOf(kept.filter((_, at) => at % every === 0));
  const runs = folds.map((fold) => {
    const held = samplesOf(rows.filter((row) => row.fold === fold));
    return { held, ...growBoosting(grown(rows.filter((row) => row.fold !== fold)), held, TREES) };
  });
  // As far as every fold was followed, the number of trees with the least error over all of them.
  const followed = Math.min(...runs.map(({ errors }) => errors.length));
  let [count, least] = [0, Infinity];
  for (let trees = 0; trees < followed; trees += 1) {
    const error = runs.reduce((sum, { errors, held }) => sum + errors[trees]! * held.targets.length, 0);
    if (error < least) [count, least] = [trees, error];
  }
  const places = new Map(folds.map((fold, k) => [fold, k]));
  const cut = runs.map(({ model: { start, learningRate, trees } }): BoostedTrees => ({
    start,
    learningRate,
    trees: trees.slice(0, count),
  }));
  return {
    // The mean of what the folds learned varies less than trees that are grown on all of them.
    model: {
      start: cut.reduce((sum, { start }) => sum + start / cut.length, 0),
      learningRate: TREES.learningRate / cut.length,
      trees: cut.flatMap(({ trees }) => trees),
    },
    heldOut: Float64Array.from(rows, ({ fold, inputs }) => boostedValue(cut[places.get(fold)!]!, inputs)),
  };
}

interface Differences {
  /** What came, what ridge and what trees say, each less what the model says. */
  readonly error: number;
  readonly ridge: number;
  readonly trees: number;
}

/** Shares of 0 or more, summing to 1 at most, with the least squared error: inside of their triangle, else on its best edge. */
function convexShares(rows: readonly Differences[]): { readonly ridge: number; readonly trees: number } {
  let [rr, rt, tt, re, te] = [0, 0, 0, 0, 0];
  for (const { error, ridge, trees } of rows) {
    rr += ridge * ridge;
    rt += ridge * trees;
    tt += trees * trees;
    re += ridge * error;
    te += trees * error;
  }
  const within = (share: number): number => (Number.isFinite(share) ? Math.max(0, Math.min(1, share)) : 0);
  const loss = ({ ridge: r, trees: t }: { ridge: number; trees: number }): number =>
    r * r * rr + 2 * r * t * rt + t * t * tt - 2 * r * re - 2 * t * te;
  const determinant = rr * tt - rt * rt;
  const inside = { ridge: (re * tt - te * rt) / determinant, trees: (te * rr - re * rt) / determinant };
  const isInside = inside.ridge >= 0 && inside.trees >= 0 && inside.ridge + inside.trees <= 1;
  if (determinant > 1e-12 * rr * tt && isInside) return inside;
  const together = within((re - te + tt - rt) / (rr - 2 * rt + tt));
  const edges = [
    { ridge: within(re / rr), trees: 0 },
    { ridge: 0, trees: within(te / tt) },
    { ridge: together, trees: tt > 0 ? 1 - together : 0 },
  ];
  return edges.reduce((best, one) => (loss(one) < loss(best) ? one : best));
}
