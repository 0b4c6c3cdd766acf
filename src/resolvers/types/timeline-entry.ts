import type { TimelineBodyResolvers, TimelineEntryResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const TimelineEntry: TimelineEntryResolvers = {
  sourceSystem: ({ sourceSystem }) => upperCase(sourceSystem),
};

const BODY_TYPES = {
  observation: 'Observation',
  treatment: 'Treatment',
  condition: 'Condition',
  procedure: 'Procedure',
  image: 'AcquiredImage',
  gap: 'Gap',
  retraction: 'Retraction',
} as const;

export const TimelineBody: TimelineBodyResolvers = {
  __resolveType: ({ kind }) => BODY_TYPES[kind],
};
