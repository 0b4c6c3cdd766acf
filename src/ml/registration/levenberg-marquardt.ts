import type { Evaluation, Guess } from './cost.ts';
import { AFFINE_PARAMETERS, type MotionModel } from './motion-model.ts';
import { UNKNOWNS } from './normal-equations.ts';
import type { Matrix4 } from './transform.ts';

const FIRST_DAMPING = 1e-3;
const LEAST_DAMPING = 1e-7;
const MOST_DAMPING = 1e4;

export interface Optimum extends Guess {
  readonly cost: number;
  readonly correlation: number;
  /** The cost at the optimum, and what computed it: a search that goes on with it need not compute it again. */
  readonly at: Evaluation;
  readonly evaluate: (guess: Guess) => Evaluation;
}

export interface SearchLimits {
  /** The most evaluations after the first. */
  readonly iterations: number;
  /** A step that gains less than this share of the cost is the last. */
  readonly tolerance: number;
  /** True for a step that is too small to matter; it is the last, whether it lowers the cost or not. None is when absent. */
  readonly isNegligible?: (from: Matrix4, to: Matrix4) => boolean;
}

/**
 * Minimises a cost over the parameters of a motion model, gain and offset (Levenberg 1944, Marquardt 1963): only
 * steps that lower the cost are taken.
 */
export function levenbergMarquardt(
  evaluate: (guess: Guess) => Evaluation,
  model: MotionModel,
  start: Guess | Optimum,
  { iterations, tolerance, isNegligible = () => false }: SearchLimits,
): Optimum {
  let guess: Guess = start;
  let at = 'at' in start && start.evaluate === evaluate ? start.at : evaluate(start);
  let damping = FIRST_DAMPING;
  for (let iteration = 0; iteration < iterations && Number.isFinite(at.cost); iteration++) {
    const step = stepOf(at, model, guess, damping);
    const next: Guess = {
      transform: model.moved(guess.transform, step),
      gain: guess.gain + step[model.parameters]!,
      offset: guess.offset + step[model.parameters + 1]!,
    };
    let isLast = isNegligible(guess.transform, next.transform);
    const there = evaluate(next);
    if (there.cost < at.cost) {
      isLast ||= at.cost - there.cost < tolerance * Math.abs(at.cost);
      guess = next;
      at = there;
      damping = Math.max(LEAST_DAMPING, damping / 5);
    } else {
      damping *= 8;
      isLast ||= damping > MOST_DAMPING;
    }
    if (isLast) {
      break;
    }
  }
  const { transform, gain, offset } = guess;
  return { transform, gain, offset, cost: at.cost, correlation: at.correlation, at, evaluate };
}

/** The damped Gauss-Newton step by the model's parameters, gain and offset. */
function stepOf(at: Evaluation, model: MotionModel, guess: Guess, damping: number): Float64Array {
  const size = model.parameters + 2;
  const basis = new Float64Array(UNKNOWNS * size);
  const allowed = model.basis(guess.transform);
  for (let row = 0; row < AFFINE_PARAMETERS; row++) {
    for (let column = 0; column < model.parameters; column++) {
      basis[row * size + column] = allowed[row * model.parameters + column]!;
    }
  }
  basis[AFFINE_PARAMETERS * size + model.parameters] = 1;
  basis[(AFFINE_PARAMETERS + 1) * size + model.parameters + 1] = 1;

  const half = new Float64Array(UNKNOWNS * size);
  for (let row = 0; row < UNKNOWNS; row++) {
    for (let k = 0; k < UNKNOWNS; k++) {
      const value = at.hessian[row * UNKNOWNS + k]!;
      for (let column = 0; column < size; column++) {
        half[row * size + column]! += value * basis[k * size + column]!;
      }
    }
  }
  const system = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let k = 0; k < UNKNOWNS; k++) {
    for (let row = 0; row < size; row++) {
      const weight = basis[k * size + row]!;
      right[row]! -= weight * at.gradient[k]!;
      for (let column = 0; column < size; column++) {
        system[row * size + column]! += weight * half[k * size + column]!;
      }
    }
  }
  for (let k = 0; k < size; k++) {
    system[k * size + k]! *= 1 + damping;
  }
  return solve(system, right, size);
}

/** Solves a linear system in place by Gaussian elimination with row pivoting; a direction without any slope gets no step. */
export function solve(system: Float64Array, right: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let row = i + 1; row < size; row++) {
      if (Math.abs(system[row * size + i]!) > Math.abs(system[pivot * size + i]!)) {
        pivot = row;
      }
    }
    if (pivot !== i) {
      for (let column = 0; column < size; column++) {
        const held = system[i * size + column]!;
        system[i * size + column] = system[pivot * size + column]!;
        system[pivot * size + column] = held;
      }
      const held = right[i]!;
      right[i] = right[pivot]!;
      right[pivot] = held;
    }
    const diagonal = system[i * size + i]!;
    if (diagonal === 0) {
      continue;
    }
    for (let row = i + 1; row < size; row++) {
      const factor = system[row * size + i]! / diagonal;
      if (factor !== 0) {
        for (let column = i; column < size; column++) {
          system[row * size + column]! -= factor * system[i * size + column]!;
        }
        right[row]! -= factor * right[i]!;
      }
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = right[i]!;
    for (let column = i + 1; column < size; column++) {
      sum -= system[i * size + column]! * right[column]!;
    }
    const diagonal = system[i * size + i]!;
    right[i] = diagonal === 0 ? 0 : sum / diagonal;
  }
  return right;
}
