import { FaultError } from '../../errors.ts';
import type { BackTestImageResolvers, BackTestResolvers, BackTestValueResolvers } from '../schema-types.ts';

export const BackTest: BackTestResolvers = {
  forecast: async ({ forecastId }, _, { loaders }) => {
    const forecast = await loaders.forecast.load(forecastId);
    if (forecast === null) {
      throw new FaultError('a score without a forecast');
    }
    return forecast;
  },
};
export const BackTestValue: BackTestValueResolvers = { key: ({ variable }) => variable };
export const BackTestImage: BackTestImageResolvers = {
  entry: ({ entryId }, _, { loaders }) => loaders.entry.load(entryId),
};
