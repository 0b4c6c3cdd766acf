import type { CompiledModel } from './personal-posterior.ts';
import type { PredictiveMixture } from './predictive-mixture.ts';

const LEAST_SHARE = 1e-300;

/** Where sigma points have come to. */
interface RolledPoints {
  /** [components * perComponent, variables] */
  readonly levels: Float64Array;
  readonly perComponent: number;
  /** Covariances of what the process has added since: [components, variables, variables]; null for the expected value alone. */
  readonly noise: Float64Array | null;
  /** Of the components. */
  readonly weights: Float64Array;
}

/**
 * Distribution of what would be measured of a variable or, without noise, of what is to be expected given the patient's effects;
 * null where there is nothing to start from.
 */
export function rolledDistribution(
  { model }: CompiledModel,
  v: number,
  { levels, perComponent, noise, weights }: RolledPoints,
): PredictiveMixture | null {
  const variables = model.spec.variables.length;
  const { change, scale } = model.spec.variables[v]!;
  const sd = model.measurementSds[v]!;
  if (Number.isNaN(levels[v]!)) return null;
  const components = weights.length;
  const means = new Float64Array(components);
  const sds = new Float64Array(components);
  // Of what is not measurably there at the start nothing moves, and a logarithm may not exist. Everything else stays one however small
  // it becomes: of plans side by side, one must not be averaged otherwise than the next.
  const isLogarithm = change === 'log' && levels[v]! > 0;
  for (let k = 0; k < components; k += 1) {
    let [sum, squares] = [0, 0];
    const origin = levels[k * perComponent * variables + v]!;
    for (let point = 0; point < perComponent; point += 1) {
      const value = levels[(k * perComponent + point) * variables + v]!;
      const difference = isLogarithm ? Math.log(Math.max(value, LEAST_SHARE) / origin) : value - origin;
      sum += difference;
      squares += difference * difference;
    }
    const mean = sum / perComponent;
    const spread = Math.max(0, squares / perComponent - mean * mean);
    means[k] = (isLogarithm ? Math.log(origin) : origin) + mean;
    const error = noise === null ? 0 : change === 'relative' ? sd * means[k]! : change === 'absolute' ? sd * scale : sd;
    sds[k] = Math.sqrt(spread + (noise?.[(k * variables + v) * variables + v] ?? 0) + error * error);
  }
  return { isLogarithm, weights, means, sds };
}
