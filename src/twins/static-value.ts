import { ageYearsAt } from './birth-date.ts';
import { rankOfCode } from './coding.ts';
import type { StaticVariable } from './disease-definition.ts';
import { newestObservations } from './last-known-value.ts';
import type { ValueMoment } from './last-known-value.ts';
import type { Patient } from './patient.ts';
import type { UnitConverter } from './ports.ts';
import type { Coding, TimelineEntry } from './timeline.ts';
import type { StaticValue } from './visit.ts';

/** A static variable as it stood at a moment: gender, age in years, a condition on record (1 or 0), an observation. */
export function staticValueAt(
  variable: StaticVariable,
  patient: Pick<Patient, 'birthDate' | 'gender'>,
  entries: readonly TimelineEntry[],
  moment: ValueMoment,
  convert: UnitConverter,
): StaticValue {
  const { source } = variable;
  if (source.kind === 'gender') return genderOf(patient);
  if (source.kind === 'age') return ageOf(patient, moment);
  if (source.kind === 'condition') return conditionOnRecord(source.codes, entries, moment);
  return newestObservation(source, entries, moment, convert);
}

function genderOf(patient: Pick<Patient, 'gender'>): StaticValue {
  return patient.gender === null || patient.gender === 'unknown'
    ? missing('the record does not state a gender')
    : { status: 'known', value: patient.gender, entryIds: [] };
}

function ageOf(patient: Pick<Patient, 'birthDate'>, moment: ValueMoment): StaticValue {
  if (patient.birthDate === null) return missing('the record has no birth date');
  const age = ageYearsAt(patient.birthDate, moment.at);
  return age === null
    ? missing('the birth date is unreadable or after the image')
    : { status: 'known', value: age, entryIds: [] };
}

function conditionOnRecord(
  codes: readonly Coding[],
  entries: readonly TimelineEntry[],
  moment: ValueMoment,
): StaticValue {
  const found = entries.filter(
    (entry) =>
      entry.body.kind === 'condition' &&
      entry.occurredAt.getTime() <= moment.until.getTime() &&
      rankOfCode(codes, entry.body.codes) >= 0,
  );
  return { status: 'known', value: found.length > 0 ? 1 : 0, entryIds: found.map((entry) => entry.id).toSorted() };
}

function newestObservation(
  source: { readonly codes: readonly Coding[]; readonly unit: string },
  entries: readonly TimelineEntry[],
  moment: ValueMoment,
  convert: UnitConverter,
): StaticValue {
  const [newest] = newestObservations(source.codes, entries, moment.until);
  if (newest === undefined) return missing('no value is on record');
  if (newest.body.comparator !== null) return missing('the last value is only a bound');
  const value = convert.convert(newest.body.value, newest.body.unit, source.unit);
  return value === null || !Number.isFinite(value)
    ? missing(`the last value has a unit that does not convert to ${source.unit}`)
    : { status: 'known', value, entryIds: [newest.id] };
}

function missing(reason: string): StaticValue {
  return { status: 'missing', reason };
}
