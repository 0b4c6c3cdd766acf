import { changeBetween, startsInterval } from '../personal/open-intervals.ts';
import type { PersonalSpec, VariableSpec } from '../personal/personal-spec.ts';

/** How numbers are brought to order 1, by variable or treatment; learned from training patients. */
export interface RecurrentScaling {
  /** Of levels: logarithms where changes are relative. */
  readonly levels: readonly { readonly mean: number; readonly sd: number }[];
  /** Standard deviation of a change over an interval of reference. */
  readonly changes: readonly number[];
  /** Of amounts per unit of time that are given and that act. */
  readonly exposures: readonly { readonly dose: number; readonly carryOver: number }[];
  /** Days of an interval of reference. */
  readonly referenceDays: number;
}

/** What is known of a patient at a visit. */
export interface LevelState {
  /** Last known value by variable, NaN before the first, and the day of it. */
  readonly values: Float64Array;
  readonly days: Float64Array;
}

/** Numbers that the network is shown per visit, and per interval ahead. */
export const visitWidth = ({ variables, treatments }: PersonalSpec, offsets: number): number =>
  3 * variables.length + 1 + 2 * treatments.length + offsets;
/** See {@link visitWidth}. */
export const intervalWidth = ({ variables, treatments }: PersonalSpec): number =>
  1 + variables.length + 2 * treatments.length;

/** Places of the carry-over of each treatment in the two rows. */
export const carryOverPlaces = ({
  variables,
  treatments,
}: PersonalSpec): { readonly visit: number[]; readonly interval: number[] } => ({
  visit: treatments.map((_, t) => 3 * variables.length + 2 + 2 * t),
  interval: treatments.map((_, t) => 2 + variables.length + 2 * t),
});

const MOST_CHANGES = 4;

/** On the scale that the network sees. */
const scaledLevel = (
  { change, floor }: VariableSpec,
  value: number,
  { mean, sd }: { mean: number; sd: number },
): number => ((change === 'absolute' ? value : Math.log(Math.max(value, floor))) - mean) / sd;

/**
 * Writes what the network is shown at a visit: per variable the last level, its change since it was measured before (0 where it is not
 * measured now) and whether it is measured; the distance to the visit before; per treatment what was given and what acted
 * since then, per unit of time; static offsets.
 * @param before what was known before the visit, @param after with it. @param exposures dose and carry-over by treatment,
 *   [2 treatments], in the interval that ended; @param days its length, 0 at the first visit.
 */
export function writeVisitRow(
  row: Float64Array,
  spec: PersonalSpec,
  scaling: RecurrentScaling,
  {
    before,
    after,
    measured,
    exposures,
    days,
    design,
  }: {
    readonly before: LevelState;
    readonly after: LevelState;
    readonly measured: Float64Array;
    readonly exposures: Float64Array;
    readonly days: number;
    readonly design: Float64Array;
  },
): void {
  let at = 0;
  spec.variables.forEach((variable, v) => {
    const value = after.values[v]!;
    const isMeasured = !Number.isNaN(measured[v]!);
    const from = before.values[v]!;
    const change =
      isMeasured && !Number.isNaN(from) && startsInterval(variable, from) ? changeBetween(variable, from, value) : 0;
    row[at] = Number.isNaN(value) ? 0 : scaledLevel(variable, value, scaling.levels[v]!);
    row[at + 1] = Number.isNaN(change) ? 0 : clipped(change / scaling.changes[v]!);
    row[at + 2] = Number(isMeasured);
    at += 3;
  });
  row[at] = days > 0 ? Math.log(days / scaling.referenceDays) : 0;
  at += 1;
  at = writeExposures(row, at, spec, scaling, exposures, days);
  row.set(design, at);
}

/**
 * Writes what the network is shown of the interval ahead: its length, the age of each level, and per treatment what will be
 * given and will act, per unit of time.
 */
export function writeIntervalRow(
  row: Float64Array,
  spec: PersonalSpec,
  scaling: RecurrentScaling,
  {
    known,
    day,
    exposures,
    days,
  }: {
    readonly known: LevelState;
    readonly day: number;
    readonly exposures: Float64Array;
    readonly days: number;
  },
): void {
  row[0] = Math.log(days / scaling.referenceDays);
  spec.variables.forEach((_, v) => {
    const age = day - known.days[v]!;
    row[1 + v] = Number.isNaN(age) ? 0 : Math.min(age / scaling.referenceDays, 10);
  });
  writeExposures(row, 1 + spec.variables.length, spec, scaling, exposures, days);
}

function writeExposures(
  row: Float64Array,
  start: number,
  { treatments, timeUnitDays }: PersonalSpec,
  { exposures: scales }: RecurrentScaling,
  exposures: Float64Array,
  days: number,
): number {
  const rate = days > 0 ? timeUnitDays / days : 0;
  for (let t = 0; t < treatments.length; t += 1) {
    row[start + 2 * t] = (exposures[2 * t]! * rate) / scales[t]!.dose;
    row[start + 2 * t + 1] = (exposures[2 * t + 1]! * rate) / scales[t]!.carryOver;
  }
  return start + 2 * treatments.length;
}

const clipped = (number: number): number => Math.max(-MOST_CHANGES, Math.min(MOST_CHANGES, number));

/** What is known after a visit; a level is what was measured last. */
export function levelsAfter(before: LevelState, measured: Float64Array, day: number): LevelState {
  return {
    values: before.values.map((value, v) => (Number.isNaN(measured[v]!) ? value : measured[v]!)),
    days: before.days.map((known, v) => (Number.isNaN(measured[v]!) ? known : day)),
  };
}

/** Before the first visit. */
export const nothingKnown = ({ variables }: PersonalSpec): LevelState => ({
  values: new Float64Array(variables.length).fill(NaN),
  days: new Float64Array(variables.length).fill(NaN),
});
