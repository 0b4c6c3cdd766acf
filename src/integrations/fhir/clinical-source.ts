import { IntegrationError } from '../../errors.ts';
import type { PatientRecord } from '../../twins/patient.ts';
import type { ClinicalSource } from '../../twins/ports.ts';
import { createFhirClient } from './client.ts';
import type { FhirClient } from './client.ts';
import { readSurvivor } from './follow-replaced-by.ts';
import { withDefaults } from './options.ts';
import type { FhirSettings, FhirSourceOptions } from './options.ts';
import { pullChanges } from './pull-changes.ts';
import { readPatient } from './read-patient.ts';
import { isFhirId } from './resource-version.ts';
import { searchPages } from './search-pages.ts';

/**
 * An EHR behind FHIR R4 as the domain sees it. Nothing is kept between calls but the access token.
 * What it asks for and understands is in README.md.
 */
export function createClinicalSource(options: FhirSourceOptions): ClinicalSource {
  const settings = withDefaults(options);
  const client = createFhirClient(settings);
  return {
    async readPatient(fhirId, signal) {
      // A text that is no id would become a path on the server.
      if (!isFhirId(fhirId)) return null;
      return (await readSurvivor(client, fhirId, signal))?.record ?? null;
    },
    listPatients: (signal) => listPatients(client, settings, signal),
    pullChanges: (patient, since, signal) => pullChanges(client, settings, patient.fhirId, since, signal),
  };
}

/** @throws {IntegrationError} where the list is not whole: a patient missing from it would be missing without a trace. */
async function* listPatients(
  client: FhirClient,
  settings: FhirSettings,
  signal: AbortSignal,
): AsyncGenerator<PatientRecord, void, void> {
  const url = client.searchUrl('Patient', { _count: String(settings.pageSize) });
  const listed = new Set<string>();
  for await (const page of searchPages(client, 'Patient', url, settings, signal)) {
    if (page.fault !== null) {
      throw new IntegrationError('protocol', 'the FHIR server gave only a part of its patients');
    }
    for (const match of page.matches) {
      const record = readPatient(match, client.bases)?.record;
      if (record === undefined)
        throw new IntegrationError('malformed', 'the FHIR server listed a patient without an id');
      if (listed.has(record.fhirId)) continue;
      listed.add(record.fhirId);
      yield record;
    }
  }
}
