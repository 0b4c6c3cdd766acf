import { type RandomStream, randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import type { PatientSeries } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import type { PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';

/**
 * Two coupled variables at irregular visits, some missing: x grows by itself and is held back by a drug that lingers; y follows x.
 * Changes of x are logarithmic, of y absolute. The effects of a patient are drawn about the population's, shifted by a group.
 */
export const COUPLED_SPEC: PersonalSpec = {
  timeUnitDays: 30,
  variables: [
    {
      key: 'x',
      change: 'log',
      scale: 1,
      floor: 1e-6,
      plausible: [1e-3, 1e6],
      measurementSd: 0,
      features: [{ kind: 'intercept' }, { kind: 'carry-over', treatment: 'drug' }],
    },
    {
      key: 'y',
      change: 'absolute',
      scale: 10,
      floor: 0,
      plausible: [-1e4, 1e4],
      measurementSd: 0,
      features: [{ kind: 'intercept' }, { kind: 'log-state', variable: 'x', reference: 10, scale: 1 }],
    },
  ],
  treatments: [{ key: 'drug', unit: 100, halfLifeDays: 'learned' }],
  statics: [{ key: 'group', kind: 'category', levels: [0, 1] }],
  components: 1,
};

/** What the simulated population is made of, per 30 days. */
export const COUPLED_TRUTH = {
  means: [0.2, -0.5, 0.1, 0.3],
  sds: [0.1, 0.2, 0.1, 0.1],
  /** Added to the effects of group 1. */
  shift: [0.1, 0, 0, -0.2],
  noiseSds: [0.05, 0.04],
  halfLifeDays: 20,
  referenceDays: 30,
};

/** @param missing probability that a value is not measured. */
export const coupledPatients = (count: number, seed: number, { visits = 10, missing = 0.2 } = {}): PatientSeries[] =>
  Array.from({ length: count }, (_, i) => coupledPatient(randomStream(seed, i, 'coupled'), visits, missing));

function coupledPatient(random: RandomStream, visits: number, missing: number): PatientSeries {
  const { means, sds, shift, noiseSds, halfLifeDays, referenceDays } = COUPLED_TRUTH;
  const group = random.index(2);
  const effects = means.map((mean, e) => mean + sds[e]! * random.normal() + group * shift[e]!);
  const decay = Math.LN2 / halfLifeDays;
  const drug: { fromDay: number; toDay: number; amount: number }[] = [];
  const seen: PatientSeries['visits'][number][] = [];
  let [x, y, pool, day] = [10 * Math.exp(0.5 * random.normal()), 50 + 10 * random.normal(), 0, 0];
  let since = { x, y, xAtY: x };
  let [growthOfX, growthOfY] = [0, 0];
  for (let visit = 0; visit < visits; visit += 1) {
    const values: Record<string, number> = {};
    // A change is linear in what the last measurements of all variables were, so a missing one only lengthens the interval.
    if (visit === 0 || random.uniform() >= missing) {
      x = since.x * Math.exp(growthOfX);
      values['x'] = x;
      growthOfX = 0;
    }
    if (visit === 0 || random.uniform() >= missing) {
      y = since.y + 10 * growthOfY;
      values['y'] = y;
      growthOfY = 0;
    }
    since = {
      x: values['x'] ?? since.x,
      y: values['y'] ?? since.y,
      xAtY: values['y'] === undefined ? since.xAtY : (values['x'] ?? since.x),
    };
    seen.push({ day, values });
    const days = 20 + 25 * random.uniform();
    if (random.uniform() < 0.6) {
      const given = day + days * random.uniform();
      const amount = 100 * (0.5 + random.uniform());
      drug.push({ fromDay: given, toDay: given, amount });
      const left = pool * Math.exp(-decay * days) + (amount / 100) * Math.exp(-decay * (day + days - given));
      growthOfX += effects[1]! * (pool + amount / 100 - left);
      pool = left;
    } else {
      const left = pool * Math.exp(-decay * days);
      growthOfX += effects[1]! * (pool - left);
      pool = left;
    }
    growthOfX += effects[0]! * (days / 30) + noiseSds[0]! * Math.sqrt(days / referenceDays) * random.normal();
    growthOfY +=
      (effects[2]! + effects[3]! * Math.log(since.xAtY / 10)) * (days / 30) +
      noiseSds[1]! * Math.sqrt(days / referenceDays) * random.normal();
    day += days;
  }
  return { statics: { group }, visits: seen, treatments: { drug } };
}
