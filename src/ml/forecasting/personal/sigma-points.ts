import { type CompiledModel, componentWeights, type PersonalPosterior } from './personal-posterior.ts';
import { valueAfter } from './open-intervals.ts';

/**
 * Equally weighted points that have the mean and the covariance of a posterior's components, and after them the means of the
 * components themselves, of weight 0.
 */
export interface SigmaPoints {
  readonly perComponent: number;
  /** Of the components. */
  readonly componentWeights: Float64Array;
  /** Of the points, without the means: [components * perComponent]. */
  readonly weights: Float64Array;
  /** [components * perComponent + components, effects] */
  readonly effects: Float64Array;
  /** Current levels: [components * perComponent + components, variables]. */
  readonly levels: Float64Array;
}

/**
 * Per component two points along each column of the Cholesky factor, sqrt(n) of it away (the spherical-radial rule of Arasaratnam and
 * Haykin, IEEE TAC 54(6), 2009): exact for polynomials of degree 3, with positive weights. Directions without variance
 * have no points. Effects that can go one way only end at 0.
 */
export function sigmaPoints({ model, layout, columns }: CompiledModel, posterior: PersonalPosterior): SigmaPoints {
  const { variables } = model.spec;
  const { effects } = layout;
  const n = effects + variables.length;
  const { components } = model.prior;
  const varying = Array.from({ length: n }, (_, j) => j).filter((j) =>
    Array.from({ length: components }, (_, k) => posterior.covariances[(k * n + j) * n + j]!).some((one) => one > 0),
  );
  const size = varying.length;
  const perComponent = Math.max(1, 2 * size);
  const sampled = components * perComponent;
  const ofComponents = componentWeights(posterior);
  const points = {
    perComponent,
    componentWeights: ofComponents,
    weights: new Float64Array(sampled),
    effects: new Float64Array((sampled + components) * effects),
    levels: new Float64Array((sampled + components) * variables.length),
  };
  points.effects.set(posterior.means, sampled * effects);
  points.levels.set(posterior.levels, sampled * variables.length);
  const factor = new Float64Array(size * size);
  const shift = new Float64Array(n);
  for (let k = 0; k < components; k += 1) {
    semidefiniteFactor(posterior.covariances, k * n * n, n, varying, factor);
    for (let point = 0; point < perComponent; point += 1) {
      const sign = (point % 2 === 0 ? 1 : -1) * Math.sqrt(size);
      shift.fill(0);
      varying.forEach((j, row) => (shift[j] = sign * factor[row * size + (point >> 1)]!));
      const at = k * perComponent + point;
      points.weights[at] = ofComponents[k]! / perComponent;
      for (let a = 0; a < effects; a += 1) {
        points.effects[at * effects + a] = posterior.means[k * effects + a]! + shift[a]!;
      }
      variables.forEach((variable, v) => {
        const level = posterior.levels[k * variables.length + v]!;
        const error = shift[effects + v]!;
        points.levels[at * variables.length + v] = error === 0 ? level : valueAfter(variable, level, error);
      });
    }
  }
  columns.forEach((own, v) =>
    own.forEach(({ direction }, a) => {
      if (direction === null) return;
      const { first } = layout.blocks[v]!;
      for (let at = first + a; at < points.effects.length; at += effects) {
        const effect = points.effects[at]!;
        if (direction === 'lowers' ? effect > 0 : effect < 0) points.effects[at] = 0;
      }
    }),
  );
  return points;
}

/** Lower factor L, with zeros above, of the rows and columns `varying` of a matrix; a pivot lost to rounding counts as 0. */
function semidefiniteFactor(
  matrix: Float64Array,
  at: number,
  n: number,
  varying: readonly number[],
  factor: Float64Array,
): void {
  const size = varying.length;
  factor.fill(0);
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let sum = matrix[at + varying[row]! * n + varying[column]!]!;
      for (let k = 0; k < column; k += 1) sum -= factor[row * size + k]! * factor[column * size + k]!;
      if (row === column) {
        factor[row * size + column] = sum > 0 ? Math.sqrt(sum) : 0;
      } else {
        const pivot = factor[column * size + column]!;
        factor[row * size + column] = pivot > 0 ? sum / pivot : 0;
      }
    }
  }
}
