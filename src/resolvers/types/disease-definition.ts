import type { DiseaseDefinitionResolvers } from '../schema-types.ts';

export const DiseaseDefinition: DiseaseDefinitionResolvers = {
  modalities: ({ imaging }) => imaging.modalities,
  modelId: ({ forecasting }) => forecasting.model,
  defaultHorizonDays: ({ forecasting }) => forecasting.defaultHorizonDays,
  maximumHorizonDays: ({ forecasting }) => forecasting.maximumHorizonDays,
  minimumVisits: ({ forecasting }) => forecasting.minimumVisits,
};
