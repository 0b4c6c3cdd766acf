/** A function to minimise: returns its value at `point` and writes its derivatives to `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface Descent {
  readonly iterations: number;
  /** Ends once an iteration lowers the value by less than this share of all that was gained, twice running. */
  readonly tolerance: number;
  /** No unknown changes by more than this in one iteration. */
  readonly largestStep: number;
  /** Positive, per unknown: an estimate of the second derivative up to a common factor. */
  readonly curvature: Float64Array;
  readonly onIteration?: () => void;
}

const MEMORY = 6;
const MOST_TRIALS = 8;
/** Share of the decrease that the slope promises which a step must bring (Armijo). */
const SUFFICIENT = 1e-4;

/**
 * Minimises in place by L-BFGS (Liu and Nocedal, Mathematical Programming 45, 1989; Nocedal and Wright, Numerical
 * Optimization, algorithm 7.4) with a diagonal metric and a backtracking search. Returns the value reached; the value never
 * rises.
 */
export function minimise(objective: Objective, point: Float64Array, descent: Descent): number {
  const { iterations, tolerance, largestStep, curvature, onIteration } = descent;
  const size = point.length;
  const steps = Array.from({ length: MEMORY }, () => new Float64Array(size));
  const changes = Array.from({ length: MEMORY }, () => new Float64Array(size));
  const inverses = new Float64Array(MEMORY);
  const shares = new Float64Array(MEMORY);
  const direction = new Float64Array(size);
  let gradient = new Float64Array(size);
  let trial = new Float64Array(size);
  let trialGradient = new Float64Array(size);
  let kept = 0;
  let newest = -1;
  let value = objective(point, gradient);
  const start = value;
  let stalled = 0;

  const findDirection = (): void => {
    direction.set(gradient);
    for (let back = 0; back < kept; back++) {
      const k = (newest - back + MEMORY) % MEMORY;
      const share = inverses[k]! * dot(steps[k]!, direction);
      shares[k] = share;
      addScaled(direction, changes[k]!, -share);
    }
    const scale = kept === 0 ? 1 : 1 / (inverses[newest]! * dotOver(changes[newest]!, curvature));
    for (let i = 0; i < size; i++) {
      direction[i] = (scale * direction[i]!) / curvature[i]!;
    }
    for (let back = kept - 1; back >= 0; back--) {
      const k = (newest - back + MEMORY) % MEMORY;
      addScaled(direction, steps[k]!, shares[k]! - inverses[k]! * dot(changes[k]!, direction));
    }
  };

  for (let iteration = 0; iteration < iterations; iteration++) {
    onIteration?.();
    findDirection();
    let slope = dot(gradient, direction);
    if (!(slope > 0)) {
      if (kept === 0) {
        return value;
      }
      kept = 0;
      findDirection();
      slope = dot(gradient, direction);
    }
    const reach = largestStep / largest(direction);
    let step = kept === 0 ? reach : Math.min(1, reach);
    let next = value;
    let isLower = false;
    for (let attempt = 0; attempt < MOST_TRIALS && !isLower; attempt++) {
      for (let i = 0; i < size; i++) {
        trial[i] = point[i]! - step * direction[i]!;
      }
      next = objective(trial, trialGradient);
      isLower = next <= value - SUFFICIENT * step * slope;
      if (!isLower) {
        // Where the parabola through both values and the slope is lowest.
        const lowest = (0.5 * step * step * slope) / (next - value + step * slope);
        step = lowest > 0.1 * step ? Math.min(lowest, 0.5 * step) : 0.1 * step;
      }
    }
    if (!isLower) {
      if (kept === 0) {
        return value;
      }
      kept = 0;
      continue;
    }
    const slot = (newest + 1) % MEMORY;
    const [moved, changed] = [steps[slot]!, changes[slot]!];
    for (let i = 0; i < size; i++) {
      moved[i] = trial[i]! - point[i]!;
      changed[i] = trialGradient[i]! - gradient[i]!;
    }
    const along = dot(moved, changed);
    if (along > 1e-12 * Math.sqrt(dot(moved, moved) * dot(changed, changed))) {
      newest = slot;
      inverses[slot] = 1 / along;
      kept = Math.min(MEMORY, kept + 1);
    }
    point.set(trial);
    [gradient, trialGradient] = [trialGradient, gradient];
    stalled = value - next < tolerance * (start - next) ? stalled + 1 : 0;
    value = next;
    if (stalled === 2) {
      return value;
    }
  }
  return value;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
  }
  return sum;
}

/** Sum of squares of `a`, each over `by`. */
function dotOver(a: Float64Array, by: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (a[i]! * a[i]!) / by[i]!;
  }
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) {
    target[i]! += factor * source[i]!;
  }
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > most) {
      most = size;
    }
  }
  return most;
}
