import type { DoseResponseResolvers } from '../schema-types.ts';
import { variableOf } from '../variable-of.ts';

export const DoseResponse: DoseResponseResolvers = {
  treatmentKey: ({ response }) => response.treatment,
  treatment: ({ twinId, response }, _, context) => variableOf(context, twinId, response.treatment),
  variableKey: ({ response }) => response.variable,
  variable: ({ twinId, response }, _, context) => variableOf(context, twinId, response.variable),
  points: ({ response }) => response.points,
};
