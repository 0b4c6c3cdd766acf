import { DomainError, IntegrationError } from '../errors.ts';
import type { JobRun } from './job.ts';
import type { Patient } from './patient.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/**
 * Makes a patient of the EHR known to this server and asks for a synchronisation. A record that was merged away leads
 * to the surviving one.
 * @throws {DomainError} NOT_FOUND when the EHR has no such patient, SOURCE_UNAVAILABLE when it does not answer.
 */
export async function importPatient(
  { unitOfWork, hospitals }: Pick<TwinDependencies, 'unitOfWork' | 'hospitals'>,
  actor: Actor,
  input: { readonly fhirId: string },
  signal: AbortSignal,
): Promise<{ patient: Patient; job: JobRun }> {
  let record;
  try {
    record = await hospitals.of(actor.tenantId).clinical.readPatient(input.fhirId, signal);
  } catch (cause) {
    if (cause instanceof IntegrationError) {
      throw new DomainError('SOURCE_UNAVAILABLE', 'The health record system cannot be read at the moment.', { cause });
    }
    throw cause;
  }
  if (record === null) {
    throw new DomainError('NOT_FOUND', 'The health record system has no such patient.', { field: 'fhirId' });
  }
  return unitOfWork.run(actor, async (stores) => {
    const patient = await stores.patients.upsert(record);
    await stores.audit.record({ action: 'import', subjectKind: 'Patient', subjectId: patient.id });
    const job = await stores.jobs.enqueue({ kind: 'sync-patient', patientId: patient.id });
    return { patient, job };
  });
}

/**
 * Asks for a synchronisation of a patient that this server knows.
 * @throws {DomainError} NOT_FOUND.
 */
export async function requestSync(
  { unitOfWork }: Pick<TwinDependencies, 'unitOfWork'>,
  actor: Actor,
  input: { readonly patientId: string },
): Promise<{ patient: Patient; job: JobRun }> {
  return unitOfWork.run(actor, async (stores) => {
    const [patient] = await stores.patients.byIds([input.patientId]);
    if (patient === undefined) {
      throw new DomainError('NOT_FOUND', 'No such patient.', { field: 'patientId' });
    }
    await stores.audit.record({ action: 'sync', subjectKind: 'Patient', subjectId: patient.id });
    return { patient, job: await stores.jobs.enqueue({ kind: 'sync-patient', patientId: patient.id }) };
  });
}
