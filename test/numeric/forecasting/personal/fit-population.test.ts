import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { fitPopulation } from '../../../../src/ml/forecasting/personal/fit-population.ts';
import { modelOfRecord, recordOfModel } from '../../../../src/ml/forecasting/personal/model-record.ts';
import type { PatientSeries } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import type { PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';
import { COUPLED_SPEC, COUPLED_TRUTH, coupledPatients } from './simulated-patients.ts';

describe('a population that was simulated', () => {
  const patients = coupledPatients(600, 3);
  const { model, caveats } = fitPopulation(patients, COUPLED_SPEC, { seed: 1, rounds: 60 });
  const { prior } = model;
  const { means, sds, shift, noiseSds, halfLifeDays } = COUPLED_TRUTH;

  it('is recovered: mean effects, how patients differ, and what the group adds', () => {
    means.forEach((mean, e) => {
      expect(prior.means[e]).toBeCloseTo(mean, 1);
      expect(Math.abs(prior.means[e]! - mean)).toBeLessThan(0.03);
      expect(Math.sqrt(prior.covariances[e * 5]!)).toBeGreaterThan(0.85 * sds[e]!);
      expect(Math.sqrt(prior.covariances[e * 5]!)).toBeLessThan(1.15 * sds[e]!);
      expect(Math.abs(prior.shifts[e]! - shift[e]!)).toBeLessThan(0.04);
    });
  });

  it('is recovered: half-life and noise per interval of the reference length', () => {
    expect(model.halfLivesDays[0]).toBeGreaterThan(0.85 * halfLifeDays);
    expect(model.halfLivesDays[0]).toBeLessThan(1.15 * halfLifeDays);
    noiseSds.forEach((sd, v) => {
      const expected = sd * Math.sqrt(model.referenceDays[v]! / COUPLED_TRUTH.referenceDays);
      expect(Math.sqrt(prior.noiseVariances[v]!)).toBeGreaterThan(0.93 * expected);
      expect(Math.sqrt(prior.noiseVariances[v]!)).toBeLessThan(1.07 * expected);
    });
  });

  it('is told without caveats, with how much was learned from it', () => {
    expect(caveats).toEqual([]);
    expect(model.evidence.patients).toBe(600);
    // 4 means, 10 covariances, 4 offsets, 2 noises, 1 half-life, and up to 2 shares of constant noise.
    expect(model.evidence.numbers).toBeGreaterThanOrEqual(21);
    expect(model.evidence.numbers).toBeLessThanOrEqual(23);
  });

  it('gives the same model again, and reads it back with the same bits', () => {
    const again = fitPopulation(patients, COUPLED_SPEC, { seed: 1, rounds: 60 });
    const text = JSON.stringify(recordOfModel(model));
    expect(JSON.stringify(recordOfModel(again.model))).toBe(text);
    expect(JSON.stringify(recordOfModel(modelOfRecord(JSON.parse(text))))).toBe(text);
  });

  it('makes the likelihood grow with every round', () => {
    const likelihoods = [1, 3, 10, 40].map(
      (rounds) => fitPopulation(patients.slice(0, 100), COUPLED_SPEC, { seed: 1, rounds }).model.evidence,
    );
    for (let k = 1; k < likelihoods.length; k += 1) {
      expect(likelihoods[k]!.logLikelihoodPerInterval).toBeGreaterThanOrEqual(
        likelihoods[k - 1]!.logLikelihoodPerInterval - 1e-9,
      );
    }
  });
});

/** A level that drifts by its own rate, measured with an error. */
const drifting = (measurementSd: number | 'learned', change: 'log' | 'absolute' = 'absolute'): PersonalSpec => ({
  timeUnitDays: 1,
  variables: [
    {
      key: 'x',
      change,
      scale: 1,
      floor: change === 'log' ? 1e-9 : 0,
      plausible: [-1e9, 1e9],
      measurementSd,
      features: [{ kind: 'intercept' }],
    },
  ],
  treatments: [],
  statics: [],
  components: 1,
});

function driftingPatients(count: number, measurementSd: number, days: (k: number) => number): PatientSeries[] {
  return Array.from({ length: count }, (_, i) => {
    const random = randomStream(8, i, 'drifting');
    const rate = 0.05 + 0.03 * random.normal();
    let [level, day] = [5 * random.normal(), 0];
    const visits = Array.from({ length: 14 }, (_one, k) => {
      const measured = { day, values: { x: level + measurementSd * random.normal() } };
      const length = days(k);
      level += rate * length + 0.05 * Math.sqrt(length) * random.normal();
      day += length;
      return measured;
    });
    return { statics: {}, visits, treatments: {} };
  });
}

describe('measurement error', () => {
  it('is told apart from what goes on, at even and at uneven distances', () => {
    for (const days of [() => 1, (k: number) => [0.5, 2, 1, 3][k % 4]!]) {
      const { model } = fitPopulation(driftingPatients(400, 0.2, days), drifting('learned'), { seed: 2 });
      expect(model.measurementSds[0]).toBeGreaterThan(0.18);
      expect(model.measurementSds[0]).toBeLessThan(0.22);
      expect(Math.sqrt(model.prior.noiseVariances[0]! / model.referenceDays[0]!)).toBeLessThan(0.09);
      expect(model.prior.means[0]).toBeCloseTo(0.05, 1);
      expect(Math.sqrt(model.prior.covariances[0]!)).toBeGreaterThan(0.015);
      expect(Math.sqrt(model.prior.covariances[0]!)).toBeLessThan(0.05);
    }
  });

  it('is none where there is none', () => {
    const { model } = fitPopulation(
      driftingPatients(80, 0, () => 1),
      drifting('learned'),
      { seed: 2 },
    );
    expect(model.measurementSds[0]).toBeLessThan(0.015);
  });

  it('stays as it is declared', () => {
    const { model } = fitPopulation(
      driftingPatients(60, 0.2, () => 1),
      drifting(0.2),
      { seed: 2 },
    );
    expect(model.measurementSds[0]).toBe(0.2);
    expect(Math.sqrt(model.prior.noiseVariances[0]!)).toBeLessThan(0.1);
  });
});

describe('a population that nothing can be learned from', () => {
  it.each([
    ['nobody', []],
    ['one visit each', [1, 2, 3].map((x) => ({ statics: {}, visits: [{ day: 0, values: { x } }], treatments: {} }))],
    [
      'all values missing',
      [1, 2, 3].map(() => ({
        statics: {},
        visits: [1, 2].map((day) => ({ day, values: { x: NaN } })),
        treatments: {},
      })),
    ],
  ])('is refused: %s', (_, patients) => {
    expect(() => fitPopulation(patients, drifting(0), { seed: 1 })).toThrow(DomainError);
    expect(() => fitPopulation(patients, drifting(0), { seed: 1 })).toThrow(/a population needs 2/);
  });

  it('still tells of the others where one variable was never measured twice', () => {
    const spec: PersonalSpec = {
      ...drifting(0),
      variables: [drifting(0).variables[0]!, { ...drifting(0).variables[0]!, key: 'never' }],
    };
    const { model, caveats } = fitPopulation(
      driftingPatients(20, 0, () => 1),
      spec,
      { seed: 1 },
    );
    expect(caveats).toEqual(['never was never measured twice; nothing was learned of it.']);
    expect(model.prior.means.every(Number.isFinite)).toBe(true);
  });

  it('leaves values out that cannot be, and says so', () => {
    const patients = driftingPatients(20, 0, () => 1).map(({ visits }) => ({
      statics: {},
      treatments: {},
      visits: [...visits, { day: 99, values: { x: 1e12 } }, { day: 100, values: { x: Infinity } }],
    }));
    const { model, caveats } = fitPopulation(patients, drifting(0), { seed: 1 });
    expect(caveats).toEqual(['A value of x outside of its plausible range -1000000000 to 1000000000 was left out.']);
    expect(model.evidence.intervals).toBe(20 * 13);
  });
});

describe('a declaration', () => {
  const [variable] = COUPLED_SPEC.variables;
  it.each([
    [
      'an unknown treatment',
      { features: [{ kind: 'dose' as const, treatment: 'tonic' }] },
      /names the treatment tonic/,
    ],
    [
      'an unknown variable',
      { features: [{ kind: 'state' as const, variable: 'z', reference: 0, scale: 1 }] },
      /names the variable z/,
    ],
    ['no floor', { floor: 0 }, /floor must be above 0 for a log change/],
    ['an empty range', { plausible: [2, 1] as const }, /must be a range from low to high/],
    ['no features', { features: [] }, /features is not valid/],
  ])('with %s is refused by name', (_, fault, message) => {
    const spec = { ...COUPLED_SPEC, variables: [{ ...variable!, ...fault }, COUPLED_SPEC.variables[1]!] };
    expect(() => fitPopulation(coupledPatients(3, 1), spec, { seed: 1 })).toThrow(message);
  });
});
