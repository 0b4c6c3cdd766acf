import { DomainError } from '../../../errors.ts';
import { type Administration, inOrder } from './exposure.ts';
import type { PersonalSpec, StaticSpec } from './personal-spec.ts';

/** What was measured on a day. */
export interface SeriesVisit {
  /** On a clock of the series' own choice, e.g. days since diagnosis. */
  readonly day: number;
  /** By variable; a missing one is absent or NaN. */
  readonly values: Readonly<Record<string, number>>;
  /** Standard deviations of these measurements where they are known (as `VariableSpec.measurementSd`); else the model's. */
  readonly measurementSds?: Readonly<Record<string, number>>;
}

/** A patient as the personal layer sees one. */
export interface PatientSeries {
  /** By static variable; an unknown one is absent or NaN. */
  readonly statics: Readonly<Record<string, number>>;
  /** In any order; visits of the same day are one, at the mean of their values. */
  readonly visits: readonly SeriesVisit[];
  /** By treatment, in any order; an absent one was never given. */
  readonly treatments: Readonly<Record<string, readonly Administration[]>>;
}

/** A series as the model computes with it: ordered, checked, in the order of the declaration. */
export interface CheckedSeries {
  /** Own units, NaN where unknown. */
  readonly statics: Float64Array;
  readonly visits: readonly CheckedVisit[];
  readonly treatments: readonly (readonly Administration[])[];
  /** What was left out, one sentence each. */
  readonly caveats: readonly string[];
}

export interface CheckedVisit {
  readonly day: number;
  /** By variable, NaN where missing. */
  readonly values: Float64Array;
  /** NaN where the model's own applies. */
  readonly sds: Float64Array;
}

const MOST_VISITS = 100_000;
const MOST_ADMINISTRATIONS = 1_000_000;
/** 300 years either way. */
const LATEST_DAY = 110_000;

/**
 * Orders a series and leaves out what cannot be a value, saying so.
 * @throws {DomainError} INVALID_INPUT for a day that is no number or beyond 300 years, a negative or infinite amount, an
 *   administration that ends before it begins; TOO_LARGE above 100,000 visits or 1,000,000 administrations.
 */
export function checkSeries(spec: PersonalSpec, series: PatientSeries): CheckedSeries {
  if (series.visits.length > MOST_VISITS) {
    throw new DomainError('TOO_LARGE', `A patient may have ${MOST_VISITS} visits at most.`, { field: 'visits' });
  }
  const caveats = new Set(unknownNames(spec, series));
  const visits = series.visits.map((visit, index) => checkVisit(spec, visit, () => `visits[${index}]`, caveats));
  return {
    statics: checkStatics(spec, series.statics),
    visits: mergeDays(visits),
    treatments: checkTreatments(spec, series.treatments),
    caveats: [...caveats],
  };
}

/** What a series tells of that the model has never seen. */
function unknownNames(spec: PersonalSpec, { statics, treatments }: PatientSeries): string[] {
  const names = new Set(spec.treatments.map(({ key }) => key));
  return [
    ...Object.entries(treatments).flatMap(([key, given]) =>
      names.has(key) || given.length === 0 ? [] : [`The model knows no treatment ${key}; it was left out.`],
    ),
    ...spec.statics.flatMap((one) => {
      const value = statics[one.key];
      const isUnseen = one.kind === 'category' && value !== undefined && !Number.isNaN(value);
      return isUnseen && !one.levels.includes(value)
        ? [`Nobody whom the model learned from has ${one.key} ${value}; the patient counts as average in it.`]
        : [];
    }),
  ];
}

/**
 * A population has a million visits: nothing is made for one that it does not need.
 * @param field name of the visit for a refusal. @param caveats are added to. @throws {DomainError} INVALID_INPUT
 */
export function checkVisit(
  { variables }: PersonalSpec,
  { day, values: given, measurementSds }: SeriesVisit,
  field: () => string,
  caveats: Set<string>,
): CheckedVisit {
  if (!isDay(day)) throw noDay(`${field()}.day`);
  const values = new Float64Array(variables.length);
  const sds = measurementSds === undefined ? allUnknown(variables.length) : new Float64Array(variables.length);
  for (let v = 0; v < variables.length; v += 1) {
    const { key, plausible } = variables[v]!;
    const value = given[key] ?? NaN;
    const isPlausible = value >= plausible[0] && value <= plausible[1];
    values[v] = isPlausible ? value : NaN;
    if (!isPlausible && !Number.isNaN(value)) {
      caveats.add(`A value of ${key} outside of its plausible range ${plausible[0]} to ${plausible[1]} was left out.`);
    }
    if (measurementSds === undefined) continue;
    const sd = isPlausible ? measurementSds[key] : undefined;
    if (sd !== undefined && !(sd >= 0 && sd < Infinity)) {
      throw refusal(`${field()}.measurementSds.${key}`, 'must be 0 or more');
    }
    sds[v] = sd ?? NaN;
  }
  return { day, values, sds };
}

const unknowns = new Map<number, Float64Array>();

/** So many NaN, the same array for everybody: not to be written to. */
function allUnknown(length: number): Float64Array {
  const known = unknowns.get(length) ?? new Float64Array(length).fill(NaN);
  unknowns.set(length, known);
  return known;
}

/** Statics in the order of the declaration. */
export const checkStatics = (spec: PersonalSpec, statics: PatientSeries['statics']): Float64Array =>
  Float64Array.from(spec.statics, ({ key }) => {
    const value = statics[key];
    return value === undefined || !Number.isFinite(value) ? NaN : value;
  });

/** @throws {DomainError} INVALID_INPUT, TOO_LARGE */
export const checkTreatments = (
  spec: PersonalSpec,
  treatments: PatientSeries['treatments'],
): readonly (readonly Administration[])[] =>
  spec.treatments.map(({ key }) => {
    const administrations = treatments[key] ?? [];
    if (administrations.length > MOST_ADMINISTRATIONS) {
      throw new DomainError('TOO_LARGE', `${key} may have ${MOST_ADMINISTRATIONS} administrations at most.`, {
        field: `treatments.${key}`,
      });
    }
    administrations.forEach(({ fromDay, toDay, amount }, index) => {
      const field = (): string => `treatments.${key}[${index}]`;
      if (!isDay(fromDay)) throw noDay(`${field()}.fromDay`);
      if (!isDay(toDay)) throw noDay(`${field()}.toDay`);
      if (toDay < fromDay) throw refusal(`${field()}.toDay`, 'must not be before its beginning');
      if (!(amount >= 0 && amount < Infinity)) throw refusal(`${field()}.amount`, 'must be 0 or more');
    });
    return inOrder(administrations);
  });

/** Offsets of the population mean that a patient's statics stand for; an unknown static is the average patient, 0. */
export const staticDesign = (
  specs: readonly StaticSpec[],
  statics: Float64Array,
  average: Float64Array,
): Float64Array => {
  const design = Float64Array.from(average);
  let at = 0;
  specs.forEach((spec, index) => {
    const value = statics[index]!;
    if (spec.kind === 'number') {
      if (!Number.isNaN(value)) design[at] = (value - spec.centre) / spec.scale;
      at += 1;
    } else {
      const level = spec.levels.indexOf(value);
      for (let other = 1; other < spec.levels.length; other += 1, at += 1) {
        if (level >= 0) design[at] = level === other ? 1 : 0;
      }
    }
  });
  return design;
};

/** Numbers in a {@link staticDesign}. */
export const designSize = (specs: readonly StaticSpec[]): number =>
  specs.reduce((sum, spec) => sum + (spec.kind === 'number' ? 1 : spec.levels.length - 1), 0);

function mergeDays(visits: readonly CheckedVisit[]): readonly CheckedVisit[] {
  const ordered = visits.every((visit, k) => k === 0 || visits[k - 1]!.day <= visit.day)
    ? visits
    : visits.toSorted((a, b) => a.day - b.day);
  if (ordered.every((visit, k) => k === 0 || ordered[k - 1]!.day < visit.day)) return ordered;
  return [...Map.groupBy(ordered, ({ day }) => day).values()].map((same) => ({
    day: same[0]!.day,
    values: meanOf(same.map(({ values }) => values)),
    sds: meanOf(same.map(({ sds }) => sds)),
  }));
}

/** Of the known ones, summed in ascending order, so that the order of reading does not matter. */
const meanOf = (rows: readonly Float64Array[]): Float64Array =>
  rows[0]!.map((_, column) => {
    const known = rows.map((row) => row[column]!).filter((value) => !Number.isNaN(value));
    return known.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / known.length;
  });

/** False for what is no number, too. */
const isDay = (day: number): boolean => Math.abs(day) <= LATEST_DAY;
const noDay = (field: string): DomainError => refusal(field, 'must be a day within 300 years');

const refusal = (field: string, what: string): DomainError =>
  new DomainError('INVALID_INPUT', `The patient's series: ${field} ${what}.`, { field });
