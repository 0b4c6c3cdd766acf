import { FaultError } from '../../errors.ts';
import type { TwinEventResolvers } from '../schema-types.ts';

export const TwinEvent: TwinEventResolvers = {
  twin: async ({ twinId }, _, { loaders }) => {
    const twin = await loaders.twin.load(twinId);
    if (twin === null) {
      throw new FaultError('an event without a twin');
    }
    return twin;
  },
  forecast: ({ forecastId }, _, { loaders }) => (forecastId === null ? null : loaders.forecast.load(forecastId)),
  entry: ({ entryId }, _, { loaders }) => (entryId === null ? null : loaders.entry.load(entryId)),
};
