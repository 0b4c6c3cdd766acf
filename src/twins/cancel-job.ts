import { DomainError } from '../errors.ts';
import { abandonForecast } from './issue-forecast.ts';
import type { JobRun } from './job.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/**
 * Stops a job that has not ended, and the forecast that it was to compute.
 * @throws {DomainError} NOT_FOUND, or CONFLICT when it has ended already.
 */
export async function cancelJob(
  dependencies: Pick<TwinDependencies, 'unitOfWork' | 'clock'>,
  actor: Actor,
  input: { readonly jobId: string },
): Promise<JobRun> {
  const job = await dependencies.unitOfWork.run(actor, async (stores) => {
    const [found] = await stores.jobs.byIds([input.jobId]);
    if (found === undefined) {
      throw new DomainError('NOT_FOUND', 'No such job.', { field: 'jobId' });
    }
    if (!(await stores.jobs.cancel(found.id))) {
      throw new DomainError('CONFLICT', `This job has ended already: it is ${found.status}.`, { field: 'jobId' });
    }
    await stores.audit.record({ action: 'cancel', subjectKind: 'Job', subjectId: found.id });
    return found;
  });
  if (job.kind === 'issue-forecast') {
    await abandonForecast(dependencies, actor, job.subjectId, 'CANCELLED', 'The forecast was cancelled.');
  }
  return { ...job, status: 'CANCELLED' };
}
