import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { solvePositiveDefinite } from '../../../../src/ml/forecasting/ridge.ts';
import type { PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';
import type { PopulationModel } from '../../../../src/ml/forecasting/personal/population-model.ts';
import { forecastValues } from '../../../../src/ml/forecasting/personal/personal-forecast.ts';
import { posteriorOf } from '../../../../src/ml/forecasting/personal/update-posterior.ts';

const [RATE, SPREAD, PROCESS, ERROR] = [0.4, 0.3, 0.2, 0.5];

const spec: PersonalSpec = {
  timeUnitDays: 1,
  variables: [
    {
      key: 'x',
      change: 'absolute',
      scale: 1,
      floor: 0,
      plausible: [-1e6, 1e6],
      measurementSd: ERROR,
      features: [{ kind: 'intercept' }],
    },
  ],
  treatments: [],
  statics: [],
  components: 1,
};

/** A level that goes up at the patient's own rate, with process noise, measured with an error. */
const model: PopulationModel = {
  spec,
  prior: {
    effects: 1,
    components: 1,
    offsets: 0,
    weights: Float64Array.of(1),
    means: Float64Array.of(RATE),
    covariances: Float64Array.of(SPREAD ** 2),
    shifts: new Float64Array(),
    noiseVariances: Float64Array.of(PROCESS ** 2),
  },
  halfLivesDays: new Float64Array(),
  referenceDays: Float64Array.of(1),
  measurementShares: Float64Array.of(0),
  hasHeavyTails: [false],
  measurementSds: Float64Array.of(ERROR),
  averageDesign: new Float64Array(),
  stepDays: 1,
  supports: [null],
  evidence: { patients: 0, intervals: 0, logLikelihoodPerInterval: 0, numbers: 0, seed: 0 },
};

describe('the filter of levels and effects', () => {
  const random = randomStream(3, 'measured');
  const days = [0, 1, 2.5, 3, 6, 7.5, 8];
  const visits = days.map((day) => ({ day, values: { x: 0.7 * day + 0.6 * random.normal() } }));

  it('is exact for a linear change: level, rate and forecast are those of the joint Gaussian of all measurements', () => {
    // Before the first measurement nothing is known of the level; the first one sets it, with its error.
    const { posterior } = posteriorOf(model, { statics: {}, visits, treatments: {} });
    const n = days.length;
    const wide = 1e5;
    const covariance = (s: number, t: number): number => wide + SPREAD ** 2 * s * t + PROCESS ** 2 * Math.min(s, t);
    const total = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return covariance(days[i]!, days[j]!) + (i === j ? ERROR ** 2 : 0);
    });
    const surprise = Float64Array.from(visits, ({ day, values }) => values.x - RATE * day);
    const solved = solvePositiveDefinite(total, surprise);
    const at = (day: number): number =>
      RATE * day + days.reduce((sum, one, i) => sum + covariance(day, one) * solved[i]!, 0);
    const last = days.at(-1)!;
    expect(posterior.levels[0]).toBeCloseTo(at(last), 4);
    expect(posterior.means[0]).toBeCloseTo(
      RATE + days.reduce((sum, one, i) => sum + SPREAD ** 2 * one * solved[i]!, 0),
      4,
    );
    const [forecast] = forecastValues(model, posterior, { horizonsDays: [4], treatments: {} });
    expect(forecast!.values['x']!.mean).toBeCloseTo(at(last + 4), 3);
    const cross = Float64Array.from(days, (one) => covariance(last + 4, one));
    const gain = solvePositiveDefinite(total, cross);
    const variance = covariance(last + 4, last + 4) - cross.reduce((sum, c, i) => sum + c * gain[i]!, 0) + ERROR ** 2;
    expect(forecast!.values['x']!.distribution.sds[0]).toBeCloseTo(Math.sqrt(variance), 2);
  });

  it('believes a measurement the more, the smaller its own error is', () => {
    const level = (sd: number): number =>
      posteriorOf(model, {
        statics: {},
        visits: [...visits, { day: 9, values: { x: 30 }, measurementSds: { x: sd } }],
        treatments: {},
      }).posterior.levels[0]!;
    expect(level(0)).toBe(30);
    expect(level(0.1)).toBeGreaterThan(level(1));
    expect(level(1)).toBeGreaterThan(level(10));
    expect(() => level(-1)).toThrow(/measurementSds\.x must be 0 or more/);
  });

  it('learns the rate from noisy measurements without taking their scatter for change', () => {
    const noisy = [0, 1, 2, 3, 4, 5].map((day) => ({ day, values: { x: day % 2 === 0 ? 1 : -1 } }));
    const { posterior } = posteriorOf(model, { statics: {}, visits: noisy, treatments: {} });
    expect(Math.abs(posterior.means[0]!)).toBeLessThan(0.2);
    expect(Math.abs(posterior.levels[0]!)).toBeLessThan(0.6);
  });
});
