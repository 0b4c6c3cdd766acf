import { rankOfCode } from './coding.ts';
import { daysBetween } from './day.ts';
import type { DynamicVariable } from './disease-definition.ts';
import type { UnitConverter } from './ports.ts';
import type { Coding, ObservationBody, TimelineEntry } from './timeline.ts';
import type { VisitValue } from './visit.ts';

export type ObservationEntry = TimelineEntry & { readonly body: ObservationBody };

/** When a value is looked for. */
export interface ValueMoment {
  /** Ages are counted to here. */
  readonly at: Date;
  /** Nothing observed after this instant is seen. */
  readonly until: Date;
}

/**
 * The last value of a variable that was known at a moment, in the variable's unit.
 *
 * - An observation over a period, or with a date of low precision, counts from the end of its interval: only then is it
 *   certain that it had been made.
 * - Of several at one instant: a final before a preliminary one, then the order of the variable's codes, then the one
 *   learned last. One that cannot be used gives way to another of the same instant, never to an older one: an older
 *   value would pass for the newest.
 * - Older than `windowDays`, not convertible, or implausible: missing, with the reason. A bound (`<0.01`) is censored.
 */
export function lastKnownValue(
  variable: DynamicVariable,
  entries: readonly TimelineEntry[],
  moment: ValueMoment,
  convert: UnitConverter,
): VisitValue {
  const candidates = newestObservations(variable.codes, entries, moment.until);
  const [newest] = candidates;
  if (newest === undefined) return { status: 'missing', reason: 'no value is on record' };
  const ageDays = Math.max(0, daysBetween(newest.occurredUntil, moment.at));
  if (ageDays > variable.windowDays) {
    return { status: 'missing', reason: `the last value is older than ${variable.windowDays} days` };
  }
  const best = readValue(variable, newest, ageDays, convert);
  if (best.status !== 'missing') return best;
  const others = candidates.slice(1).map((entry) => readValue(variable, entry, ageDays, convert));
  return others.find((value) => value.status !== 'missing') ?? best;
}

/** An exact value and where it comes from. */
export type KnownValue = Pick<Extract<VisitValue, { status: 'known' }>, 'value' | 'observedAt' | 'entryId'>;

/**
 * Every exact value of a variable up to an instant, oldest first, in the variable's unit: of several at one instant the
 * one that `lastKnownValue` would take. What cannot be converted, is implausible or only a bound is left out.
 */
export function knownValues(
  variable: DynamicVariable,
  entries: readonly TimelineEntry[],
  until: Date,
  convert: UnitConverter,
): KnownValue[] {
  const observed = entries
    .filter(isObservation)
    .filter(
      (entry) => entry.occurredUntil.getTime() <= until.getTime() && rankOfCode(variable.codes, entry.body.codes) >= 0,
    );
  return [...Map.groupBy(observed, (entry) => entry.occurredUntil.getTime())]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, simultaneous]) => {
      const readings = byPreference(variable.codes, simultaneous).map((entry) =>
        readValue(variable, entry, 0, convert),
      );
      const best = readings.find((reading) => reading.status !== 'missing');
      return best?.status === 'known' ? [best] : [];
    });
}

/** All observations with one of the codes of the newest instant up to `until`, best first; empty where there is none. */
export function newestObservations(
  codes: readonly Coding[],
  entries: readonly TimelineEntry[],
  until: Date,
): ObservationEntry[] {
  const observed = entries
    .filter(isObservation)
    .filter((entry) => entry.occurredUntil.getTime() <= until.getTime() && rankOfCode(codes, entry.body.codes) >= 0);
  const newest = observed.reduce((latest, entry) => Math.max(latest, entry.occurredUntil.getTime()), -Infinity);
  return byPreference(
    codes,
    observed.filter((entry) => entry.occurredUntil.getTime() === newest),
  );
}

const byPreference = (codes: readonly Coding[], simultaneous: readonly ObservationEntry[]): ObservationEntry[] =>
  simultaneous.toSorted(
    (a, b) =>
      Number(a.body.isPreliminary) - Number(b.body.isPreliminary) ||
      rankOfCode(codes, a.body.codes) - rankOfCode(codes, b.body.codes) ||
      b.revision - a.revision,
  );

function readValue(
  variable: DynamicVariable,
  entry: ObservationEntry,
  ageDays: number,
  convert: UnitConverter,
): VisitValue {
  const value = convert.convert(entry.body.value, entry.body.unit, variable.unit, variable.molarMassGPerMol);
  if (value === null || !Number.isFinite(value)) {
    return { status: 'missing', reason: `the last value has a unit that does not convert to ${variable.unit}` };
  }
  const [low, high] = variable.plausible;
  if (value < low || value > high) {
    return { status: 'missing', reason: `the last value is not plausible (${low} to ${high} ${variable.unit})` };
  }
  const source = { ageDays, observedAt: entry.occurredUntil, entryId: entry.id };
  return entry.body.comparator === null
    ? { status: 'known', value, ...source }
    : { status: 'censored', bound: value, comparator: entry.body.comparator, ...source };
}

function isObservation(entry: TimelineEntry): entry is ObservationEntry {
  return entry.body.kind === 'observation';
}
