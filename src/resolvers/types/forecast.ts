import { FaultError } from '../../errors.ts';
import { loadEntries } from '../load-entries.ts';
import type { ForecastResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Forecast: ForecastResolvers = {
  twin: async ({ twinId }, _, { loaders }) => {
    const twin = await loaders.twin.load(twinId);
    if (twin === null) {
      throw new FaultError('a forecast without a twin');
    }
    return twin;
  },
  asOf: ({ asOf }) => asOf.at,
  clock: ({ asOf }) => upperCase(asOf.clock),
  reference: ({ referenceForecastId }, _, { loaders }) =>
    referenceForecastId === null ? null : loaders.forecast.load(referenceForecastId),
  namedScenarios: ({ id }, _, { loaders }) => loaders.namedScenariosOf.load(id),
  replayId: ({ modelVersion, inputHash, seed }) =>
    modelVersion === null || inputHash === null ? null : `${modelVersion}:${inputHash}:${seed}`,
  inputs: ({ inputEntryIds }, _, { loaders }) => loadEntries(loaders, inputEntryIds),
  values: ({ twinId, values }) => values.map((value) => ({ twinId, value })),
  doseResponses: ({ twinId, doseResponses }) => doseResponses.map((response) => ({ twinId, response })),
  backTest: ({ id }, _, { loaders }) => loaders.backTest.load(id),
  jobs: ({ id }, _, { loaders }) => loaders.jobsOfSubject.load(id),
};
