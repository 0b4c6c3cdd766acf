import { factorise, invertFactor, solveLower, solveUpper } from './cholesky.ts';
import { addEffects, type EffectMoments, noMoments } from './effect-moments.ts';
import { type EffectPrior, priorMean } from './effect-prior.ts';
import type { EffectStatistics } from './effect-statistics.ts';

/** Which static offsets each patient has: the distinct ones, and the number of each patient's. */
export interface StaticDesigns {
  readonly distinct: readonly Float64Array[];
  readonly ofPatient: Int32Array;
}

/** Groups patients by equal offsets. */
export function staticDesigns(designs: readonly Float64Array[]): StaticDesigns {
  const numbers = new Map<string, number>();
  const distinct: Float64Array[] = [];
  const ofPatient = Int32Array.from(designs, (design) => {
    const name = design.join();
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, distinct.length);
    return distinct.push(design) - 1;
  });
  return { distinct, ofPatient };
}

/** What a prior expects of a population. */
export interface Expectation {
  /** Natural logarithm of the marginal likelihood of all changes. */
  readonly logLikelihood: number;
  readonly moments: EffectMoments;
  /** Expected weighted squared residuals and number of intervals, by variable. */
  readonly squares: Float64Array;
  readonly intervals: Float64Array;
}

/** Components less probable than this teach nothing within float64. */
const NEGLIGIBLE = 1e-12;

/**
 * The exact expectation step: for every patient and component the posterior of the effects is Gaussian with precision
 * A = S^-1 + sum f f' / (h s2) and mean A^-1 (S^-1 m + sum f y / (h s2)), and its evidence is closed.
 * @returns null where a covariance is not positive definite.
 */
export function expectation(
  statistics: EffectStatistics,
  prior: EffectPrior,
  { distinct, ofPatient }: StaticDesigns,
): Expectation | null {
  const { effects: f, components } = prior;
  const { layout, sums, patients } = statistics;
  const { stride, blocks } = layout;
  const square = f * f;
  const precisions = new Float64Array(components * square);
  const priorLogs = new Float64Array(components);
  const inverse = new Float64Array(square);
  for (let k = 0; k < components; k += 1) {
    const factor = prior.covariances.slice(k * square, (k + 1) * square);
    const logDeterminant = factorise(factor, f);
    if (Number.isNaN(logDeterminant)) return null;
    invertFactor(factor, f, inverse);
    precisions.set(inverse, k * square);
    priorLogs[k] = Math.log(prior.weights[k]!) - logDeterminant / 2;
  }
  // Per distinct offsets and component: S^-1 m, m' S^-1 m, and per offsets T z.
  const count = distinct.length;
  const starts = new Float64Array(count * components * f);
  const startSquares = new Float64Array(count * components);
  const shifts = new Float64Array(count * f);
  distinct.forEach((design, d) => {
    for (let k = 0; k < components; k += 1) {
      const mean = priorMean(prior, k, design);
      for (let a = 0; a < f; a += 1) {
        let sum = 0;
        for (let b = 0; b < f; b += 1) sum += precisions[k * square + a * f + b]! * mean[b]!;
        starts[(d * components + k) * f + a] = sum;
        startSquares[d * components + k]! += sum * mean[a]!;
        if (k === 0) shifts[d * f + a] = mean[a]! - prior.means[a]!;
      }
    }
  });

  const moments = noMoments(prior);
  const squares = new Float64Array(blocks.length);
  const intervals = new Float64Array(blocks.length);
  const factors = new Float64Array(components * square);
  const means = new Float64Array(components * f);
  const evidence = new Float64Array(components);
  const x = new Float64Array(f);
  let logLikelihood = 0;
  for (let patient = 0; patient < patients; patient += 1) {
    const record = patient * stride;
    const design = ofPatient[patient]!;
    let highest = -Infinity;
    for (let k = 0; k < components; k += 1) {
      const at = k * square;
      const start = (design * components + k) * f;
      for (let e = 0; e < square; e += 1) factors[at + e] = precisions[at + e]!;
      for (let a = 0; a < f; a += 1) x[a] = starts[start + a]!;
      for (let v = 0; v < blocks.length; v += 1) {
        const { first, size, products, moments: crosses } = blocks[v]!;
        const scale = 1 / prior.noiseVariances[v]!;
        let product = record + products;
        for (let a = 0; a < size; a += 1) {
          const row = at + (first + a) * f + first;
          for (let b = 0; b <= a; b += 1, product += 1) factors[row + b]! += scale * sums[product]!;
          x[first + a]! += scale * sums[record + crosses + a]!;
        }
      }
      const logDeterminant = factorise(factors, f, at);
      if (Number.isNaN(logDeterminant)) return null;
      solveLower(factors, f, x, at);
      let quadratic = 0;
      for (let a = 0; a < f; a += 1) quadratic += x[a]! * x[a]!;
      solveUpper(factors, f, x, at);
      for (let a = 0; a < f; a += 1) means[k * f + a] = x[a]!;
      const log = priorLogs[k]! + (quadratic - logDeterminant - startSquares[design * components + k]!) / 2;
      evidence[k] = log;
      if (log > highest) highest = log;
    }
    let total = 0;
    for (let k = 0; k < components; k += 1) total += Math.exp(evidence[k]! - highest);
    logLikelihood += highest + Math.log(total);
    for (let k = 0; k < components; k += 1) {
      const probability = Math.exp(evidence[k]! - highest) / total;
      if (probability < NEGLIGIBLE) continue;
      invertFactor(factors, f, inverse, k * square);
      addEffects(moments, prior, k, probability, means, k * f, inverse, shifts, design * f, distinct[design]!);
      for (let v = 0; v < blocks.length; v += 1) {
        const { first, size, products, moments: crosses } = blocks[v]!;
        const m = k * f + first;
        let product = record + products;
        let sum = 0;
        for (let a = 0; a < size; a += 1) {
          const mean = means[m + a]!;
          sum -= 2 * mean * sums[record + crosses + a]!;
          const row = (first + a) * f + first;
          for (let b = 0; b < a; b += 1, product += 1) {
            sum += 2 * sums[product]! * (mean * means[m + b]! + inverse[row + b]!);
          }
          sum += sums[product]! * (mean * mean + inverse[row + a]!);
          product += 1;
        }
        squares[v]! += probability * sum;
      }
    }
    for (let v = 0; v < blocks.length; v += 1) {
      const { rest } = blocks[v]!;
      const n = sums[record + rest + 2]!;
      const variance = prior.noiseVariances[v]!;
      squares[v]! += sums[record + rest]!;
      intervals[v]! += n;
      logLikelihood -=
        (n * Math.log(2 * Math.PI * variance) + sums[record + rest + 1]! + sums[record + rest]! / variance) / 2;
    }
  }
  return { logLikelihood, moments, squares, intervals };
}
