import { DomainError } from '../errors.ts';
import { newsOf } from './append-news.ts';
import { type DiseaseTwin, withStatus } from './disease-twin.ts';
import type { Patient } from './patient.ts';
import type { Actor, JobContext, Stores, TwinDependencies } from './ports.ts';
import { syncClinicalRecord } from './sync-clinical-record.ts';
import { syncImages } from './sync-images.ts';

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
  const { signal } = context;
  const hospital = hospitals.of(actor.tenantId);
  const { known, twins } = await unitOfWork.run(actor, (stores) => start(stores, patientId));
  const twinIds = twins.map(({ id }) => id);
  const append = newsOf(unitOfWork, actor, patientId, twinIds);

  await context.report(0.02, 'Reading the health record');
  const clinical = await syncClinicalRecord(dependencies, actor, hospital.clinical, known, append, signal);
  const definitions = twins.flatMap((twin) => diseases.get(twin.diseaseId) ?? []);
  const hasHeardAll = await syncImages(
    dependencies,
    actor,
    hospital.imaging,
    clinical.patient,
    definitions,
    clinical.references,
    append,
    { signal, report: (fraction, message) => context.report(0.3 + 0.7 * fraction, message) },
  );

  signal.throwIfAborted();
  await unitOfWork.run(actor, async (stores) => {
    const living = (await stores.twins.byPatientIds([patientId])).filter(({ status }) => status !== 'RETIRED');
    // A twin made meanwhile wants images of studies that were announced in this pull: they must be announced again.
    const hasServedAll = living.every(({ id }) => twinIds.includes(id));
    if (clinical.watermark !== null && hasHeardAll && hasServedAll) {
      await stores.patients.markSynced(patientId, clinical.watermark, clock.now());
    }
    for (const id of twinIds) {
      const twin = await stores.twins.lock(id);
      if (twin === null || twin.status === 'RETIRED') {
        continue;
      }
      await stores.twins.save(withStatus(twin, 'REGISTERING'));
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
