import { DomainError } from '../errors.ts';
import { createDiseaseTwin } from '../twins/create-disease-twin.ts';
import { importPatient } from '../twins/import-patient.ts';
import type { Actor, TwinDependencies } from '../twins/ports.ts';

const DEMO_DISEASE = 'tumour-response';

/** Makes a twin of every patient of the demo hospital; what exists from an earlier start is left as it is. */
export async function importDemoPatients(dependencies: TwinDependencies, actor: Actor): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  for await (const record of dependencies.hospitals.of(actor.tenantId).clinical.listPatients(signal)) {
    if (record.replacedByFhirId !== null) {
      continue;
    }
    const { patient } = await importPatient(dependencies, actor, { fhirId: record.fhirId }, signal);
    try {
      await createDiseaseTwin(dependencies, actor, { patientId: patient.id, diseaseId: DEMO_DISEASE });
    } catch (error) {
      if (!(error instanceof DomainError && error.reason === 'ALREADY_EXISTS')) {
        throw error;
      }
    }
  }
}
