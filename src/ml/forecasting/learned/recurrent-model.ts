import { addExposure, type Administration } from '../personal/exposure.ts';
import { EXPOSURES_PER_TREATMENT } from '../personal/feature-columns.ts';
import { startsInterval, valueAfter } from '../personal/open-intervals.ts';
import { checkSeries, checkTreatments, type PatientSeries, staticDesign } from '../personal/patient-series.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import type { PredictiveMixture } from '../personal/predictive-mixture.ts';
import {
  intervalWidth,
  type LevelState,
  levelsAfter,
  nothingKnown,
  type RecurrentScaling,
  visitWidth,
  writeIntervalRow,
  writeVisitRow,
} from './recurrent-rows.ts';

/** A trained gated recurrent unit: everything that its answers are computed from. Immutable. */
export interface RecurrentModel {
  readonly spec: PersonalSpec;
  readonly scaling: RecurrentScaling;
  readonly hidden: number;
  /** Matrices [from, to] row-major and biases, as `recurrentParameters` names them. */
  readonly weights: Readonly<Record<string, Float64Array>>;
  readonly halfLivesDays: readonly number[];
  /** Mean static offsets, for a patient whose statics are unknown. */
  readonly averageDesign: Float64Array;
  readonly numbers: number;
}

/** What a network remembers of a patient after a visit. */
export interface RecurrentState {
  readonly memory: Float64Array;
  readonly known: LevelState;
  readonly day: number;
  /** Amount still to act, by treatment. */
  readonly pools: Float64Array;
  readonly visitRow: Float64Array;
  readonly design: Float64Array;
}

/** Dose and carry-over by treatment over an interval, in units, and the pools at its end. */
export interface IntervalExposure {
  readonly amounts: Float64Array;
  readonly pools: Float64Array;
}

/** A forecast change of each variable, as its declaration counts changes. */
export interface ForecastChange {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

/** States of a patient after each visit. @throws {DomainError} as `checkSeries`. */
export function recurrentStates(model: RecurrentModel, series: PatientSeries): RecurrentState[] {
  const { spec, averageDesign } = model;
  const { visits, treatments, statics } = checkSeries(spec, series);
  const design = staticDesign(spec.statics, statics, averageDesign);
  const states: RecurrentState[] = [];
  let state: RecurrentState = {
    memory: new Float64Array(model.hidden),
    known: nothingKnown(spec),
    day: -Infinity,
    pools: new Float64Array(spec.treatments.length),
    visitRow: new Float64Array(visitWidth(spec, design.length)),
    design,
  };
  for (const { day, values } of visits) {
    const exposure = exposureBetween(model, state, treatments, day);
    // What was given before the first visit acts on, but belongs to no interval.
    if (states.length === 0) exposure.amounts.fill(0);
    state = advanceState(model, state, values, day, exposure);
    states.push(state);
  }
  return states;
}

/** @param treatments in order. */
export function exposureBetween(
  { spec, halfLivesDays }: RecurrentModel,
  { day, pools }: Pick<RecurrentState, 'day' | 'pools'>,
  treatments: readonly (readonly Administration[])[],
  toDay: number,
): IntervalExposure {
  const sums = new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length);
  const left = pools.map((pool, t) =>
    addExposure(sums, t, treatments[t]!, {
      pool,
      fromDay: day,
      toDay,
      halfLifeDays: halfLivesDays[t]!,
      unit: spec.treatments[t]!.unit,
    }),
  );
  const amounts = Float64Array.from(
    { length: 2 * left.length },
    (_, e) => sums[EXPOSURES_PER_TREATMENT * (e >> 1) + 2 * (e & 1)]!,
  );
  return { amounts, pools: left };
}

/** What is remembered after a visit with these values, NaN where nothing was measured. */
export function advanceState(
  model: RecurrentModel,
  state: RecurrentState,
  values: Float64Array,
  day: number,
  exposure: IntervalExposure,
): RecurrentState {
  const { spec, scaling, hidden, weights } = model;
  const known = levelsAfter(state.known, values, day);
  const row = new Float64Array(state.visitRow.length);
  writeVisitRow(row, spec, scaling, {
    before: state.known,
    after: known,
    measured: values,
    exposures: exposure.amounts,
    days: state.day === -Infinity ? 0 : day - state.day,
    design: state.design,
  });
  const gates = affine(weights, 'gates.visit', row, 2 * hidden);
  addProduct(gates, weights['gates.state']!, state.memory);
  const candidate = affine(weights, 'candidate.visit', row, hidden);
  const past = affine(weights, 'candidate.state', state.memory, hidden);
  const memory = new Float64Array(hidden);
  for (let h = 0; h < hidden; h += 1) {
    const fresh = Math.tanh(candidate[h]! + sigmoid(gates[h]!) * past[h]!);
    memory[h] = fresh + sigmoid(gates[hidden + h]!) * (state.memory[h]! - fresh);
  }
  return { memory, known, day, pools: exposure.pools, visitRow: row, design: state.design };
}

/** The change of every variable from its last level to `toDay`. */
export function forecastChange(
  { spec, scaling, hidden, weights }: RecurrentModel,
  { memory, known, day, visitRow }: RecurrentState,
  toDay: number,
  exposure: IntervalExposure,
): ForecastChange {
  const days = toDay - day;
  const ahead = new Float64Array(intervalWidth(spec));
  writeIntervalRow(ahead, spec, scaling, { known, day, exposures: exposure.amounts, days });
  const made = affine(weights, 'head.hidden', [memory, visitRow, ahead], hidden).map(Math.tanh);
  const variables = spec.variables.length;
  const length = days / scaling.referenceDays;
  return {
    mean: affine(weights, 'head.change', made, variables).map((change, v) => change * length * scaling.changes[v]!),
    sd: affine(weights, 'head.spread', made, variables).map((log, v) => Math.exp(log) * scaling.changes[v]!),
  };
}

/** Distributions of the values on a day after a state's, the interval taken as one. */
export function recurrentNext(
  model: RecurrentModel,
  state: RecurrentState,
  toDay: number,
  exposure: IntervalExposure,
): (PredictiveMixture | null)[] {
  const { mean, sd } = forecastChange(model, state, toDay, exposure);
  return distributions(model.spec, state.known.values, mean, sd);
}

/**
 * Predictive distributions by horizon, then variable, of a patient after the whole series; null for a variable that was never
 * measured. A relative change is followed step by step of about the interval of reference, feeding forecasts back; others are
 * forecast over the whole horizon at once, as they were trained.
 * @param horizonsDays after the last visit, ascending, above 0. @param treatments planned, by treatment.
 */
export function forecastRecurrent(
  model: RecurrentModel,
  series: PatientSeries,
  horizonsDays: readonly number[],
  treatments: PatientSeries['treatments'],
): (PredictiveMixture | null)[][] {
  const { spec, scaling } = model;
  const planned = checkTreatments(spec, treatments);
  const last = recurrentStates(model, series).at(-1);
  if (last === undefined) return horizonsDays.map(() => spec.variables.map(() => null));
  const isStepwise = spec.variables.some(({ change }) => change === 'relative');
  let state = last;
  let variances = new Float64Array(spec.variables.length);
  return horizonsDays.map((horizon) => {
    const target = last.day + horizon;
    if (!isStepwise) {
      return recurrentNext(model, last, target, exposureBetween(model, last, planned, target));
    }
    const from = state.day;
    const steps = Math.max(1, Math.round((target - from) / scaling.referenceDays));
    for (let step = 1; step <= steps; step += 1) {
      const toDay = from + ((target - from) * step) / steps;
      const exposure = exposureBetween(model, state, planned, toDay);
      const { mean, sd } = forecastChange(model, state, toDay, exposure);
      const before = state.known.values;
      variances = variances.map((variance, v) => {
        const { change, scale } = spec.variables[v]!;
        const unit = change === 'relative' ? before[v]! : change === 'absolute' ? scale : 1;
        const persistence = change === 'relative' ? 1 + mean[v]! : 1;
        return variance * persistence * persistence + (unit * sd[v]!) ** 2;
      });
      state = advanceState(model, state, valuesAfter(spec, before, mean), toDay, exposure);
    }
    return distributions(
      spec,
      state.known.values,
      new Float64Array(spec.variables.length),
      variances.map(Math.sqrt),
      true,
    );
  });
}

/** Levels after a forecast change, within what is plausible. */
const valuesAfter = ({ variables }: PersonalSpec, levels: Float64Array, change: Float64Array): Float64Array =>
  levels.map((level, v) => {
    const variable = variables[v]!;
    if (Number.isNaN(level) || !startsInterval(variable, level)) return level;
    const [low, high] = variable.plausible;
    return Math.min(Math.max(valueAfter(variable, level, change[v]!), low), high);
  });

/** @param isInUnits deviations are in the unit of the value, or of its logarithm, rather than of a change. */
const distributions = (
  { variables }: PersonalSpec,
  levels: Float64Array,
  mean: Float64Array,
  sd: Float64Array,
  isInUnits = false,
): (PredictiveMixture | null)[] =>
  variables.map((variable, v) => {
    const level = levels[v]!;
    if (Number.isNaN(level)) return null;
    const isLogarithm = variable.change === 'log' && level > variable.floor;
    const value = valueAfter(variable, level, mean[v]!);
    const unit = isInUnits || isLogarithm ? 1 : variable.change === 'relative' ? level : variable.scale;
    return {
      isLogarithm,
      weights: Float64Array.of(1),
      means: Float64Array.of(isLogarithm ? Math.log(value) : value),
      sds: Float64Array.of(unit * sd[v]!),
    };
  });

/** Weights and bias of a layer on one row, or on several one after the other. */
function affine(
  weights: RecurrentModel['weights'],
  name: string,
  input: Float64Array | readonly Float64Array[],
  width: number,
): Float64Array {
  const sums = weights[`${name}.bias`]!.slice();
  const matrix = weights[`${name}.weights`]!;
  let from = 0;
  for (const part of input instanceof Float64Array ? [input] : input) {
    addProduct(sums, matrix.subarray(from * width), part);
    from += part.length;
  }
  return sums;
}

function addProduct(sums: Float64Array, matrix: Float64Array, input: Float64Array): void {
  const width = sums.length;
  for (let i = 0; i < input.length; i += 1) {
    const value = input[i]!;
    if (value === 0) continue;
    for (let to = 0, at = i * width; to < width; to += 1, at += 1) sums[to]! += value * matrix[at]!;
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
