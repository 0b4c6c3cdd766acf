import type { CapabilityStatement } from '@medplum/fhirtypes';
import { SEARCH_PARAMETERS } from './fhir-search.ts';
import { DEFAULT_LAST_VISIT_AT } from './hospital-calendar.ts';

/** What the FHIR server can do, made from the tables that it really searches with. */
export function capabilityStatement(): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: DEFAULT_LAST_VISIT_AT.toISOString(),
    kind: 'instance',
    implementation: { description: 'Demo hospital: synthetic patients, research and demonstration only' },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        resource: Object.entries(SEARCH_PARAMETERS).map(([type, parameters]) => ({
          type: type as 'Patient',
          versioning: 'versioned',
          readHistory: true,
          updateCreate: true,
          conditionalCreate: true,
          interaction: (['read', 'vread', 'history-instance', 'search-type', 'create', 'update'] as const).map(
            (code) => ({
              code,
            }),
          ),
          searchParam: Object.keys(parameters).map((name) => ({ name, type: searchTypeOf(name) })),
        })),
      },
    ],
  };
}

function searchTypeOf(name: string): 'date' | 'reference' | 'string' | 'token' {
  if (['_lastUpdated', 'date', 'effective-time', 'effective', 'authoredon', 'started', 'birthdate'].includes(name)) {
    return 'date';
  }
  if (['patient', 'subject', 'target'].includes(name)) {
    return 'reference';
  }
  return ['name', 'family'].includes(name) ? 'string' : 'token';
}
