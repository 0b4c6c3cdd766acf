import { expect } from 'vitest';
import type { GapBody, TimelineEntry } from '../../src/twins/timeline.ts';
import type { SequelaServer } from './sequela-server.ts';
import type { SmallHospital } from './small-hospital.ts';

export type GapEntry = TimelineEntry & { readonly body: GapBody };

export const gapsIn = (view: readonly TimelineEntry[]): GapEntry[] =>
  view.filter((entry): entry is GapEntry => entry.body.kind === 'gap');

/** The resource types whose resources become one entry each. */
const FACTS = ['Condition', 'Procedure', 'MedicationAdministration', 'MedicationRequest', 'Observation'];

/** What a clinician reads: a sentence, without what identifies a patient or a server. */
export function expectReadable(message: string): void {
  expect(message).toMatch(/^[A-Z].*\.$/);
  expect(message).not.toMatch(/https?:|127\.0\.0\.1|demo-0|2\.25\.|SECRET|<html|undefined|\d{4,}/);
}

/**
 * The timeline holds everything that the hospital has, each thing once, and no gap: nothing was lost on the way and
 * nothing came twice.
 */
export async function expectWholeRecord(
  server: SequelaServer,
  hospital: SmallHospital,
  patientId: string,
  fhirId = 'demo-0001',
): Promise<void> {
  const view = await server.view(patientId);
  expect(gapsIn(view)).toEqual([]);
  const expected: string[] = [];
  for (const type of FACTS) {
    for (const id of await hospital.idsOf(type, `&patient=${fhirId}`)) {
      const { status } = await hospital.read(type, id);
      if (status !== 'entered-in-error') expected.push(`${type}/${id}`);
    }
  }
  const facts = view.filter(({ sourceSystem }) => sourceSystem === 'fhir').map(({ sourceId }) => sourceId);
  expect(facts.toSorted()).toEqual(expected.toSorted());

  const studies: string[] = [];
  for (const id of await hospital.idsOf('ImagingStudy', `&patient=${fhirId}`)) {
    const { identifier } = await hospital.read('ImagingStudy', id);
    const [{ value } = { value: '' }] = identifier as { value: string }[];
    studies.push(value.replace('urn:oid:', ''));
  }
  const images = view.flatMap(({ body }) => (body.kind === 'image' ? [body.studyInstanceUid] : []));
  expect(images.toSorted()).toEqual(studies.toSorted());

  const content = (await server.history(patientId)).filter(
    ({ body }) => body.kind !== 'gap' && body.kind !== 'retraction',
  );
  const versions = content.map(({ sourceSystem, sourceId, sourceVersion, body }) =>
    JSON.stringify([sourceSystem, sourceId, body.kind === 'image' ? body.voxelsSha256 : sourceVersion]),
  );
  expect(versions.filter((version, index) => versions.indexOf(version) !== index)).toEqual([]);
}

/** Events are numbered from 1 without a hole. */
export async function expectGaplessEvents(server: SequelaServer, twinId: string) {
  const events = await server.inStores((stores) => stores.events.after(twinId, 0, 500));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events;
}

/** What was logged that tells who a patient is, which of a server's things was asked for, or where it is. */
export async function identityIn(
  log: readonly string[],
  hospital: SmallHospital,
  secrets: readonly string[] = [],
): Promise<string[]> {
  const forbidden = new Set<string>([hospital.proxy.origin, '/dicomweb', '/fhir/', 'SECRET', 'Bearer ', ...secrets]);
  for (const fhirId of await hospital.idsOf('Patient')) {
    const { name, birthDate, identifier } = await hospital.read('Patient', fhirId);
    const [{ family, given }] = name as [{ family: string; given: string[] }];
    const [{ value: mrn }] = identifier as [{ value: string }];
    for (const text of [fhirId, family, ...given, mrn, String(birthDate)]) forbidden.add(text);
    for (const id of await hospital.idsOf('ImagingStudy', `&patient=${fhirId}`)) {
      const { identifier: uids, series } = await hospital.read('ImagingStudy', id);
      for (const { value } of uids as { value: string }[]) forbidden.add(value.replace('urn:oid:', ''));
      for (const { uid } of series as { uid: string }[]) forbidden.add(uid);
    }
  }
  const text = log.join('');
  if (!text.includes('job done')) throw new Error('nothing was logged');
  return [...forbidden].filter((each) => text.includes(each));
}
