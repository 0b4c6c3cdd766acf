import { loadEntries } from '../load-entries.ts';
import type { ExposureResolvers } from '../schema-types.ts';

export const Exposure: ExposureResolvers = {
  amount: ({ exposure }) => exposure.amount,
  entries: ({ exposure }, _, { loaders }) => loadEntries(loaders, exposure.entryIds),
  unusable: ({ exposure }) => exposure.unusable,
};
