import { expect, test } from 'vitest';
import type { LearnedPopulation } from '../../../src/ml/forecasting/learned-population.ts';
import type { PredictiveMixture } from '../../../src/ml/forecasting/personal/predictive-mixture.ts';
import type { VariableSpec } from '../../../src/ml/forecasting/personal/personal-spec.ts';
import { judgedValue } from '../../../src/ml/forecasting/personal-values.ts';

const VARIABLE: VariableSpec = {
  key: 'x',
  change: 'log',
  scale: 1,
  floor: 1e-3,
  plausible: [1e-2, 1e4],
  measurementSd: 0,
  features: [{ kind: 'intercept' }],
};

/** What was forecast for others held; they changed fourfold at most. */
const learned = (mostChange: number | null): LearnedPopulation => {
  const bin = {
    fromDays: 21,
    skill: 0.5,
    patients: 30,
    intervals: 60,
    shrinkage: 1,
    declineReason: null,
    deviates: [0.67, 1.28, 1.64, 1.96],
    noChangeWidths: [0.1, 0.2, 0.3, 0.4],
    mostChange,
    coveredBefore: [0.5, 0.8, 0.9, 0.95],
  };
  return {
    model: { stepDays: 1e-9 } as LearnedPopulation['model'],
    correction: null,
    validation: { x: { longestDays: 100, bins: [bin] } },
    meanPerDay: {},
  };
};

const told = (centre: number): PredictiveMixture => ({
  isLogarithm: true,
  weights: Float64Array.of(1),
  means: Float64Array.of(Math.log(centre)),
  sds: Float64Array.of(0.2),
});

const answered = (centre: number, last: number, mostChange: number | null = Math.log(4)) =>
  judgedValue(VARIABLE, { value: last, intervalDays: 30 }, told(centre), learned(mostChange), null);

test('a change that others had is told with intervals about it', () => {
  const { value, intervals } = answered(20, 10);
  expect(value).toBeCloseTo(20, 9);
  intervals.forEach(({ low, high }) => {
    expect(low).toBeLessThan(20);
    expect(high).toBeGreaterThan(20);
    expect(low * high).toBeCloseTo(400, 6);
  });
});

test('no forecast goes further than anybody changed, wherever it starts, and intervals come along', () => {
  const { value, intervals } = answered(90, 10);
  expect(value).toBeCloseTo(40, 9);
  intervals.forEach(({ low, high }) => expect(low * high).toBeCloseTo(1600, 5));
  expect(answered(900, 600).value).toBeCloseTo(900, 6);
  expect(answered(0.5, 10).value).toBeCloseTo(2.5, 9);
  expect(answered(90, 10, null).value).toBeCloseTo(90, 9);
});

test('an absolute change is held, too', () => {
  const absolute = { ...VARIABLE, change: 'absolute', plausible: [-100, 100] } as const;
  const forecast = {
    isLogarithm: false,
    weights: Float64Array.of(1),
    means: Float64Array.of(30),
    sds: Float64Array.of(2),
  };
  const { value } = judgedValue(absolute, { value: 5, intervalDays: 30 }, forecast, learned(9), null);
  expect(value).toBe(14);
});
