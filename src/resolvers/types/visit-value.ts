import type { VisitValueResolvers } from '../schema-types.ts';
import { comparatorName, upperCase } from './enum-names.ts';

export const VisitValue: VisitValueResolvers = {
  status: ({ value }) => upperCase(value.status),
  value: ({ value }) => (value.status === 'known' ? value.value : null),
  bound: ({ value }) => (value.status === 'censored' ? value.bound : null),
  comparator: ({ value }) => (value.status === 'censored' ? comparatorName(value.comparator) : null),
  ageDays: ({ value }) => (value.status === 'missing' ? null : value.ageDays),
  observedAt: ({ value }) => (value.status === 'missing' ? null : value.observedAt),
  entry: ({ value }, _, { loaders }) => (value.status === 'missing' ? null : loaders.entry.load(value.entryId)),
  reason: ({ value }) => (value.status === 'missing' ? value.reason : null),
};
