import type { ChangeSample } from './population.ts';
import { solveRidge } from './ridge.ts';
import type { HeldOutInterval } from './skill.ts';

/** Ridge strengths to choose from, relative to features of equal size. */
export const RIDGE_STRENGTHS = [1e-9, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10] as const;

const INTERVAL_UNIT_DAYS = 100;
/**
 * A part of what was measured is the scanner's or the day's and gone at the next visit, however soon: what depends on
 * time saturates within weeks, and still vanishes at no interval.
 */
const SETTLING_DAYS = 7;

/**
 * How change follows from where a patient is, how long it takes and what is given: y = local' W context, with context =
 * [interval, a part of it that saturates within weeks, exposure of each treatment]. No interval and no exposure give no change.
 */
export interface PooledChangeModel {
  /** Mean of each local feature over the population; 0 for the first, which is the constant 1. */
  readonly centre: Float64Array;
  /** W, row-major [local features, 2 + treatments]. */
  readonly weights: Float64Array;
  readonly strength: number;
  /** Root of the largest mean squared change of an interval: for a value, the largest change that any patient had. */
  readonly largestChange: number;
  /** Every interval, forecast by the model that was fitted without its patient. */
  readonly heldOut: readonly HeldOutChange[];
}

/** A held-out interval with its sample and the mean forecast over its rows. */
interface HeldOutChange extends HeldOutInterval {
  readonly sample: ChangeSample;
  readonly meanForecast: number;
}

/** Sums over samples of x x' and x y for x = local (x) context; the whole of a linear fit. */
interface NormalSums {
  readonly gram: Float64Array;
  readonly moment: Float64Array;
}

/**
 * Ridge regression pooled over patients, every interval with the same weight, fitted in closed form from sums. Its
 * strength is the one with the smallest leave-one-patient-out squared error.
 * @param samples at least one. @param features number of local features, the first of which is the constant 1.
 */
export function fitPooledChange(samples: readonly ChangeSample[], features: number): PooledChangeModel {
  const centre = meanOfFeatures(samples, features);
  const centred = samples.map((sample) => ({ ...sample, matrix: centreMoments(sample.matrix, centre) }));
  const patients = [...Map.groupBy(centred, ({ patient }) => patient).values()];
  const own = patients.map((group) => normalSums(group, features));
  const others = sumsOfOthers(own);
  const fits = RIDGE_STRENGTHS.map((strength) => {
    const heldOut = patients.flatMap((group, index) => {
      const { gram, moment } = others[index]!;
      const weights = solveRidge(gram, moment, strength);
      return group.map((sample) => heldOutChange(sample, weights, features));
    });
    return { strength, heldOut, error: heldOut.reduce((sum, { yy, yf, ff }) => sum + yy - 2 * yf + ff, 0) };
  });
  const best = fits.reduce((least, fit) => (fit.error < least.error ? fit : least));
  const all = own.reduce(addSums);
  return {
    centre,
    weights: solveRidge(all.gram, all.moment, best.strength),
    strength: best.strength,
    largestChange: Math.sqrt(best.heldOut.reduce((most, { yy }) => Math.max(most, yy), 0)),
    heldOut: best.heldOut,
  };
}

/** Weight of each centred local feature over an interval with these exposures: W context, [local features]. */
export function localWeights(
  weights: Float64Array,
  features: number,
  { intervalDays, exposures }: Pick<ChangeSample, 'intervalDays' | 'exposures'>,
): Float64Array {
  const context = contextOf(intervalDays, exposures);
  return Float64Array.from({ length: features }, (_, feature) =>
    context.reduce((sum, value, index) => sum + weights[feature * context.length + index]! * value, 0),
  );
}

/** The change that the model expects for local features that are not centred yet. */
export function expectedChange(
  model: Pick<PooledChangeModel, 'centre' | 'weights'>,
  local: readonly number[],
  over: Pick<ChangeSample, 'intervalDays' | 'exposures'>,
): number {
  const weights = localWeights(model.weights, local.length, over);
  return local.reduce((sum, value, index) => sum + weights[index]! * (value - model.centre[index]!), 0);
}

const contextOf = (intervalDays: number, exposures: readonly number[]): number[] => [
  intervalDays / INTERVAL_UNIT_DAYS,
  1 - Math.exp(-intervalDays / SETTLING_DAYS),
  ...exposures,
];

function meanOfFeatures(samples: readonly ChangeSample[], features: number): Float64Array {
  const mean = new Float64Array(features);
  for (const { matrix } of samples) {
    for (let feature = 1; feature < features; feature += 1) mean[feature]! += matrix[feature]! / samples.length;
  }
  return mean;
}

/** Moments of z with `centre` taken from its features: B M B', where B differs from 1 in its first column only. */
function centreMoments(matrix: Float64Array, centre: Float64Array): Float64Array {
  const size = centre.length + 1;
  const centred = new Float64Array(size * size);
  const offset = (index: number): number => centre[index] ?? 0;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      centred[row * size + column] =
        matrix[row * size + column]! -
        offset(row) * matrix[column]! -
        offset(column) * matrix[row]! +
        offset(row) * offset(column) * matrix[0]!;
    }
  }
  return centred;
}

function normalSums(samples: readonly ChangeSample[], features: number): NormalSums {
  const contexts = 2 + samples[0]!.exposures.length;
  const p = features * contexts;
  const size = features + 1;
  const gram = new Float64Array(p * p);
  const moment = new Float64Array(p);
  for (const { matrix, intervalDays, exposures } of samples) {
    const context = contextOf(intervalDays, exposures);
    for (let row = 0; row < p; row += 1) {
      const left = Math.floor(row / contexts);
      const scale = context[row % contexts]!;
      moment[row]! += matrix[left * size + features]! * scale;
      for (let column = 0; column < p; column += 1) {
        const right = Math.floor(column / contexts);
        gram[row * p + column]! += matrix[left * size + right]! * scale * context[column % contexts]!;
      }
    }
  }
  return { gram, moment };
}

function heldOutChange(sample: ChangeSample, weights: Float64Array, features: number): HeldOutChange {
  const { patient, intervalDays, matrix } = sample;
  const local = localWeights(weights, features, sample);
  const size = features + 1;
  let yf = 0;
  let ff = 0;
  let meanForecast = 0;
  for (let row = 0; row < features; row += 1) {
    meanForecast += local[row]! * matrix[row * size]!;
    yf += local[row]! * matrix[row * size + features]!;
    for (let column = 0; column < features; column += 1)
      ff += local[row]! * matrix[row * size + column]! * local[column]!;
  }
  const yy = matrix[size * size - 1]!;
  return { patient, intervalDays, yy, yf, ff: Math.max(0, ff), sample, meanForecast };
}

/** For each patient the sums of all others, added up from both ends, because taking away would leave rounding behind. */
function sumsOfOthers(own: readonly NormalSums[]): NormalSums[] {
  const zero: NormalSums = {
    gram: new Float64Array(own[0]!.gram.length),
    moment: new Float64Array(own[0]!.moment.length),
  };
  const after: NormalSums[] = [zero];
  for (const sums of own.toReversed()) after.unshift(addSums(after[0]!, sums));
  let before = zero;
  return own.map((sums, index) => {
    const others = addSums(before, after[index + 1]!);
    before = addSums(before, sums);
    return others;
  });
}

const addSums = (a: NormalSums, b: NormalSums): NormalSums => ({
  gram: a.gram.map((value, index) => value + b.gram[index]!),
  moment: a.moment.map((value, index) => value + b.moment[index]!),
});
