import type { FeatureSpec } from '../../src/ml/forecasting/personal/feature-spec.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import { DEATH_VOLUME_CM3 } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';

/** Volumes below it (cm3) change no more: a few cells, whose recovery is a coin. */
const LEAST_VOLUME_CM3 = 1e-8;

/** What a definition says of a tumour's volume: growth that slows with size, a drug that lingers, radiation. */
const DEFINITION_FEATURES: readonly FeatureSpec[] = [
  { kind: 'intercept' },
  { kind: 'log-state', variable: 'volume', reference: 100, scale: 5 },
  { kind: 'carry-over', treatment: 'chemotherapy' },
  { kind: 'dose', treatment: 'radiotherapy' },
];

/** @param features of the relative change of the volume per day. */
export const tumourSpec = (
  features: readonly FeatureSpec[] = DEFINITION_FEATURES,
  { components = 3, measurementSd = 0 }: { components?: number; measurementSd?: number | 'learned' } = {},
): PersonalSpec => ({
  timeUnitDays: 1,
  variables: [
    {
      key: 'volume',
      change: 'relative',
      scale: 1,
      floor: LEAST_VOLUME_CM3,
      plausible: [0, DEATH_VOLUME_CM3],
      measurementSd,
      features,
    },
  ],
  treatments: [
    { key: 'chemotherapy', unit: 5, halfLifeDays: 'learned' },
    { key: 'radiotherapy', unit: 2, halfLifeDays: 0 },
  ],
  statics: [{ key: 'type', kind: 'category', levels: [1, 2, 3] }],
  components,
});
