import type {
  InterventionResolvers,
  TreatmentInterventionResolvers,
  ValueInterventionResolvers,
} from '../schema-types.ts';

export const TreatmentIntervention: TreatmentInterventionResolvers = { key: ({ variable }) => variable };
export const ValueIntervention: ValueInterventionResolvers = { key: ({ variable }) => variable };

export const Intervention: InterventionResolvers = {
  __resolveType: ({ kind }) => (kind === 'treatment' ? 'TreatmentIntervention' : 'ValueIntervention'),
};
