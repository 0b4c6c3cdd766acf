import { retireDiseaseTwin as useCase } from '../../twins/retire-disease-twin.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { MutationResolvers, RetireDiseaseTwinResultResolvers } from '../schema-types.ts';

export const retireDiseaseTwin: NonNullable<MutationResolvers['retireDiseaseTwin']> = (
  _,
  { twinId },
  { twins, actor },
) => orRefusal(async () => ({ twin: await useCase(twins, actor, { twinId: existingId(twinId, 'twin', 'twinId') }) }));

export const RetireDiseaseTwinResult: RetireDiseaseTwinResultResolvers = {
  __resolveType: resultType('RetireDiseaseTwinSuccess'),
};
