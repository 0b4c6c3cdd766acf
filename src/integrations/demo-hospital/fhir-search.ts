import type { Bundle } from '@medplum/fhirtypes';
import { FhirRefusal } from './fhir-refusal.ts';
import type { StoredResource } from './fhir-store.ts';
import { at, date, type Matcher, reference, text, textOf, token } from './search-matchers.ts';

const ofSubject = { patient: reference('subject', 'Patient'), subject: reference('subject', 'Patient') };
const COMMON = { _id: token('id'), _lastUpdated: date('meta.lastUpdated'), identifier: token('identifier') };
const coded = { code: token('code.coding'), status: token('status'), ...ofSubject };

/** Search parameters by resource type; the keys are also what the capability statement declares. */
export const SEARCH_PARAMETERS: Readonly<Record<string, Readonly<Record<string, Matcher>>>> = {
  Patient: {
    ...COMMON,
    active: token('active'),
    birthdate: date('birthDate'),
    family: text('name.family'),
    gender: token('gender'),
    name: text('name.family', 'name.given'),
  },
  Observation: {
    ...COMMON,
    ...coded,
    category: token('category.coding'),
    date: date('effectiveDateTime', 'effectivePeriod'),
  },
  MedicationAdministration: {
    ...COMMON,
    ...coded,
    code: token('medicationCodeableConcept.coding'),
    'effective-time': date('effectiveDateTime', 'effectivePeriod'),
  },
  MedicationRequest: {
    ...COMMON,
    ...coded,
    code: token('medicationCodeableConcept.coding'),
    intent: token('intent'),
    authoredon: date('authoredOn'),
  },
  MedicationStatement: {
    ...COMMON,
    ...coded,
    code: token('medicationCodeableConcept.coding'),
    effective: date('effectiveDateTime', 'effectivePeriod'),
  },
  Medication: { ...COMMON, code: token('code.coding'), status: token('status') },
  Condition: {
    ...COMMON,
    ...ofSubject,
    code: token('code.coding'),
    'clinical-status': token('clinicalStatus.coding'),
    'verification-status': token('verificationStatus.coding'),
  },
  Procedure: { ...COMMON, ...coded, date: date('performedDateTime', 'performedPeriod') },
  ImagingStudy: {
    ...COMMON,
    ...ofSubject,
    status: token('status'),
    modality: token('modality'),
    started: date('started'),
  },
  Endpoint: { ...COMMON, status: token('status'), 'connection-type': token('connectionType') },
  RiskAssessment: { ...COMMON, ...ofSubject, status: token('status') },
  DiagnosticReport: { ...COMMON, ...coded },
  Device: { ...COMMON, status: token('status') },
  Provenance: { ...COMMON, target: reference('target', 'Observation') },
};

const SORTS: Readonly<Record<string, readonly string[]>> = {
  _id: ['id'],
  _lastUpdated: ['meta.lastUpdated'],
  date: ['effectiveDateTime', 'effectivePeriod.start', 'performedDateTime', 'performedPeriod.start'],
  started: ['started'],
  'effective-time': ['effectiveDateTime', 'effectivePeriod.start'],
  authoredon: ['authoredOn'],
  family: ['name.family'],
  birthdate: ['birthDate'],
};
const RESULT_PARAMETERS = new Set(['_count', '_sort', '_format', '_total', '_summary', '_include', '_pretty']);

export interface FhirSearchResult {
  readonly matches: readonly StoredResource[];
  /** Parameters that were used; a client compares them with what it asked. */
  readonly used: URLSearchParams;
}

/**
 * The resources that match a FHIR R4 search: repeated parameters are ANDed, commas ORed.
 * @param isStrict refuse unknown parameters (`Prefer: handling=strict`) rather than ignore them.
 * @throws {FhirRefusal} 400 for a parameter that is unknown under strict handling, or malformed.
 */
export function searchResources(
  type: string,
  all: readonly StoredResource[],
  parameters: URLSearchParams,
  isStrict: boolean,
): FhirSearchResult {
  const known = SEARCH_PARAMETERS[type] ?? {};
  const used = new URLSearchParams();
  let matches = [...all];
  for (const [name, value] of parameters) {
    const [key, modifier = ''] = name.split(':') as [string, string?];
    const matcher = Object.hasOwn(known, key) ? known[key] : undefined;
    if (matcher !== undefined && ['', 'not', 'exact', 'contains'].includes(modifier)) {
      const alternatives = value.split(',');
      const isNegative = modifier === 'not';
      matches = matches.filter((resource) =>
        isNegative
          ? alternatives.every((one) => matcher(resource, one, modifier))
          : alternatives.some((one) => matcher(resource, one, modifier)),
      );
    } else if (!RESULT_PARAMETERS.has(key)) {
      if (isStrict) {
        throw new FhirRefusal(400, 'not-supported', 'a search parameter is unknown to this server');
      }
      continue;
    }
    used.append(name, value);
  }
  sortMatches(matches, parameters.get('_sort') ?? '_lastUpdated', isStrict);
  return { matches, used };
}

function sortMatches(matches: StoredResource[], sort: string, isStrict: boolean): void {
  const keys = sort
    .split(',')
    .map((key) => ({ paths: SORTS[key.replace(/^-/, '')], sign: key.startsWith('-') ? -1 : 1 }));
  if (isStrict && keys.some(({ paths }) => paths === undefined)) {
    throw new FhirRefusal(400, 'not-supported', 'a sort key is unknown to this server');
  }
  const valueOf = (resource: StoredResource, paths: readonly string[]): string =>
    textOf(paths.flatMap((path) => at(resource, path))[0]);
  matches.sort((a, b) => {
    for (const { paths = [], sign } of keys) {
      const [left, right] = [valueOf(a, paths), valueOf(b, paths)];
      if (left !== right) {
        return left < right ? -sign : sign;
      }
    }
    return a.id < b.id ? -1 : 1;
  });
}

/** What `_include` adds for a page of matches. */
export function includedResources(
  matches: readonly StoredResource[],
  includes: readonly string[],
  read: (type: string, id: string) => StoredResource | null,
): NonNullable<Bundle['entry']> {
  const paths: Readonly<Record<string, string>> = {
    'ImagingStudy:endpoint': 'endpoint.reference',
    'Observation:subject': 'subject.reference',
    'MedicationAdministration:medication': 'medicationReference.reference',
  };
  const wanted = new Set(
    includes.flatMap((include) => matches.flatMap((match) => at(match, paths[include] ?? '-').map(String))),
  );
  return [...wanted].flatMap((target) => {
    const [type, id] = target.split('/') as [string, string?];
    const resource = id === undefined ? null : read(type, id);
    return resource === null ? [] : [{ resource, search: { mode: 'include' as const } }];
  });
}
