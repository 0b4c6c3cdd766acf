import { noiseShape } from './effect-statistics.ts';
import { addExposure, type Administration } from './exposure.ts';
import { EXPOSURES_PER_TREATMENT, type IntervalInputs } from './feature-columns.ts';
import { inputCoordinates } from './input-coordinates.ts';
import { LevelNoise } from './level-noise.ts';
import { startsInterval, valueAfter } from './open-intervals.ts';
import type { CompiledModel, PersonalPosterior } from './personal-posterior.ts';
import type { PredictiveMixture } from './predictive-mixture.ts';
import { rolledDistribution } from './rolled-distribution.ts';
import { type SigmaPoints, sigmaPoints } from './sigma-points.ts';
import { stateSlope } from './update-posterior.ts';

/** Where the values of a patient go under a plan. */
export interface Rollout {
  readonly days: readonly number[];
  readonly variables: number;
  /** Sigma points: probability of each, and every variable's value: [days, points, variables]. */
  readonly pointWeights: Float64Array;
  readonly points: Float64Array;
  /**
   * Predictive distribution by day and variable, of what would be measured; null where there is nothing to start from. Empty where
   * it was not asked for.
   */
  readonly predictive: readonly (readonly (PredictiveMixture | null)[])[];
}

export interface RolloutOptions {
  /** Days after the posterior's last day, ascending, each above 0. */
  readonly horizonsDays: readonly number[];
  /** Planned from the posterior's last day on, by treatment, in order. */
  readonly treatments: readonly (readonly Administration[])[];
  /** True: the points alone, without noise and distributions; half as fast again. */
  readonly isPointsOnly?: boolean;
}

/**
 * Rolls the sigma points of a posterior forward step by step, so that the curvature of repeated effects is kept; a step is
 * about as long as the model's intervals. Between steps values stay plausible. Beside the points, the noise of the process is
 * carried along each component's mean, and the error of the measurement added at each asked day.
 * @param sigma of the same posterior, where several plans start from it.
 */
export function rollOut(
  compiled: CompiledModel,
  posterior: PersonalPosterior,
  options: RolloutOptions,
  sigma: SigmaPoints = sigmaPoints(compiled, posterior),
): Rollout {
  const { model, columns, layout } = compiled;
  const { spec, prior } = model;
  const variables = spec.variables.length;
  const { components } = prior;
  const { perComponent } = sigma;
  // After the points of the components, one per component at its mean, which carries the noise.
  const sampled = components * perComponent;
  const total = options.isPointsOnly === true ? sampled : sampled + components;
  const { effects } = sigma;
  const levels = sigma.levels.slice(0, total * variables);
  const noise = new LevelNoise(components, variables);
  const { open } = posterior;
  const inputs: IntervalInputs = {
    values: new Float64Array(variables),
    statics: posterior.statics,
    day: open.day,
    duration: 0,
    exposures: new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length),
  };
  const next = new Float64Array(variables);
  const fixed = columns.map((own) => new Float64Array(own.length));
  const { varying, coupled, isRelative, lows, highs, mostNoise } = constantsOf(compiled);

  /** Change of a variable of a point from the values in `at`; 0 where nothing can change. */
  const changeOf = (v: number, point: number, at: IntervalInputs): number => {
    const { first, size } = layout.blocks[v]!;
    const own = columns[v]!;
    const features = fixed[v]!;
    for (const a of varying[v]!) features[a] = own[a]!.value(at);
    const from = point * layout.effects + first;
    let change = 0;
    for (let a = 0; a < size; a += 1) change += effects[from + a]! * features[a]!;
    return change;
  };
  const tellNoise = (v: number, k: number, at: IntervalInputs, change: number): void => {
    const mean = effects.subarray((sampled + k) * layout.effects + layout.blocks[v]!.first);
    const days = at.duration * spec.timeUnitDays;
    const process = prior.noiseVariances[v]! * noiseShape(days, model.referenceDays[v]!, model.measurementShares[v]!);
    const unit = errorUnit(v, at.values[v]!);
    noise.add(v, unit * unit * process);
    noise.carry(v, v, (isRelative[v]! ? 1 + change : 1) + stateSlope(model, columns[v]!, at, v, mean, change));
    for (const w of coupled[v]!) {
      const level = at.values[w]!;
      if (Number.isNaN(level) || !startsInterval(spec.variables[w]!, level)) continue;
      noise.carry(v, w, (stateSlope(model, columns[v]!, at, w, mean, change) * unit) / errorUnit(w, level));
    }
  };
  /** What an error of 1, as changes count it, is worth in the unit that noise is carried in: the value's, or its logarithm's. */
  const errorUnit = (v: number, level: number): number =>
    isRelative[v]! ? level : spec.variables[v]!.change === 'absolute' ? spec.variables[v]!.scale : 1;
  /** Lets an interval pass for one variable of a point, from the values in `at`. */
  const advance = (v: number, point: number, at: IntervalInputs): number => {
    const level = at.values[v]!;
    const variable = spec.variables[v]!;
    if (Number.isNaN(level) || !startsInterval(variable, level)) return level;
    const change = changeOf(v, point, at);
    if (point >= sampled) tellNoise(v, point - sampled, at, change);
    return valueAfter(variable, level, change);
  };
  const fix = (v: number, at: IntervalInputs): void => {
    const own = columns[v]!;
    for (let a = 0; a < own.length; a += 1) if (!own[a]!.dependsOnState) fixed[v]![a] = own[a]!.value(at);
  };
  /** Lets one interval pass for all variables together. */
  const step = (): void => {
    for (let v = 0; v < variables; v += 1) fix(v, inputs);
    for (let point = 0; point < total; point += 1) {
      const at = point * variables;
      for (let v = 0; v < variables; v += 1) inputs.values[v] = levels[at + v]!;
      for (let v = 0; v < variables; v += 1) next[v] = advance(v, point, inputs);
      for (let v = 0; v < variables; v += 1) levels[at + v] = next[v]!;
      if (point >= sampled) noise.pass(point - sampled, mostNoise);
    }
  };
  /** Lets the interval of one variable pass that is open since before the last visit; the others' values are those of then. */
  const catchUp = (v: number, at: IntervalInputs): void => {
    fix(v, at);
    for (let point = 0; point < total; point += 1) {
      at.values[v] = levels[point * variables + v]!;
      levels[point * variables + v] = advance(v, point, at);
      if (point >= sampled) noise.pass(point - sampled, mostNoise);
    }
  };
  const keepPlausible = (): void => {
    for (let at = 0, v = 0; at < levels.length; at += 1, v = v + 1 === variables ? 0 : v + 1) {
      levels[at] = Math.min(Math.max(levels[at]!, lows[v]!), highs[v]!);
    }
  };

  // What was not measured on the last day has an interval behind it that is still open.
  open.since.forEach((interval, v) => {
    if (interval === null || !(interval.inputs.duration > 0)) return;
    catchUp(v, { ...interval.inputs, values: interval.inputs.values.slice() });
  });
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
    step();
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
    if (options.isPointsOnly === true) return;
    const of = { levels, perComponent, noise: noise.covariances, weights: sigma.componentWeights };
    predictive.push(spec.variables.map((_, v) => rolledDistribution(compiled, v, of)));
  });
  return { days: options.horizonsDays, variables, pointWeights: sigma.weights, points, predictive };
}

/** What every roll-out of a model needs. */
interface RolloutConstants {
  /** Columns of each variable that depend on levels. */
  readonly varying: readonly (readonly number[])[];
  /** Other variables whose levels each one's change depends on. */
  readonly coupled: readonly (readonly number[])[];
  readonly isRelative: readonly boolean[];
  /** Plausible ranges. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** An effect that feeds on itself would let the noise grow without end over years. */
  readonly mostNoise: Float64Array;
}

const constants = new WeakMap<CompiledModel['columns'], RolloutConstants>();

function constantsOf({ model, columns }: CompiledModel): RolloutConstants {
  const known = constants.get(columns);
  if (known !== undefined) return known;
  const { variables } = model.spec;
  const made = {
    varying: columns.map((own) => [...own.keys()].filter((column) => own[column]!.dependsOnState)),
    coupled: variables.map((_, v) => {
      const levels = inputCoordinates(model.spec, v).filter(({ kind }) => kind === 'level' || kind === 'log-level');
      return levels.map(({ key }) => variables.findIndex((one) => one.key === key)).filter((w) => w !== v);
    }),
    isRelative: variables.map(({ change }) => change === 'relative'),
    lows: Float64Array.from(variables, ({ plausible }) => plausible[0]),
    highs: Float64Array.from(variables, ({ plausible }) => plausible[1]),
    mostNoise: Float64Array.from(variables, ({ plausible: [low, high], change, floor }) =>
      change === 'log' ? Math.log(high / Math.max(low, floor)) ** 2 : (high - low) ** 2,
    ),
  };
  constants.set(columns, made);
  return made;
}
