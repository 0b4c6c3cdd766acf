import { DomainError } from '../../errors.ts';
import type { JobRun } from '../../twins/job.ts';
import type { ApiContext } from '../context.ts';
import { existingId } from '../refusal.ts';
import type { SubscriptionResolvers } from '../schema-types.ts';
import { abortable } from './abortable.ts';

export const jobProgress: NonNullable<SubscriptionResolvers['jobProgress']> = {
  subscribe: async (_, { jobId }, context) => {
    const id = existingId(jobId, 'job', 'jobId');
    if ((await context.loaders.job.load(id)) === null) {
      throw new DomainError('NOT_FOUND', 'No such job.', { field: 'jobId' });
    }
    return abortable((signal) => follow(context, id, signal));
  },
  resolve: (job: JobRun) => job,
};

async function* follow(
  { wakeUps, actor, loaders }: ApiContext,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<JobRun> {
  let seen = '';
  for await (const _ of wakeUps.listen({ tenantId: actor.tenantId, kind: 'job', id: jobId }, signal)) {
    const job = await loaders.job.load(jobId);
    if (job === null) return;
    const state = `${job.status} ${job.attempt} ${job.progress} ${job.message ?? ''}`;
    if (state !== seen) {
      seen = state;
      yield job;
    }
    if (job.status === 'SUCCEEDED' || job.status === 'FAILED' || job.status === 'CANCELLED') return;
  }
}
