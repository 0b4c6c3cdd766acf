import { DomainError } from '../errors.ts';
import type { DiseaseTwin } from './disease-twin.ts';
import type { JobRun } from './job.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/**
 * Makes a twin of one disease for a known patient and asks for its first synchronisation, in one transaction.
 * @throws {DomainError} NOT_FOUND for an unknown patient or disease, ALREADY_EXISTS for a second twin of the same
 *   disease, CONFLICT for a record that was merged into another.
 */
export async function createDiseaseTwin(
  { unitOfWork, diseases }: Pick<TwinDependencies, 'unitOfWork' | 'diseases'>,
  actor: Actor,
  input: { readonly patientId: string; readonly diseaseId: string },
): Promise<{ twin: DiseaseTwin; job: JobRun }> {
  const definition = diseases.get(input.diseaseId);
  if (definition === undefined) {
    throw new DomainError('NOT_FOUND', `This server has no disease definition "${input.diseaseId}".`, {
      field: 'diseaseId',
    });
  }
  return unitOfWork.run(actor, async (stores) => {
    const [patient] = await stores.patients.byIds([input.patientId]);
    if (patient === undefined) {
      throw new DomainError('NOT_FOUND', 'No such patient.', { field: 'patientId' });
    }
    if (patient.replacedByFhirId !== null) {
      throw new DomainError('CONFLICT', 'This record was merged into another; use the surviving record.', {
        field: 'patientId',
      });
    }
    const twin = await stores.twins.insert({
      patientId: patient.id,
      diseaseId: definition.id,
      diseaseVersion: definition.version,
      modelId: definition.forecasting.model,
    });
    if (twin === null) {
      throw new DomainError('ALREADY_EXISTS', `This patient already has a twin of "${definition.title}".`, {
        field: 'diseaseId',
      });
    }
    await stores.events.append([
      { twinId: twin.id, type: 'TWIN_CREATED', message: `Twin of ${definition.title} created.` },
    ]);
    await stores.audit.record({ action: 'create', subjectKind: 'DiseaseTwin', subjectId: twin.id });
    if (patient.syncedAt !== null) {
      // From the beginning: the new twin may want images of studies that were announced long ago.
      await stores.patients.markSynced(patient.id, new Date(0), patient.syncedAt);
    }
    const job = await stores.jobs.enqueue({ kind: 'sync-patient', patientId: patient.id });
    return { twin, job };
  });
}
