import type { LesionVolumeDifferenceResolvers, LesionVolumeResolvers } from '../schema-types.ts';

/** UCUM. */
const UNIT = 'mL';

export const LesionVolume: LesionVolumeResolvers = {
  unit: () => UNIT,
  baseline: ({ seenMl }) => seenMl,
  value: ({ forecastMl }) => forecastMl,
  drawn: ({ drawnMl }) => drawnMl,
};
export const LesionVolumeDifference: LesionVolumeDifferenceResolvers = {
  unit: () => UNIT,
  reference: ({ referenceMl }) => referenceMl,
  scenario: ({ scenarioMl }) => scenarioMl,
  difference: ({ differenceMl }) => differenceMl,
};
