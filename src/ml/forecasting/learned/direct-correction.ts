import type { CheckedSeries } from '../personal/patient-series.ts';
import type { CompiledModel, PersonalPosterior } from '../personal/personal-posterior.ts';
import type { PersonalSpec, VariableSpec } from '../personal/personal-spec.ts';
import { mixtureCentre, type PredictiveMixture } from '../personal/predictive-mixture.ts';
import { rollOut } from '../personal/roll-out.ts';
import { type BoostedTrees, boostedValue } from './gradient-boosting.ts';
import { type KnownLevels, laggedValues, laggedWidth } from './lagged-values.ts';
import { type LaggedRidge, ridgeValue } from './lagged-ridge.ts';

/**
 * How forecasts of one variable are corrected: the change of the personal model, as it is without further treatment, gives way in part
 * to that of a ridge and of boosted trees on lagged values. Shares are 0 or more and sum to 1 at most.
 */
export interface VariableCorrection {
  readonly ridge: LaggedRidge;
  readonly ridgeShare: number;
  readonly trees: BoostedTrees | null;
  readonly treesShare: number;
  /** No correction goes further than the largest change that was learned from. */
  readonly most: number;
  /** Factor on the spread of what is forecast: errors of corrected forecasts are others than those that the personal model expects. */
  readonly spread: number;
}

/** By variable in the order of the declaration; null for one that is left as it is. */
export type DirectCorrection = readonly (VariableCorrection | null)[];

const DAYS_PER_YEAR = 365.25;
const LEAST_LEVEL = 1e-12;

/** On the scale that changes are counted on: its logarithm, or the value where changes are absolute. */
export const levelOn = ({ change, floor }: VariableSpec, value: number): number =>
  change === 'absolute' ? value : Math.log(Math.max(value, floor, LEAST_LEVEL));

/** The change that a distribution tells from a value on, on that scale. */
export const forecastChange = (variable: VariableSpec, distribution: PredictiveMixture, last: number): number =>
  levelOn(variable, mixtureCentre(distribution)) - levelOn(variable, last);

/** A value moved by so much on the scale of changes, within what is plausible. */
export function movedValue({ change, plausible: [low, high] }: VariableSpec, value: number, shift: number): number {
  if (shift === 0) return value;
  return Math.min(Math.max(change === 'absolute' ? value + shift : value * Math.exp(shift), low), high);
}

/** A distribution moved by so much on the scale of changes, with so many times its spread. */
export function shifted(
  variable: VariableSpec,
  distribution: PredictiveMixture,
  shift: number,
  spread = 1,
): PredictiveMixture {
  if (shift === 0 && spread === 1) return distribution;
  const { isLogarithm, means, sds } = distribution;
  if (isLogarithm || variable.change === 'absolute') {
    return { ...distribution, means: means.map((mean) => mean + shift), sds: sds.map((sd) => sd * spread) };
  }
  const factor = Math.exp(shift);
  return { ...distribution, means: means.map((mean) => mean * factor), sds: sds.map((sd) => sd * factor * spread) };
}

/**
 * What a correction looks at: horizon in years, lagged values, and the change that the personal model foresees without further treatment.
 */
export const correctionInputs = (horizonDays: number, lagged: readonly number[], reference: number): Float64Array =>
  Float64Array.of(horizonDays / DAYS_PER_YEAR, ...lagged, reference);

/** How many numbers those are. */
export const correctionColumns = ({ variables, statics, treatments }: PersonalSpec): number =>
  2 + laggedWidth(variables.length, statics.length, treatments.length);

/** By how much a forecast moves, on the scale of changes. */
export function correctionShift(
  { ridge, ridgeShare, trees, treesShare, most }: VariableCorrection,
  inputs: Float64Array,
): number {
  const reference = inputs[inputs.length - 1]!;
  const shift =
    (ridgeShare > 0 ? ridgeShare * (ridgeValue(ridge, inputs) - reference) : 0) +
    (treesShare > 0 && trees !== null ? treesShare * (boostedValue(trees, inputs) - reference) : 0);
  return Math.max(-most, Math.min(most, shift));
}

/** Lagged values of a series up to one of its visits. */
export function laggedValuesAt(
  variables: readonly VariableSpec[],
  { visits, statics, treatments }: CheckedSeries,
  origin: number,
): number[] {
  const past = visits.slice(0, origin + 1);
  return laggedValues({
    originDay: past[origin]!.day,
    firstDay: past[0]!.day,
    visits: past.length,
    known: variables.map((variable, v): KnownLevels => {
      const own = past.filter(({ values }) => !Number.isNaN(values[v]!));
      return { days: own.map(({ day }) => day), levels: own.map(({ values }) => levelOn(variable, values[v]!)) };
    }),
    statics,
    treatments,
  });
}

/**
 * By how much a patient's forecasts move at each horizon, by variable; 0 where nothing is corrected or was ever measured. It depends on the
 * past and the horizon alone, never on a plan, so that plans differ by what the personal model says of them.
 * @param series up to the posterior's last visit. @param horizonsDays from there, ascending, above 0.
 */
export function correctionShifts(
  compiled: CompiledModel,
  correction: DirectCorrection,
  posterior: PersonalPosterior,
  series: CheckedSeries,
  horizonsDays: readonly number[],
): readonly (readonly number[])[] {
  const { variables, treatments } = compiled.model.spec;
  const origin = series.visits.length - 1;
  if (origin < 0 || correction.every((own) => own === null)) return horizonsDays.map(() => variables.map(() => 0));
  const untreated = rollOut(compiled, posterior, { horizonsDays, treatments: treatments.map(() => []) }).predictive;
  const lagged = laggedValuesAt(variables, series, origin);
  return horizonsDays.map((days, h) =>
    variables.map((variable, v) => {
      const [own, distribution] = [correction[v] ?? null, untreated[h]![v]!];
      const last = series.visits.findLast(({ values }) => !Number.isNaN(values[v]!))?.values[v];
      if (own === null || distribution === null || last === undefined) return 0;
      return correctionShift(own, correctionInputs(days, lagged, forecastChange(variable, distribution, last)));
    }),
  );
}

/** Free numbers of a correction: weights of ridges, values and thresholds of trees, shares. */
export const correctionNumbers = (correction: DirectCorrection): number =>
  correction.reduce((sum, own) => {
    if (own === null) return sum;
    const trees = own.trees?.trees.reduce((nodes, tree) => nodes + tree.nodes.length, 0) ?? 0;
    return sum + (own.ridgeShare > 0 ? own.ridge.weights.length : 0) + trees + 2;
  }, 0);
