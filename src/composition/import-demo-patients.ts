import { setTimeout as wait } from 'node:timers/promises';
import { DomainError } from '../errors.ts';
import { createDiseaseTwin } from '../twins/create-disease-twin.ts';
import type { TwinStatus } from '../twins/disease-twin.ts';
import { importPatient } from '../twins/import-patient.ts';
import type { Actor, TwinDependencies } from '../twins/ports.ts';

const DEMO_DISEASE = 'tumour-response';
const ON_THE_WAY: readonly TwinStatus[] = ['CREATED', 'SYNCING', 'REGISTERING'];
const LOOK_AGAIN_MS = 1000;

/** Makes a twin of every patient of the demo hospital; what exists from an earlier start is left as it is. */
export async function importDemoPatients(
  dependencies: TwinDependencies,
  actor: Actor,
  signal: AbortSignal,
): Promise<void> {
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

/**
 * Waits until every twin has settled and lets those that came first look again: their first forecasts had too few other
 * patients to learn from. In a hospital the next synchronisation does this; a demo should not ask to wait for it.
 */
export async function lookAgainWhenSettled(
  { unitOfWork }: TwinDependencies,
  actor: Actor,
  signal: AbortSignal,
): Promise<void> {
  const page = (statuses: readonly TwinStatus[] | null, first: number) =>
    unitOfWork.run(actor, (stores) =>
      stores.twins.page({ first, after: null }, { diseaseId: DEMO_DISEASE, patientId: null, statuses }),
    );
  while ((await page(ON_THE_WAY, 1)).rows.length > 0) {
    await wait(LOOK_AGAIN_MS, undefined, { signal });
  }
  const { rows } = await page(['READY'], 500);
  await unitOfWork.run(actor, async (stores) => {
    for (const { node } of rows) {
      await stores.jobs.enqueue({ kind: 'register-twin', twinId: node.id });
    }
  });
}
