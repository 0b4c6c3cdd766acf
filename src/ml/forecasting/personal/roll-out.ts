import { noiseShape } from './effect-statistics.ts';
import { addExposure, type Administration } from './exposure.ts';
import { EXPOSURES_PER_TREATMENT, type IntervalInputs } from './feature-columns.ts';
import { startsInterval, valueAfter } from './open-intervals.ts';
import { type CompiledModel, componentWeights, copyOpen, type PersonalPosterior } from './personal-posterior.ts';
import type { PredictiveMixture } from './predictive-mixture.ts';
import { sigmaPoints } from './sigma-points.ts';
import { stateSlope } from './update-posterior.ts';

/** Where the values of a patient go under a plan. */
export interface Rollout {
  readonly days: readonly number[];
  readonly variables: number;
  /** Sigma points: probability of each, and every variable's value: [days, points, variables]. */
  readonly pointWeights: Float64Array;
  readonly points: Float64Array;
  /** Predictive distribution by day and variable, of what would be measured; null where there is nothing to start from. */
  readonly predictive: readonly (readonly (PredictiveMixture | null)[])[];
}

export interface RolloutOptions {
  /** Days after the posterior's last day, ascending, each above 0. */
  readonly horizonsDays: readonly number[];
  /** Planned from the posterior's last day on, by treatment, in order. */
  readonly treatments: readonly (readonly Administration[])[];
}

/**
 * Rolls the sigma points of a posterior forward step by step, so that the curvature of repeated effects is kept; a step is
 * about as long as the model's intervals. Between steps values stay plausible. Beside the points, the noise of the process is
 * carried along each component's mean, and the error of the measurement added at each asked day.
 */
export function rollOut(compiled: CompiledModel, posterior: PersonalPosterior, options: RolloutOptions): Rollout {
  const { model, columns, layout } = compiled;
  const { spec, prior } = model;
  const variables = spec.variables.length;
  const { components } = prior;
  const sigma = sigmaPoints(compiled, posterior);
  const { perComponent } = sigma;
  // After the points of the components, one per component at its mean, which carries the noise.
  const sampled = components * perComponent;
  const total = sampled + components;
  const effects = concatenated(sigma.effects, posterior.means);
  const levels = concatenated(sigma.levels, posterior.levels);
  const noise = new Float64Array(components * variables);
  const weights = componentWeights(posterior);
  const open = copyOpen(posterior.open);
  const inputs: IntervalInputs = {
    values: new Float64Array(variables),
    statics: posterior.statics,
    day: open.day,
    duration: 0,
    exposures: new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length),
  };
  const next = new Float64Array(variables);
  const fixed = columns.map((own) => new Float64Array(own.length));
  const varying = columns.map((own) => [...own.keys()].filter((column) => own[column]!.dependsOnState));

  /** Lets one interval pass for some of the variables. */
  const step = (which: readonly number[], at: IntervalInputs, startOf: ((v: number) => void) | null): void => {
    for (const v of which) {
      columns[v]!.forEach((column, a) => {
        if (!column.dependsOnState) fixed[v]![a] = column.value(at);
      });
    }
    for (let point = 0; point < total; point += 1) {
      for (let w = 0; w < variables; w += 1) {
        if (startOf === null || which.includes(w)) at.values[w] = levels[point * variables + w]!;
      }
      for (const v of which) {
        const level = at.values[v]!;
        const variable = spec.variables[v]!;
        if (Number.isNaN(level) || !startsInterval(variable, level)) {
          next[v] = level;
          continue;
        }
        const { first, size } = layout.blocks[v]!;
        const own = columns[v]!;
        const features = fixed[v]!;
        for (const a of varying[v]!) features[a] = own[a]!.value(at);
        let change = 0;
        for (let a = 0; a < size; a += 1) change += effects[point * layout.effects + first + a]! * features[a]!;
        if (point >= sampled) {
          const k = point - sampled;
          const mean = effects.subarray(point * layout.effects + first);
          const slope = stateSlope(model, own, at, v, mean, change);
          const days = at.duration * spec.timeUnitDays;
          const process =
            prior.noiseVariances[v]! * noiseShape(days, model.referenceDays[v]!, model.measurementShares[v]!);
          const isRelative = variable.change === 'relative';
          const persistence = (isRelative ? 1 + change : 1) + slope;
          const unit = isRelative ? level * level : variable.change === 'absolute' ? variable.scale ** 2 : 1;
          noise[k * variables + v] = noise[k * variables + v]! * persistence * persistence + unit * process;
        }
        next[v] = valueAfter(variable, level, change);
      }
      for (const v of which) levels[point * variables + v] = next[v]!;
    }
  };
  const keepPlausible = (): void => {
    for (let at = 0; at < levels.length; at += 1) {
      const [low, high] = spec.variables[at % variables]!.plausible;
      levels[at] = Math.min(Math.max(levels[at]!, low), high);
    }
  };

  // What was not measured on the last day has an interval behind it that is still open.
  open.since.forEach((interval, v) => {
    if (interval !== null && interval.inputs.duration > 0) step([v], interval.inputs, () => undefined);
  });
  const all = spec.variables.map((_, v) => v);
  const pools = open.pools.slice();
  const pass = (fromDay: number, toDay: number): void => {
    inputs.exposures.fill(0);
    inputs.day = fromDay;
    inputs.duration = (toDay - fromDay) / spec.timeUnitDays;
    for (let t = 0; t < pools.length; t += 1) {
      pools[t] = addExposure(inputs.exposures, t, options.treatments[t]!, {
        pool: pools[t]!,
        fromDay,
        toDay,
        halfLifeDays: model.halfLivesDays[t]!,
        unit: spec.treatments[t]!.unit,
      });
    }
    step(all, inputs, null);
  };

  const days = options.horizonsDays.length;
  const points = new Float64Array(days * sampled * variables);
  const predictive: (PredictiveMixture | null)[][] = [];
  let [now, isFirst] = [open.day, true];
  options.horizonsDays.forEach((horizon, d) => {
    const target = posterior.open.day + horizon;
    const start = now;
    const steps = Math.max(1, Math.round((target - start) / model.stepDays));
    for (let s = 1; s <= steps; s += 1) {
      if (!isFirst) keepPlausible();
      isFirst = false;
      const toDay = start + ((target - start) * s) / steps;
      pass(now, toDay);
      now = toDay;
    }
    points.set(levels.subarray(0, sampled * variables), d * sampled * variables);
    predictive.push(all.map((v) => predictiveOf(compiled, { v, levels, noise, weights, perComponent, variables })));
  });
  return {
    days: options.horizonsDays,
    variables,
    pointWeights: Float64Array.from(
      { length: sampled },
      (_, point) => weights[Math.floor(point / perComponent)]! / perComponent,
    ),
    points,
    predictive,
  };
}

const LEAST_SHARE = 1e-300;

function predictiveOf(
  { model }: CompiledModel,
  state: {
    readonly v: number;
    readonly levels: Float64Array;
    readonly noise: Float64Array;
    readonly weights: Float64Array;
    readonly perComponent: number;
    readonly variables: number;
  },
): PredictiveMixture | null {
  const { v, levels, noise, weights, perComponent, variables } = state;
  const { change, scale, floor } = model.spec.variables[v]!;
  const sd = model.measurementSds[v]!;
  if (Number.isNaN(levels[v]!)) return null;
  const components = weights.length;
  const means = new Float64Array(components);
  const sds = new Float64Array(components);
  const isLogarithm = change === 'log' && levels[v]! > floor;
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
    const error = change === 'relative' ? sd * means[k]! : change === 'absolute' ? sd * scale : sd;
    sds[k] = Math.sqrt(spread + noise[k * variables + v]! + error * error);
  }
  return { isLogarithm, weights, means, sds };
}

function concatenated(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
