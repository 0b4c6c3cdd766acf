import type { ForecastValueResolvers } from '../schema-types.ts';

export const ForecastValue: ForecastValueResolvers = {
  key: ({ value }) => value.variable,
  variable: async ({ twinId, value }, _, { loaders, twins }) => {
    const twin = await loaders.twin.load(twinId);
    const definition = twin === null ? undefined : twins.diseases.get(twin.diseaseId);
    return definition?.variables.find(({ key }) => key === value.variable) ?? null;
  },
  unit: ({ value }) => value.unit,
  value: ({ value }) => value.value,
  baseline: ({ value }) => value.baseline,
  skill: ({ value }) => value.skill,
  isDeclined: ({ value }) => value.isDeclined,
  reason: ({ value }) => value.reason,
};
