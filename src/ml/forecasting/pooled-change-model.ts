import type { ChangeSample, OriginSample } from './population.ts';
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

/** A held-out interval with the means over its rows of the features (as they were, not centred), the change and its forecast. */
export interface HeldOutChange extends HeldOutInterval {
  readonly meanFeatures: readonly number[];
  readonly meanChange: number;
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
export function fitPooledChange(samples: readonly OriginSample[], features: number): PooledChangeModel {
  const centre = meanOfFeatures(samples, features);
  const centred = samples.map((sample) => centreSample(sample, centre));
  const patients = [...Map.groupBy(centred, ({ patient }) => patient).values()];
  const own = patients.map((group) => normalSums(group, features));
  const others = sumsOfOthers(own);
  const fits = RIDGE_STRENGTHS.map((strength) => {
    const heldOut = patients.flatMap((group, index) => {
      const { gram, moment } = others[index]!;
      const weights = solveRidge(gram, moment, strength);
      return group.flatMap((sample) => heldOutChanges(sample, weights, centre));
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
  const local = new Float64Array(features);
  for (let feature = 0, at = 0; feature < features; feature += 1) {
    for (let index = 0; index < context.length; index += 1, at += 1) local[feature]! += weights[at]! * context[index]!;
  }
  return local;
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

function meanOfFeatures(samples: readonly OriginSample[], features: number): Float64Array {
  const mean = new Float64Array(features);
  const all = samples.reduce((count, { changes }) => count + changes.length, 0);
  for (const sample of samples) {
    const share = sample.changes.length / all;
    for (let feature = 1; feature < features; feature += 1) mean[feature]! += sample.features[feature]! * share;
  }
  return mean;
}

/** The sums with `centre` taken from the features: B F B' and B c, where B differs from 1 in its first column only. */
function centreSample(sample: OriginSample, centre: Float64Array): OriginSample {
  const size = centre.length;
  const moments = sample.features;
  return {
    ...sample,
    features: moments.map((moment, index) => {
      const [row, column] = [Math.floor(index / size), index % size];
      const [left, right] = [centre[row]!, centre[column]!];
      return moment - left * moments[column]! - right * moments[row * size]! + left * right * moments[0]!;
    }),
    changes: sample.changes.map((change) => ({
      ...change,
      cross: change.cross.map((value, row) => value - centre[row]! * change.cross[0]!),
    })),
  };
}

/**
 * The rows of one origin and context are f (x) t with the same t, so that the sum of their x x' is F (x) t t' and that of
 * their x y is c (x) t, (x) being the Kronecker product: F, c and t are small.
 */
function normalSums(samples: readonly OriginSample[], features: number): NormalSums {
  const contexts = 2 + samples[0]!.changes[0]!.exposures.length;
  const p = features * contexts;
  const gram = new Float64Array(p * p);
  const moment = new Float64Array(p);
  for (const sample of samples) {
    const contextGram = new Float64Array(contexts * contexts);
    for (const { intervalDays, exposures, cross } of sample.changes) {
      const context = contextOf(intervalDays, exposures);
      for (let a = 0; a < contexts; a += 1) {
        for (let b = 0; b < contexts; b += 1) contextGram[a * contexts + b]! += context[a]! * context[b]!;
        for (let f = 0; f < features; f += 1) moment[f * contexts + a]! += cross[f]! * context[a]!;
      }
    }
    for (let row = 0; row < p; row += 1) {
      const a = row % contexts;
      const f = (row - a) / contexts;
      for (let g = 0, at = row * p; g < features; g += 1) {
        const scale = sample.features[f * features + g]!;
        for (let b = 0; b < contexts; b += 1, at += 1) gram[at]! += scale * contextGram[a * contexts + b]!;
      }
    }
  }
  return { gram, moment };
}

function heldOutChanges(sample: OriginSample, weights: Float64Array, centre: Float64Array): HeldOutChange[] {
  const { patient, features: moments } = sample;
  const size = centre.length;
  const meanFeatures = Array.from(centre, (mean, feature) => moments[feature]! + mean);
  return sample.changes.map((change) => {
    const local = localWeights(weights, size, change);
    let yf = 0;
    let ff = 0;
    let meanForecast = 0;
    for (let row = 0; row < size; row += 1) {
      meanForecast += local[row]! * moments[row * size]!;
      yf += local[row]! * change.cross[row]!;
      for (let column = 0; column < size; column += 1)
        ff += local[row]! * moments[row * size + column]! * local[column]!;
    }
    return {
      patient,
      intervalDays: change.intervalDays,
      yy: change.square,
      yf,
      ff: Math.max(0, ff),
      meanFeatures,
      meanChange: change.cross[0]!,
      meanForecast,
    };
  });
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
