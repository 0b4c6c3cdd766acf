import type { DiseaseDefinitionResolvers } from '../schema-types.ts';

export const DiseaseDefinition: DiseaseDefinitionResolvers = {
  modalities: ({ imaging }) => imaging.modalities,
  modelId: ({ forecasting }) => forecasting.model,
  defaultHorizonDays: ({ forecasting }) => forecasting.defaultHorizonDays,
  maximumHorizonDays: ({ forecasting }) => forecasting.maximumHorizonDays,
  minimumVisits: ({ forecasting }) => forecasting.minimumVisits,
  acceptedMaskedSsim: ({ registration }) => registration.acceptance.maskedSsim,
  refusedBelowMaskedSsim: ({ registration }) => registration.acceptance.maskedSsimReview,
  acceptanceEvidence: ({ registration }) => registration.acceptance.evidence,
};
