import { FaultError } from '../../../errors.ts';
import { randomStream } from '../../cohorts/random-stream.ts';
import { solveSymmetric } from './cholesky.ts';
import { priorOfMoments } from './effect-moments.ts';
import type { EffectPrior } from './effect-prior.ts';
import type { EffectStatistics } from './effect-statistics.ts';
import { expectation, type StaticDesigns } from './expectation.ts';

export interface EmResult {
  readonly prior: EffectPrior;
  /** Of the prior that the last round started with. */
  readonly logLikelihood: number;
  readonly rounds: number;
}

/** Rounds end where the likelihood grows by less than this, per interval. */
const TOLERANCE = 1e-7;
/** Per interval of the reference length, relative to the pooled residual: noise is never taken to be nothing. */
const LEAST_NOISE = 1e-9;

/**
 * Maximises the marginal likelihood of all changes over the prior by expectation and maximisation. Deterministic: sums run
 * over patients in their order.
 * @param least smallest variances of the effects, see `priorOfMoments`.
 * @throws {FaultError} where a covariance stops being positive definite.
 */
export function maximiseLikelihood(
  statistics: EffectStatistics,
  designs: StaticDesigns,
  start: EffectPrior,
  least: Float64Array,
  mostRounds: number,
): EmResult {
  let prior = start;
  let logLikelihood = -Infinity;
  let round = 0;
  while (round < mostRounds) {
    const expected = expectation(statistics, prior, designs);
    if (expected === null) throw new FaultError('a covariance of the personal model is not positive definite');
    const intervals = expected.intervals.reduce((sum, n) => sum + n, 0);
    const gain = expected.logLikelihood - logLikelihood;
    logLikelihood = expected.logLikelihood;
    round += 1;
    if (Math.abs(gain) < TOLERANCE * intervals) break;
    const next = priorOfMoments(expected.moments, prior, least);
    expected.squares.forEach((square, v) => {
      const n = expected.intervals[v]!;
      if (n > 0) next.noiseVariances[v] = Math.max(square / n, LEAST_NOISE * start.noiseVariances[v]!);
    });
    prior = next;
  }
  return { prior, logLikelihood, rounds: round };
}

/** Effects are first estimated per patient under a prior this many times as wide as one interval tells them. */
const FIRST_WIDTH = 100;

/**
 * Where the rounds start: the pooled effects by least squares and their residual; every patient's effects by ridge
 * regression about them; their covariance for every component; means at patients drawn by the seed.
 * @returns with the smallest variances that the covariances are drawn towards.
 */
export function firstPrior(
  { sums, patients, layout }: EffectStatistics,
  { distinct }: StaticDesigns,
  components: number,
  seed: number,
): { readonly prior: EffectPrior; readonly least: Float64Array } {
  const { effects, stride, blocks } = layout;
  const noiseVariances = new Float64Array(blocks.length);
  const estimates = new Float64Array(patients * effects);
  const widths = new Float64Array(effects);
  for (const { variable, first, size, products, moments, rest } of blocks) {
    const pooled = new Float64Array(size * size);
    const right = new Float64Array(size);
    let [squares, count] = [0, 0];
    for (let patient = 0; patient < patients; patient += 1) {
      addSymmetric(pooled, sums, patient * stride + products, size, 1);
      for (let a = 0; a < size; a += 1) right[a]! += sums[patient * stride + moments + a]!;
      squares += sums[patient * stride + rest]!;
      count += sums[patient * stride + rest + 2]!;
    }
    for (let a = 0; a < size; a += 1) pooled[a * size + a]! += 1e-9 * pooled[a * size + a]! + 1e-12 * (count + 1);
    const common = solveSymmetric(pooled, right) ?? new Float64Array(size);
    let explained = 0;
    for (let a = 0; a < size; a += 1) explained += common[a]! * right[a]!;
    // Of a variable that was never measured twice nothing is known: a change of 1.
    const variance = count === 0 ? 1 : Math.max((squares - explained) / count, (1e-9 * squares) / count, 1e-18);
    noiseVariances[variable] = variance;
    for (let a = 0; a < size; a += 1) {
      const meanSquare = pooled[a * size + a]! / Math.max(count, 1);
      widths[first + a] = (FIRST_WIDTH * variance) / Math.max(meanSquare, 1e-12);
    }
    for (let patient = 0; patient < patients; patient += 1) {
      const left = new Float64Array(size * size);
      addSymmetric(left, sums, patient * stride + products, size, 1 / variance);
      const moment = new Float64Array(size);
      for (let a = 0; a < size; a += 1) {
        moment[a] = sums[patient * stride + moments + a]! / variance + common[a]! / widths[first + a]!;
        left[a * size + a]! += 1 / widths[first + a]!;
      }
      estimates.set(solveSymmetric(left, moment) ?? common, patient * effects + first);
    }
  }
  const covariance = covarianceOf(estimates, patients, effects);
  const least = new Float64Array(effects);
  for (let a = 0; a < effects; a += 1) {
    const variance = covariance[a * effects + a]!;
    least[a] = Math.max(1e-3 * variance, 1e-9 * widths[a]!, 1e-18);
    covariance[a * effects + a] = variance + least[a]!;
  }
  const random = randomStream(seed, 'first means of the components');
  const means = new Float64Array(components * effects);
  for (let k = 0; k < components; k += 1) {
    const patient = random.index(patients);
    means.set(estimates.subarray(patient * effects, (patient + 1) * effects), k * effects);
  }
  const covariances = new Float64Array(components * effects * effects);
  for (let k = 0; k < components; k += 1) covariances.set(covariance, k * effects * effects);
  const offsets = distinct[0]?.length ?? 0;
  return {
    prior: {
      effects,
      components,
      offsets,
      weights: new Float64Array(components).fill(1 / components),
      means,
      covariances,
      shifts: new Float64Array(effects * offsets),
      noiseVariances,
    },
    least,
  };
}

/** Adds a lower triangle to both triangles of a matrix. */
function addSymmetric(matrix: Float64Array, lower: Float64Array, at: number, size: number, factor: number): void {
  let place = at;
  for (let a = 0; a < size; a += 1) {
    for (let b = 0; b <= a; b += 1, place += 1) {
      matrix[a * size + b]! += factor * lower[place]!;
      if (a !== b) matrix[b * size + a]! += factor * lower[place]!;
    }
  }
}

function covarianceOf(rows: Float64Array, count: number, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let row = 0; row < count; row += 1) {
    for (let a = 0; a < size; a += 1) mean[a]! += rows[row * size + a]! / count;
  }
  const covariance = new Float64Array(size * size);
  for (let row = 0; row < count; row += 1) {
    for (let a = 0; a < size; a += 1) {
      const d = (rows[row * size + a]! - mean[a]!) / Math.max(count - 1, 1);
      for (let b = 0; b < size; b += 1) covariance[a * size + b]! += d * (rows[row * size + b]! - mean[b]!);
    }
  }
  return covariance;
}
