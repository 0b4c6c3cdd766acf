import { nameScenario as useCase } from '../../twins/name-scenario.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { MutationResolvers, NameScenarioResultResolvers } from '../schema-types.ts';

export const nameScenario: NonNullable<MutationResolvers['nameScenario']> = (
  _,
  { forecastId, name },
  { twins, actor },
) =>
  orRefusal(async () => ({
    forecast: await useCase(twins, actor, {
      forecastId: existingId(forecastId, 'forecast', 'forecastId'),
      name: name ?? null,
    }),
  }));

export const NameScenarioResult: NameScenarioResultResolvers = { __resolveType: resultType('NameScenarioSuccess') };
