import { DomainError } from '../errors.ts';
import { withStatus } from './disease-twin.ts';
import { abandonForecast } from './issue-forecast.ts';
import type { JobRun } from './job.ts';
import type { Actor, Clock, Stores, TwinDependencies } from './ports.ts';

/**
 * Stops a job that has not ended. The forecast that it was to compute is cancelled with it; a twin that waits for it
 * says so and is taken up again by the next synchronisation.
 * @throws {DomainError} NOT_FOUND, or CONFLICT when it has ended already.
 */
export async function cancelJob(
  { unitOfWork, clock }: Pick<TwinDependencies, 'unitOfWork' | 'clock'>,
  actor: Actor,
  input: { readonly jobId: string },
): Promise<JobRun> {
  return unitOfWork.run(actor, async (stores) => {
    const [job] = await stores.jobs.byIds([input.jobId]);
    if (job === undefined) {
      throw new DomainError('NOT_FOUND', 'No such job.', { field: 'jobId' });
    }
    // The subject before the job, in the order in which jobs are enqueued: two transactions cannot wait for each other.
    const isOpen = await releaseSubject(stores, clock, job);
    if (!isOpen || !(await stores.jobs.cancel(job.id))) {
      throw new DomainError('CONFLICT', 'This job has ended already.', { field: 'jobId' });
    }
    await stores.audit.record({ action: 'cancel', subjectKind: 'Job', subjectId: job.id });
    return { ...job, status: 'CANCELLED' };
  });
}

/** False when what the job was for is settled, whatever the job says. */
async function releaseSubject(stores: Stores, clock: Clock, { kind, subjectId }: JobRun): Promise<boolean> {
  if (kind === 'issue-forecast') {
    return abandonForecast(stores, clock, subjectId, 'CANCELLED', 'The forecast was cancelled.');
  }
  const [waiting, reason, twinIds] =
    kind === 'register-twin'
      ? (['REGISTERING', 'Aligning the images was cancelled.', [subjectId]] as const)
      : ([
          'SYNCING',
          'The synchronisation was cancelled.',
          (await stores.twins.byPatientIds([subjectId])).map(({ id }) => id),
        ] as const);
  for (const id of twinIds) {
    const twin = await stores.twins.lock(id);
    if (twin?.status === waiting) {
      await stores.twins.save(withStatus(twin, 'FAULTED', reason));
      await stores.events.append([{ twinId: id, type: 'STATUS_CHANGED', message: reason }]);
    }
  }
  return true;
}
