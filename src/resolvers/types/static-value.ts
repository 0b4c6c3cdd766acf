import type { StaticValueResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const StaticValue: StaticValueResolvers = {
  status: ({ value }) => upperCase(value.status),
  number: ({ value }) => (value.status === 'known' && typeof value.value === 'number' ? value.value : null),
  category: ({ value }) => (value.status === 'known' && typeof value.value === 'string' ? value.value : null),
  reason: ({ value }) => (value.status === 'missing' ? value.reason : null),
};
