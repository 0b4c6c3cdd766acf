import { beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { solvePositiveDefinite } from '../../../../src/ml/forecasting/ridge.ts';
import { fitPopulation } from '../../../../src/ml/forecasting/personal/fit-population.ts';
import type { PatientSeries } from '../../../../src/ml/forecasting/personal/patient-series.ts';
import { componentWeights, startPosterior } from '../../../../src/ml/forecasting/personal/personal-posterior.ts';
import type { PopulationModel } from '../../../../src/ml/forecasting/personal/population-model.ts';
import { forecastValues } from '../../../../src/ml/forecasting/personal/personal-forecast.ts';
import { posteriorOfRecord, recordOfPosterior } from '../../../../src/ml/forecasting/personal/posterior-record.ts';
import { posteriorOf, updatePosterior } from '../../../../src/ml/forecasting/personal/update-posterior.ts';
import { COUPLED_SPEC, coupledPatients } from './simulated-patients.ts';

let model: PopulationModel;
let patient: PatientSeries;
beforeAll(() => {
  ({ model } = fitPopulation(coupledPatients(80, 5), { ...COUPLED_SPEC, components: 2 }, { seed: 4, rounds: 20 }));
  patient = coupledPatients(1, 99, { visits: 12, missing: 0.3 })[0]!;
});

const bytes = (posterior: ReturnType<typeof startPosterior>): string => JSON.stringify(recordOfPosterior(posterior));

describe('the posterior of a patient', () => {
  /** The intervals of one variable, cut and weighed here without the code under test. */
  function intervalsOf(variable: 'x' | 'y') {
    const [halfLife] = model.halfLivesDays;
    const decay = Math.LN2 / halfLife!;
    const given = patient.treatments['drug']!;
    const pool = (day: number): number =>
      given.reduce(
        (sum, { fromDay, amount }) => sum + (fromDay < day ? (amount / 100) * Math.exp(-decay * (day - fromDay)) : 0),
        0,
      );
    const last: Record<string, number> = {};
    let start: { day: number; value: number; x: number } | null = null;
    const rows: { features: number[]; change: number; days: number }[] = [];
    for (const { day, values } of patient.visits) {
      const value = values[variable];
      if (values['x'] !== undefined) last['x'] = values['x'];
      if (value === undefined) continue;
      if (start !== null) {
        const days = day - start.day;
        const amount = given.reduce(
          (sum, one) => sum + (one.fromDay >= start!.day && one.fromDay < day ? one.amount / 100 : 0),
          0,
        );
        const acting = pool(start.day) + amount - pool(day);
        rows.push(
          variable === 'x'
            ? { features: [days / 30, acting], change: Math.log(value / start.value), days }
            : { features: [days / 30, Math.log(start.x / 10) * (days / 30)], change: (value - start.value) / 10, days },
        );
      }
      start = { day, value, x: last['x']! };
    }
    return rows;
  }

  it('is that of brute-force linear algebra: means, covariances and the probabilities of the components', () => {
    const { posterior } = posteriorOf(model, patient);
    const { prior } = model;
    const f = 4;
    const evidence: number[] = [];
    const observations = (['x', 'y'] as const).flatMap((variable, v) =>
      intervalsOf(variable).map(({ features, change, days }) => {
        const share = model.measurementShares[v]!;
        const variance = prior.noiseVariances[v]! * (share + (1 - share) * (days / model.referenceDays[v]!));
        return { row: v === 0 ? [...features, 0, 0] : [0, 0, ...features], change, variance };
      }),
    );
    expect(observations.length).toBeGreaterThan(10);
    for (let k = 0; k < 2; k += 1) {
      const shift = Float64Array.from({ length: f }, (_, a) => prior.shifts[a]! * patient.statics['group']!);
      const mean = Float64Array.from({ length: f }, (_, a) => prior.means[k * f + a]! + shift[a]!);
      const s = prior.covariances.subarray(k * f * f, (k + 1) * f * f);
      // All changes at once are Gaussian with covariance F S F' + noise.
      const n = observations.length;
      const crosses = observations.map(({ row }) =>
        Float64Array.from({ length: f }, (_, a) => row.reduce((sum, x, b) => sum + s[a * f + b]! * x, 0)),
      );
      const total = new Float64Array(n * n);
      observations.forEach(({ row, variance }, i) => {
        for (let j = 0; j < n; j += 1) {
          total[i * n + j] = row.reduce((sum, x, a) => sum + x * crosses[j]![a]!, 0) + (i === j ? variance : 0);
        }
      });
      const surprise = Float64Array.from(
        observations,
        ({ row, change }) => change - row.reduce((sum, x, a) => sum + x * mean[a]!, 0),
      );
      const solved = solvePositiveDefinite(total, surprise);
      const gains = crosses.map((_, i) =>
        solvePositiveDefinite(
          total,
          Float64Array.from({ length: n }, (_one, j) => Number(i === j)),
        ),
      );
      for (let a = 0; a < f; a += 1) {
        const expected = mean[a]! + crosses.reduce((sum, cross, i) => sum + cross[a]! * solved[i]!, 0);
        expect(posterior.means[k * f + a]).toBeCloseTo(expected, 9);
        for (let b = 0; b < f; b += 1) {
          let reduced = s[a * f + b]!;
          for (let i = 0; i < n; i += 1)
            for (let j = 0; j < n; j += 1) reduced -= crosses[i]![a]! * gains[i]![j]! * crosses[j]![b]!;
          expect(posterior.covariances[(k * 6 + a) * 6 + b]).toBeCloseTo(reduced, 9);
        }
      }
      evidence.push(
        Math.log(prior.weights[k]!) -
          (logDeterminant(total, n) + surprise.reduce((sum, x, i) => sum + x * solved[i]!, 0)) / 2,
      );
    }
    const [first, second] = evidence;
    expect(componentWeights(posterior)[0]).toBeCloseTo(1 / (1 + Math.exp(second! - first!)), 8);
  });

  it('comes to the same bytes visit by visit, from the whole timeline, and through its record', () => {
    const whole = posteriorOf(model, patient).posterior;
    let posterior = startPosterior(model, patient.statics);
    for (const visit of patient.visits) {
      const before = bytes(posterior);
      const updated = updatePosterior(model, posteriorOfRecord(model, JSON.parse(before)), visit, patient.treatments);
      expect(bytes(posterior)).toBe(before);
      posterior = updated.posterior;
    }
    expect(bytes(posterior)).toBe(bytes(whole));
    const shuffled = {
      ...patient,
      visits: patient.visits.toReversed(),
      treatments: { drug: patient.treatments['drug']!.toReversed() },
    };
    expect(bytes(posteriorOf(model, shuffled).posterior)).toBe(bytes(whole));
  });

  it('narrows with every visit', () => {
    const spread = (visits: number): number => {
      const { posterior } = posteriorOf(model, { ...patient, visits: patient.visits.slice(0, visits) });
      const weights = componentWeights(posterior);
      return weights[0]! * posterior.covariances[0]! + weights[1]! * posterior.covariances[36]!;
    };
    expect(spread(12)).toBeLessThan(spread(4));
    expect(spread(4)).toBeLessThan(spread(1));
  });

  it('is the population where nothing is known, whatever group nobody has seen', () => {
    const start = startPosterior(model, {});
    expect(bytes(startPosterior(model, { group: 7 })).replaceAll(/"statics":\[[^\]]*\]/g, '')).toBe(
      bytes(start).replaceAll(/"statics":\[[^\]]*\]/g, ''),
    );
    expect(posteriorOf(model, { ...patient, statics: { group: 7 } }).caveats).toEqual([
      'Nobody whom the model learned from has group 7; the patient counts as average in it.',
    ]);
    const tonic = [{ fromDay: 1, toDay: 1, amount: 1 }];
    expect(posteriorOf(model, { ...patient, treatments: { ...patient.treatments, tonic } }).caveats).toEqual([
      'The model knows no treatment tonic; it was left out.',
    ]);
    expect(start.means[0]).toBeCloseTo(model.prior.means[0]! + model.prior.shifts[0]! * model.averageDesign[0]!, 12);
  });

  it('refuses a visit that is not later, a record of another model, and days beyond 300 years', () => {
    const { posterior } = posteriorOf(model, patient);
    const again = patient.visits.at(-1)!;
    expect(() => updatePosterior(model, posterior, again, {})).toThrow(/must be rebuilt from the whole timeline/);
    expect(() => posteriorOfRecord(model, { ...recordOfPosterior(posterior), means: [1] })).toThrow(
      /belongs to another model/,
    );
    expect(() => posteriorOfRecord(model, { nonsense: true })).toThrow(DomainError);
    expect(() => posteriorOf(model, { ...patient, visits: [{ day: 200_000, values: {} }] })).toThrow(
      /visits\[0\]\.day/,
    );
    expect(() => posteriorOf(model, { ...patient, visits: [{ day: NaN, values: {} }] })).toThrow(/visits\[0\]\.day/);
    const drug = [{ fromDay: 0, toDay: 1, amount: -1 }];
    expect(() => posteriorOf(model, { ...patient, treatments: { drug } })).toThrow(/treatments\.drug\[0\]\.amount/);
  });

  it.each([0, 0.1])('stays finite under absurd values, with a measurement error of %d', (sd) => {
    const absurd = { ...model, measurementSds: Float64Array.of(sd, sd) };
    const visits = [1e-3, 1e6, 1e-3, 10, 0, -5, NaN, 1e300, 1e6, 2].map((x, k) => ({
      day: 10 * k,
      values: { x, y: k % 2 === 0 ? -1e4 : 1e4 },
    }));
    const { posterior, caveats } = posteriorOf(absurd, { ...patient, visits });
    expect(caveats).toEqual(['A value of x outside of its plausible range 0.001 to 1000000 was left out.']);
    for (const numbers of [posterior.logWeights, posterior.means, posterior.covariances, posterior.levels]) {
      expect(numbers.every(Number.isFinite)).toBe(true);
    }
    const [forecast] = forecastValues(absurd, posterior, { horizonsDays: [3650], treatments: {} });
    expect(Object.values(forecast!.values).every((one) => Number.isFinite(one!.mean))).toBe(true);
  });

  it('takes ten thousand visits, in room for one and in under a millisecond each', () => {
    const visits = Array.from({ length: 10_000 }, (_, k) => ({ day: k, values: { x: 10 + Math.sin(k), y: 5 } }));
    const started = performance.now();
    const { posterior } = posteriorOf(model, { ...patient, visits });
    expect((performance.now() - started) / visits.length).toBeLessThan(1);
    expect(bytes(posterior).length).toBeLessThan(20_000);
    expect(posterior.means.every(Number.isFinite)).toBe(true);
  });
});

function logDeterminant(matrix: Float64Array, n: number): number {
  const a = Float64Array.from(matrix);
  let sum = 0;
  for (let p = 0; p < n; p += 1) {
    sum += Math.log(a[p * n + p]!);
    for (let r = p + 1; r < n; r += 1) {
      const factor = a[r * n + p]! / a[p * n + p]!;
      for (let c = p; c < n; c += 1) a[r * n + c]! -= factor * a[p * n + c]!;
    }
  }
  return sum;
}
