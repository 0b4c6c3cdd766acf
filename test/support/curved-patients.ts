import { randomStream } from '../../src/ml/cohorts/random-stream.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';

/** A value that saturates, faster in some than in others, under a drug that lingers for two days. */
export function curvedPatients(seed: number, count: number): PatientSeries[] {
  return Array.from({ length: count }, (_, patient) => {
    const random = randomStream(seed, patient, 'curved');
    const [own, effect] = [0.12 * Math.exp(0.3 * random.normal()), 0.25 * Math.exp(0.3 * random.normal())];
    const given = Array.from({ length: 20 }, (_day, day) => day).filter(() => random.uniform() < 0.25);
    let value = Math.exp(random.between(-1, 1.5));
    let drug = 0;
    const visits = Array.from({ length: 20 }, (_day, day) => {
      const visit = { day, values: { marker: value } };
      drug += Number(given.includes(day));
      const acts = drug * (1 - 2 ** (-1 / 2));
      drug -= acts;
      value *= 1 + own * Math.tanh(1.5 - value) - effect * acts + 0.02 * random.normal();
      return visit;
    });
    return {
      statics: {},
      visits,
      treatments: { drug: given.map((day) => ({ fromDay: day, toDay: day, amount: 1 })) },
    };
  });
}

/** What is known of them, without a law. */
export const CURVED: PersonalSpec = {
  timeUnitDays: 1,
  variables: [
    {
      key: 'marker',
      change: 'relative',
      scale: 1,
      floor: 1e-4,
      plausible: [0, 100],
      measurementSd: 0,
      features: [{ kind: 'intercept' }],
    },
  ],
  treatments: [{ key: 'drug', unit: 1, halfLifeDays: 'learned' }],
  statics: [],
  components: 1,
};
