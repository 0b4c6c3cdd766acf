import { DomainError } from '../errors.ts';
import { type DiseaseTwin, withStatus } from './disease-twin.ts';
import type { Patient } from './patient.ts';
import type { Actor, JobContext, Stores, TwinDependencies } from './ports.ts';
import { syncClinicalRecord } from './sync-clinical-record.ts';
import { syncImages } from './sync-images.ts';
import type { TimelineEntry } from './timeline.ts';
import type { TwinEventDraft } from './twin-event.ts';

/**
 * Pulls one patient's record and images, then hands each of the patient's twins to registration.
 *
 * Safe to run again from its start at any point: what was appended is recognised, and the watermark moves only after
 * everything before it is stored. A source that fails leaves a gap, not an error.
 * @throws {DomainError} NOT_FOUND when the patient is unknown.
 */
export async function syncPatient(
  dependencies: TwinDependencies,
  actor: Actor,
  patientId: string,
  context: JobContext,
): Promise<void> {
  const { unitOfWork, hospitals, diseases, clock } = dependencies;
  const hospital = hospitals.of(actor.tenantId);
  const { known, twins } = await unitOfWork.run(actor, (stores) => start(stores, patientId));

  await context.report(0.02, 'Reading the health record');
  const clinical = await syncClinicalRecord(dependencies, actor, hospital.clinical, known, context.signal);
  const definitions = twins.flatMap((twin) => diseases.get(twin.diseaseId) ?? []);
  const images = await syncImages(
    dependencies,
    actor,
    hospital.imaging,
    clinical.patient,
    definitions,
    clinical.references,
    { signal: context.signal, report: (fraction, message) => context.report(0.3 + 0.7 * fraction, message) },
  );

  await unitOfWork.run(actor, async (stores) => {
    if (clinical.watermark !== null) {
      await stores.patients.markSynced(patientId, clinical.watermark, clock.now());
    }
    const appended = [...clinical.appended, ...images];
    for (const { id } of twins) {
      const twin = await stores.twins.lock(id);
      if (twin === null || twin.status === 'RETIRED') {
        continue;
      }
      await stores.twins.save(withStatus(twin, 'REGISTERING'));
      await stores.events.append(eventsOf(twin.id, appended));
      await stores.jobs.enqueue({ kind: 'register-twin', twinId: twin.id });
    }
  });
}

async function start(stores: Stores, patientId: string): Promise<{ known: Patient; twins: readonly DiseaseTwin[] }> {
  const [known] = await stores.patients.byIds([patientId]);
  if (known === undefined) {
    throw new DomainError('NOT_FOUND', 'No such patient.', { field: 'patientId' });
  }
  const twins: DiseaseTwin[] = [];
  for (const { id } of await stores.twins.byPatientIds([patientId])) {
    const twin = await stores.twins.lock(id);
    if (twin !== null && twin.status !== 'RETIRED') {
      twins.push(await stores.twins.save(withStatus(twin, 'SYNCING')));
    }
  }
  await stores.events.append(
    twins.map(({ id }) => ({ twinId: id, type: 'SYNC_STARTED', message: 'Synchronisation started.' })),
  );
  return { known, twins };
}

function eventsOf(twinId: string, appended: readonly TimelineEntry[]): TwinEventDraft[] {
  const gaps = appended.flatMap((entry) => (entry.body.kind === 'gap' ? [{ id: entry.id, body: entry.body }] : []));
  const changes = appended.length - gaps.length;
  return [
    ...(changes > 0
      ? [{ twinId, type: 'TIMELINE_CHANGED', message: `The timeline has ${changes} new entries.` } as const]
      : []),
    ...gaps.map(({ id, body }) => ({ twinId, type: 'GAP_FOUND', message: body.message, entryId: id }) as const),
  ];
}
