import { requestForecast as useCase } from '../../twins/request-forecast.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { MutationResolvers, RequestForecastResultResolvers } from '../schema-types.ts';

export const requestForecast: NonNullable<MutationResolvers['requestForecast']> = (
  _,
  { input },
  { twins, actor, now },
) =>
  orRefusal(
    () => {
      const clock = input.clock === 'ISSUED' ? 'issued' : 'recorded';
      return useCase(twins, actor, {
        twinId: existingId(input.twinId, 'twin', 'twinId'),
        targetAt: input.targetDate ?? null,
        horizonDays: input.horizonDays ?? null,
        modelId: input.modelId ?? null,
        seed: input.seed ?? null,
        asOf: input.asOf == null && clock === 'recorded' ? null : { at: input.asOf ?? now(), clock },
      });
    },
    (field) => (field === 'targetAt' ? 'targetDate' : field),
  );

export const RequestForecastResult: RequestForecastResultResolvers = {
  __resolveType: resultType('RequestForecastSuccess'),
};
