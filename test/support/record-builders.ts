import type { PatientRecord } from '../../src/twins/patient.ts';
import type { Actor, Clock, Stores, UnitOfWork } from '../../src/twins/ports.ts';
import type { TimelineBody, TimelineEntryDraft } from '../../src/twins/timeline.ts';
import { onDay } from './timeline-entry-builders.ts';

export const NORTH: Actor = { tenantId: 'north-clinic', userId: 'dr.north' };
export const SOUTH: Actor = { tenantId: 'south-clinic', userId: 'dr.south' };

/** A clock that stands still until a test moves it. */
export function manualClock(start = onDay(0)): Clock & { set(now: Date): void } {
  let now = start;
  return {
    now: () => now,
    set(next) {
      now = next;
    },
  };
}

export const patientRecord = (fhirId: string, more: Partial<PatientRecord> = {}): PatientRecord => ({
  fhirId,
  identifiers: [{ system: 'urn:sequela:test:mrn', value: `MRN-${fhirId}` }],
  familyName: 'Example',
  givenNames: ['Pat'],
  birthDate: '1957-03',
  gender: 'female',
  deceasedAt: null,
  isActive: true,
  replacedByFhirId: null,
  ...more,
});

/** A patient with one twin. */
export async function seedTwin(stores: Stores, fhirId: string): Promise<{ patientId: string; twinId: string }> {
  const patient = await stores.patients.upsert(patientRecord(fhirId));
  const twin = await stores.twins.insert({
    patientId: patient.id,
    diseaseId: 'test-disease',
    diseaseVersion: '1.0.0',
    modelId: 'population-mean-change',
  });
  if (twin === null) {
    throw new Error(`${fhirId} has a twin already`);
  }
  return { patientId: patient.id, twinId: twin.id };
}

export const seedTwinAs = (unitOfWork: UnitOfWork, actor: Actor, fhirId: string) =>
  unitOfWork.run(actor, (stores) => seedTwin(stores, fhirId));

export const observationBody = (value: number): TimelineBody => ({
  kind: 'observation',
  codes: [{ system: 'http://loinc.org', code: 'marker' }],
  value,
  unit: 'ng/mL',
  comparator: null,
  isPreliminary: false,
});

export const draft = (sourceId: string, more: Partial<TimelineEntryDraft> = {}): TimelineEntryDraft => ({
  sourceSystem: 'fhir',
  sourceId,
  sourceVersion: '1',
  occurredAt: onDay(0),
  occurredUntil: onDay(0),
  issuedAt: null,
  body: observationBody(1),
  ...more,
});
