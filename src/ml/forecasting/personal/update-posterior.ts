import { noiseShape } from './effect-statistics.ts';
import type { Administration } from './exposure.ts';
import type { FeatureColumn, IntervalInputs } from './feature-columns.ts';
import {
  changeBetween,
  openNext,
  passTime,
  startsInterval,
  type TimeWalk,
  timeWalk,
  valueAfter,
} from './open-intervals.ts';
import {
  type CheckedVisit,
  checkSeries,
  checkTreatments,
  checkVisit,
  type PatientSeries,
  type SeriesVisit,
} from './patient-series.ts';
import {
  type CompiledModel,
  compileModel,
  copyPosterior,
  levelOf,
  type PersonalPosterior,
  startPosterior,
} from './personal-posterior.ts';
import type { PopulationModel } from './population-model.ts';
import { DomainError } from '../../../errors.ts';

export interface PosteriorUpdate {
  readonly posterior: PersonalPosterior;
  /** What was left out, one sentence each. */
  readonly caveats: readonly string[];
}

/**
 * Adds one later visit: an exact Bayesian step where values are measured without error, else one of a Gaussian-sum extended
 * Kalman filter over levels and effects (Alspach and Sorenson, IEEE TAC 17(4), 1972). Does not change its input.
 * @param treatments everything given from the last visit to this one; earlier and later administrations may be among them and
 *   do not matter. Before the first visit: everything that may still act.
 * @throws {DomainError} INVALID_INPUT for a visit that is not later than the last one (rebuild with `posteriorOf`), and as
 *   `checkSeries`.
 */
export function updatePosterior(
  model: PopulationModel,
  posterior: PersonalPosterior,
  visit: SeriesVisit,
  treatments: PatientSeries['treatments'],
): PosteriorUpdate {
  if (!(visit.day > posterior.open.day)) {
    throw new DomainError(
      'INVALID_INPUT',
      `A visit on day ${visit.day} is not later than the last one, on day ${posterior.open.day}; the posterior must be rebuilt from the whole timeline.`,
      { field: 'visit.day' },
    );
  }
  const caveats = new Set<string>();
  const checked = checkVisit(model.spec, visit, () => 'visit', caveats);
  const given: readonly (readonly Administration[])[] = checkTreatments(model.spec, treatments);
  const updated = copyPosterior(posterior);
  observeVisit(compileModel(model), updated, checked, timeWalk(model.spec, model.halfLivesDays, given));
  return { posterior: updated, caveats: [...caveats] };
}

/**
 * The posterior after a whole series: the same bytes as after its visits one by one.
 * @throws {DomainError} as `checkSeries`.
 */
export function posteriorOf(model: PopulationModel, series: PatientSeries): PosteriorUpdate {
  const { visits, treatments, caveats } = checkSeries(model.spec, series);
  const posterior = startPosterior(model, series.statics);
  const compiled = compileModel(model);
  const walk = timeWalk(model.spec, model.halfLivesDays, treatments);
  for (const visit of visits) observeVisit(compiled, posterior, visit, walk);
  return { posterior, caveats };
}

/** Told of every change and component: how far off it is, the standard deviation of that, and the component's weight before. */
export type OnSurprise = (variable: number, surprise: number, sd: number, weight: number) => void;

/**
 * From here on (in standard deviations) a change of a variable with heavy tails counts in proportion to its distance instead of its square: its
 * noise is taken for larger than usual (Huber, Ann. Math. Stat. 35, 1964; in the filter Masreliez and Martin, IEEE TAC
 * 22, 1977).
 */
const HUBER_SDS = 1.5;

/**
 * Lets time pass to a visit and learns from what was measured there. Changes the posterior that it is given. Of a variable with
 * heavy tails a change that is far off moves what is believed of the patient no more than one of 1.5 standard deviations.
 * @returns natural logarithm of the density of what was measured before it was, up to a constant of the data: of the value of a
 * relative or absolute change, of the logarithm of the value of a logarithmic one.
 */
export function observeVisit(
  compiled: CompiledModel,
  posterior: PersonalPosterior,
  visit: CheckedVisit,
  walk: TimeWalk,
  onSurprise?: OnSurprise,
): number {
  const { model } = compiled;
  const { spec } = model;
  const { open } = posterior;
  passTime(open, walk, visit.day);
  let [isMeasured, evidence] = [false, 0];
  const measured = spec.variables.map((_, v) => {
    const value = visit.values[v]!;
    if (Number.isNaN(value)) return NaN;
    isMeasured = true;
    const sd = Number.isNaN(visit.sds[v]!) ? model.measurementSds[v]! : visit.sds[v]!;
    const inputs = open.since[v]?.inputs;
    if (inputs === undefined || Number.isNaN(changeBetween(spec.variables[v]!, inputs.values[v]!, value))) {
      restartLevel(compiled, posterior, v, value, sd);
    } else {
      evidence += observeChange(compiled, posterior, v, value, sd, inputs, onSurprise);
    }
    return value;
  });
  if (isMeasured) posterior.visits += 1;
  const levels = Float64Array.from(measured, (value, v) => (Number.isNaN(value) ? NaN : levelOf(posterior, v)));
  openNext(open, spec, visit, levels, posterior.statics);
  return evidence;
}

/** The level is what was measured: nothing before it says more. */
function restartLevel(
  { model, layout }: CompiledModel,
  posterior: PersonalPosterior,
  v: number,
  value: number,
  sd: number,
): void {
  const { variables } = model.spec;
  const n = layout.effects + variables.length;
  const row = layout.effects + v;
  const hasError = startsInterval(variables[v]!, value);
  for (let k = 0; k < model.prior.components; k += 1) {
    posterior.levels[k * variables.length + v] = value;
    for (let j = 0; j < n; j += 1) {
      posterior.covariances[(k * n + row) * n + j] = 0;
      posterior.covariances[(k * n + j) * n + row] = 0;
    }
    if (hasError) posterior.covariances[(k * n + row) * n + row] = sd * sd;
  }
}

function observeChange(
  { model, columns, layout }: CompiledModel,
  posterior: PersonalPosterior,
  v: number,
  value: number,
  sd: number,
  inputs: IntervalInputs,
  onSurprise: OnSurprise | undefined,
): number {
  const { spec, prior } = model;
  const variable = spec.variables[v]!;
  const variables = spec.variables.length;
  const { effects } = layout;
  const { first, size } = layout.blocks[v]!;
  const n = effects + variables;
  const own = columns[v]!;
  const { means, covariances, levels, logWeights } = posterior;
  const days = inputs.duration * spec.timeUnitDays;
  const noise = prior.noiseVariances[v]! * noiseShape(days, model.referenceDays[v]!, model.measurementShares[v]!);
  const features = new Float64Array(size);
  const carried = new Float64Array(n);
  const isRelative = variable.change === 'relative';
  for (let k = 0; k < prior.components; k += 1) {
    const p = k * n * n;
    const state = effects + v;
    const level = levels[k * variables + v]!;
    inputs.values[v] = level;
    let change = 0;
    for (let a = 0; a < size; a += 1) {
      features[a] = own[a]!.value(inputs);
      change += means[k * effects + first + a]! * features[a]!;
    }
    const hasError = covariances[p + state * n + state]! > 0;
    const persistence =
      (isRelative ? 1 + change : 1) +
      (hasError ? stateSlope(model, own, inputs, v, means.subarray(k * effects + first), change) : 0);
    let variance = noise;
    for (let j = 0; j < n; j += 1) {
      let sum = persistence * covariances[p + j * n + state]!;
      for (let a = 0; a < size; a += 1) sum += covariances[p + j * n + first + a]! * features[a]!;
      carried[j] = sum;
    }
    for (let a = 0; a < size; a += 1) variance += features[a]! * carried[first + a]!;
    variance += persistence * carried[state]!;
    const observed = changeBetween(variable, level, value);
    const ratio = isRelative ? Math.max(1 + change, 0) : 1;
    // What is measured as nothing is nothing: an error in proportion to it is none.
    let error = isRelative && value <= variable.floor ? 0 : sd * sd * ratio * ratio;
    let total = variance + error;
    const surprise = observed - change;
    const usual = Math.sqrt(total);
    const sds = Math.abs(surprise) / usual;
    onSurprise?.(v, surprise, usual, Math.exp(logWeights[k]!));
    const isFar = model.hasHeavyTails[v]! && sds > HUBER_SDS && noise + error > 0;
    const distance = isFar ? HUBER_SDS * (2 * sds - HUBER_SDS) : (surprise * surprise) / total;
    // Relative to the level a density of the change is; levels differ where they are estimates.
    logWeights[k]! -= (Math.log(2 * Math.PI * total) + distance) / 2 + (isRelative ? Math.log(level) : 0);
    if (isFar) {
      // What is believed is as unsure as before; all that is added is noise.
      const larger = 1 + (total * (sds / HUBER_SDS - 1)) / (noise + error);
      variance += (larger - 1) * noise;
      error *= larger;
      total = variance + error;
    }
    const gain = surprise / total;
    for (let a = 0; a < effects; a += 1) means[k * effects + a]! += carried[a]! * gain;
    for (let w = 0; w < variables; w += 1) {
      const shift = carried[effects + w]! * gain;
      if (w !== v && shift !== 0) {
        levels[k * variables + w] = valueAfter(spec.variables[w]!, levels[k * variables + w]!, shift);
      }
    }
    const estimate = error === 0 ? value : valueAfter(variable, level, change + variance * gain);
    const updated = isRelative && error > 0 ? Math.max(estimate, variable.floor) : estimate;
    levels[k * variables + v] = updated;
    for (let i = 0; i < n; i += 1) {
      if (i === state) continue;
      for (let j = 0; j <= i; j += 1) {
        if (j === state) continue;
        const reduced = covariances[p + i * n + j]! - (carried[i]! * carried[j]!) / total;
        covariances[p + i * n + j] = reduced;
        covariances[p + j * n + i] = reduced;
      }
    }
    const scale = isRelative && updated !== 0 ? level / updated : 1;
    for (let j = 0; j < n; j += 1) {
      const cross = j === state ? 0 : (carried[j]! * error * scale) / total;
      covariances[p + j * n + state] = cross;
      covariances[p + state * n + j] = cross;
    }
    covariances[p + state * n + state] = (variance * error * scale * scale) / total;
  }
  return normalise(logWeights);
}

const SLOPE_STEP = 1e-4;

/**
 * How the expected change of a variable depends on the error of the level of variable w, by a difference quotient.
 * @param own columns of the variable. @param effects of those columns. @param change that they make of `inputs`.
 */
export function stateSlope(
  { spec }: PopulationModel,
  own: readonly FeatureColumn[],
  inputs: IntervalInputs,
  w: number,
  effects: Float64Array,
  change: number,
): number {
  if (!own.some(({ dependsOnState }) => dependsOnState)) return 0;
  const level = inputs.values[w]!;
  inputs.values[w] = valueAfter(spec.variables[w]!, level, SLOPE_STEP);
  let shifted = 0;
  for (let a = 0; a < own.length; a += 1) shifted += effects[a]! * own[a]!.value(inputs);
  inputs.values[w] = level;
  return (shifted - change) / SLOPE_STEP;
}

/** @returns logarithm of their sum before. */
function normalise(logWeights: Float64Array): number {
  let highest = -Infinity;
  for (const log of logWeights) highest = Math.max(highest, log);
  let sum = 0;
  for (const log of logWeights) sum += Math.exp(log - highest);
  const total = highest + Math.log(sum);
  for (let k = 0; k < logWeights.length; k += 1) logWeights[k]! -= total;
  return total;
}
