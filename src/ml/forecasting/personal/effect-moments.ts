import { factorise, invertFactor, solveSymmetric } from './cholesky.ts';
import { copyPrior, type EffectPrior } from './effect-prior.ts';

/** Sums over a population of what is expected of the patients' effects; all that a new prior is computed from. */
export interface EffectMoments {
  /** Sum of the probabilities of each component: [components]. */
  readonly mass: Float64Array;
  /** Sums of d and of (d d' + C), d = E[theta] - T z and C its covariance: [components, effects(, effects)]. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Sums of z, z z' and E[theta] z': [components, offsets], [.., offsets, offsets], [.., effects, offsets]. */
  readonly designs: Float64Array;
  readonly designProducts: Float64Array;
  readonly crosses: Float64Array;
}

/** All zero. */
export function noMoments({ effects: f, components: k, offsets: o }: EffectPrior): EffectMoments {
  return {
    mass: new Float64Array(k),
    first: new Float64Array(k * f),
    second: new Float64Array(k * f * f),
    designs: new Float64Array(k * o),
    designProducts: new Float64Array(k * o * o),
    crosses: new Float64Array(k * f * o),
  };
}

/**
 * Adds one patient under one component.
 * @param probability of the component for this patient. @param mean, covariance of the patient's effects there; `mean` is read
 *   at `meanAt`. @param shift T z of the patient.
 */
export function addEffects(
  moments: EffectMoments,
  { effects: f, offsets: o }: EffectPrior,
  component: number,
  probability: number,
  mean: Float64Array,
  meanAt: number,
  covariance: Float64Array,
  shift: Float64Array,
  shiftAt: number,
  design: Float64Array,
): void {
  const { mass, first, second, designs, designProducts, crosses } = moments;
  mass[component]! += probability;
  const square = component * f * f;
  for (let a = 0; a < f; a += 1) {
    const d = probability * (mean[meanAt + a]! - shift[shiftAt + a]!);
    first[component * f + a]! += d;
    const row = square + a * f;
    for (let b = 0; b <= a; b += 1) {
      second[row + b]! += d * (mean[meanAt + b]! - shift[shiftAt + b]!) + probability * covariance[a * f + b]!;
    }
  }
  if (o === 0) return;
  for (let p = 0; p < o; p += 1) {
    const z = probability * design[p]!;
    if (z === 0) continue;
    designs[component * o + p]! += z;
    for (let q = 0; q < o; q += 1) designProducts[(component * o + p) * o + q]! += z * design[q]!;
    for (let a = 0; a < f; a += 1) crosses[(component * f + a) * o + p]! += z * mean[meanAt + a]!;
  }
}

/** Patients' worth of evidence, per effect, that keeps the covariance of a small component from collapsing. */
const PSEUDO_PATIENTS = 1;

/**
 * The prior that these moments make most likely: means and covariances by their weighted averages, the covariances drawn
 * towards `least` (a diagonal, [effects]) with the weight of one patient per effect; then the static offsets by least
 * squares with the components' precisions (Dempster, Laird and Rubin, JRSS B 39, 1977; for mixed effects Laird and
 * Ware, Biometrics 38, 1982). Noise variances are left as they are.
 */
export function priorOfMoments(moments: EffectMoments, previous: EffectPrior, least: Float64Array): EffectPrior {
  const { effects: f, components, offsets } = previous;
  const prior = copyPrior(previous);
  const patients = moments.mass.reduce((sum, mass) => sum + mass, 0);
  const pseudo = PSEUDO_PATIENTS * f;
  for (let k = 0; k < components; k += 1) {
    const mass = moments.mass[k]!;
    prior.weights[k] = Math.max(mass / patients, 1e-9);
    if (mass > 1e-6) {
      for (let a = 0; a < f; a += 1) prior.means[k * f + a] = moments.first[k * f + a]! / mass;
    }
    for (let a = 0; a < f; a += 1) {
      for (let b = 0; b <= a; b += 1) {
        const at = k * f * f + a * f + b;
        const scatter = moments.second[at]! - mass * prior.means[k * f + a]! * prior.means[k * f + b]!;
        const value = (scatter + (a === b ? pseudo * least[a]! : 0)) / (mass + pseudo);
        prior.covariances[at] = value;
        prior.covariances[k * f * f + b * f + a] = value;
      }
    }
  }
  if (offsets > 0) fitShifts(moments, prior);
  return prior;
}

/** Normal equations of vec(T): sum_k P_k T (sum z z') = sum_k P_k (sum (E[theta] - m_k) z'). */
function fitShifts(moments: EffectMoments, prior: EffectPrior): void {
  const { effects: f, components, offsets: o } = prior;
  const size = f * o;
  const left = new Float64Array(size * size);
  const right = new Float64Array(size);
  const precision = new Float64Array(f * f);
  for (let k = 0; k < components; k += 1) {
    const factor = prior.covariances.slice(k * f * f, (k + 1) * f * f);
    if (Number.isNaN(factorise(factor, f))) continue;
    invertFactor(factor, f, precision);
    for (let a = 0; a < f; a += 1) {
      for (let b = 0; b < f; b += 1) {
        const p = precision[a * f + b]!;
        for (let z = 0; z < o; z += 1) {
          const mean = prior.means[k * f + b]!;
          right[a * o + z]! += p * (moments.crosses[(k * f + b) * o + z]! - mean * moments.designs[k * o + z]!);
          for (let y = 0; y < o; y += 1) {
            left[(a * o + z) * size + b * o + y]! += p * moments.designProducts[(k * o + z) * o + y]!;
          }
        }
      }
    }
  }
  // A static that never differs has no offset to be told.
  for (let a = 0; a < size; a += 1) left[a * size + a]! += 1e-9 * (left[a * size + a]! + 1);
  const solution = solveSymmetric(left, right);
  if (solution !== null) prior.shifts.set(solution);
}
