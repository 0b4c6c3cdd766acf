import type { TreatmentResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Treatment: TreatmentResolvers = {
  evidence: ({ evidence }) => upperCase(evidence),
};
