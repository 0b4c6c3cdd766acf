import { cancelJob as useCase } from '../../twins/cancel-job.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { CancelJobResultResolvers, MutationResolvers } from '../schema-types.ts';

export const cancelJob: NonNullable<MutationResolvers['cancelJob']> = (_, { jobId }, { twins, actor }) =>
  orRefusal(async () => ({ job: await useCase(twins, actor, { jobId: existingId(jobId, 'job', 'jobId') }) }));

export const CancelJobResult: CancelJobResultResolvers = { __resolveType: resultType('CancelJobSuccess') };
