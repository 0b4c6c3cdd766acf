import type { PatientRecord } from '../../twins/patient.ts';
import { asElement, elementsOf, textOf, textsOf } from './element.ts';
import type { Element } from './element.ts';
import { parseFhirTime } from './fhir-time.ts';
import { parseReference } from './reference.ts';
import { isFhirId } from './resource-version.ts';

const GENDERS = ['male', 'female', 'other', 'unknown'] as const;
const NAME_ORDER = ['official', 'usual'];

/** A Patient with what only reading needs: where it was merged to, and what was merged into it. */
export interface PatientReading {
  readonly record: PatientRecord;
  /** More than one is a contradiction that the reader must not decide. */
  readonly replacedBy: readonly string[];
  readonly replaces: readonly string[];
}

/**
 * Reads an R4 Patient; null where it is none or has no valid id. The birth date keeps its precision and is null where it
 * is no date. `deceasedBoolean` states no date, so `deceasedAt` stays null for it.
 * @param bases under which references of this server may be written out.
 */
export function readPatient(resource: unknown, bases: readonly string[]): PatientReading | null {
  const patient = asElement(resource);
  const fhirId = patient?.['id'];
  if (patient === null || patient['resourceType'] !== 'Patient' || !isFhirId(fhirId)) return null;
  const name = chosenName(patient);
  const replacedBy = linked(patient, 'replaced-by', bases);
  const gender = GENDERS.find((one) => one === patient['gender']) ?? null;
  return {
    record: {
      fhirId,
      identifiers: elementsOf(patient['identifier']).flatMap((identifier) => {
        const system = textOf(identifier['system']);
        const value = textOf(identifier['value']);
        return system === null || value === null || identifier['use'] === 'old' ? [] : [{ system, value }];
      }),
      familyName: textOf(name?.['family']),
      givenNames: textsOf(name?.['given']),
      birthDate: dateOf(patient['birthDate']),
      gender,
      deceasedAt: parseFhirTime(patient['deceasedDateTime']) === null ? null : textOf(patient['deceasedDateTime']),
      isActive: patient['active'] !== false,
      replacedByFhirId: replacedBy[0] ?? null,
    },
    replacedBy,
    replaces: linked(patient, 'replaces', bases),
  };
}

function chosenName(patient: Element): Element | null {
  const rank = (name: Element): number => {
    const place = NAME_ORDER.indexOf(textOf(name['use']) ?? '');
    return (
      (place < 0 ? NAME_ORDER.length : place) + (name['use'] === 'old' || asElement(name['period'])?.['end'] ? 10 : 0)
    );
  };
  return elementsOf(patient['name']).sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

function dateOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && !text.includes('T') && parseFhirTime(text) !== null ? text : null;
}

function linked(patient: Element, type: string, bases: readonly string[]): string[] {
  const ids = elementsOf(patient['link']).flatMap((link) => {
    const reference = link['type'] === type ? parseReference(link['other'], bases) : null;
    return reference?.type === 'Patient' ? [reference.id] : [];
  });
  return [...new Set(ids)];
}
