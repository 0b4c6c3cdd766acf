import type { Intervention } from '../../twins/forecast.ts';
import { runScenario as useCase } from '../../twins/request-forecast.ts';
import { existingId, orRefusal, resultType } from '../refusal.ts';
import type { InterventionInput, MutationResolvers, RunScenarioResultResolvers } from '../schema-types.ts';

export const runScenario: NonNullable<MutationResolvers['runScenario']> = (_, { input }, { twins, actor }) => {
  const interventions = input.interventions.map(toIntervention);
  return orRefusal(
    async () =>
      useCase(twins, actor, { forecastId: existingId(input.forecastId, 'forecast', 'forecastId'), interventions }),
    (field) => inputField(field, interventions),
  );
};

export const RunScenarioResult: RunScenarioResultResolvers = { __resolveType: resultType('RunScenarioSuccess') };

function toIntervention({ treatment, value }: InterventionInput): Intervention {
  if (treatment !== undefined) {
    const { key, from, to, amountPerDay } = treatment;
    return { kind: 'treatment', variable: key, from, to, amountPerDay };
  }
  return { kind: 'value', variable: value.key, value: value.value };
}

/** `interventions[0].variable` is `interventions[0].treatment.key` to who wrote the input. */
function inputField(field: string, interventions: readonly Intervention[]): string {
  return field.replace(/^interventions\[(\d+)\]\.(\w+)$/, (whole, index: string, name: string) => {
    const kind = interventions[Number(index)]?.kind;
    return kind === undefined ? whole : `interventions[${index}].${kind}.${name === 'variable' ? 'key' : name}`;
  });
}
