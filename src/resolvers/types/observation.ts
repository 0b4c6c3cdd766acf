import type { ObservationResolvers } from '../schema-types.ts';
import { comparatorName } from './enum-names.ts';

export const Observation: ObservationResolvers = {
  comparator: ({ comparator }) => comparatorName(comparator),
};
