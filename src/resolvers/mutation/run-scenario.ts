import { DomainError } from '../../errors.ts';
import type { Intervention } from '../../twins/forecast.ts';
import { runScenario as useCase } from '../../twins/request-forecast.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { InterventionInput, MutationResolvers, RunScenarioResultResolvers } from '../schema-types.ts';

const MAX_INTERVENTIONS = 20;

export const runScenario: NonNullable<MutationResolvers['runScenario']> = (_, { input }, { twins, actor }) =>
  orRefusal(() => {
    if (input.interventions.length > MAX_INTERVENTIONS) {
      throw new DomainError('TOO_LARGE', `A what-if has at most ${MAX_INTERVENTIONS} interventions.`, {
        field: 'interventions',
      });
    }
    return useCase(twins, actor, {
      forecastId: existingId(input.forecastId, 'forecast', 'forecastId'),
      interventions: input.interventions.map(toIntervention),
    });
  });

export const RunScenarioResult: RunScenarioResultResolvers = { __resolveType: resultType('RunScenarioSuccess') };

function toIntervention({ treatment, value }: InterventionInput): Intervention {
  if (treatment !== undefined) {
    const { key, from, to, amountPerDay } = treatment;
    return { kind: 'treatment', variable: key, from, to, amountPerDay };
  }
  return { kind: 'value', variable: value.key, value: value.value };
}
