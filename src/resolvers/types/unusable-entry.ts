import type { UnusableEntryResolvers } from '../schema-types.ts';

export const UnusableEntry: UnusableEntryResolvers = {
  entry: ({ entryId }, _, { loaders }) => loaders.entry.load(entryId),
};
