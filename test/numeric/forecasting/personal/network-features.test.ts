import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/ml/cohorts/random-stream.ts';
import { compileFeatures, type IntervalInputs } from '../../../../src/ml/forecasting/personal/feature-columns.ts';
import type { FeatureSpec } from '../../../../src/ml/forecasting/personal/feature-spec.ts';
import type { PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';

const random = randomStream('network features');
const layer = (to: number, from: number) => ({
  weights: Array.from({ length: to }, () => Array.from({ length: from }, () => random.normal())),
  biases: Array.from({ length: to }, () => random.normal()),
});
const LAYERS = [layer(6, 3), layer(5, 6), layer(4, 5)];
const network: FeatureSpec & { kind: 'network' } = {
  kind: 'network',
  inputs: [
    { kind: 'state', variable: 'marker', reference: 1, scale: 2 },
    { kind: 'time', reference: 10, scale: 5 },
    { kind: 'dose', treatment: 'drug' },
  ],
  layers: LAYERS,
};
const SPEC: PersonalSpec = {
  timeUnitDays: 1,
  variables: [
    {
      key: 'marker',
      change: 'absolute',
      scale: 1,
      floor: 0,
      plausible: [-9, 9],
      measurementSd: 0,
      features: [network],
    },
  ],
  treatments: [{ key: 'drug', unit: 1, halfLifeDays: 0 }],
  statics: [],
  components: 1,
};

const drawn = (): IntervalInputs => ({
  values: Float64Array.of(random.normal()),
  statics: new Float64Array(),
  day: random.between(0, 20),
  duration: random.between(0.5, 3),
  exposures: Float64Array.of(random.uniform(), 0, 0),
});

/** From the definition: tanh after each layer, times the duration; a dose counts per unit of time. */
function expected({ values, day, duration, exposures }: IntervalInputs): number[] {
  let numbers = [(values[0]! - 1) / 2, (day - 10) / 5, exposures[0]! / duration];
  for (const { weights, biases } of LAYERS) {
    numbers = weights.map((row, unit) =>
      Math.tanh(row.reduce((sum, weight, i) => sum + weight * numbers[i]!, biases[unit]!)),
    );
  }
  return numbers.map((number) => number * duration);
}

describe('features of a network', () => {
  const [columns] = compileFeatures(SPEC);

  it('are what the network makes, in whatever order they are asked for', () => {
    const asked = Array.from({ length: 12 }, drawn);
    expect(columns).toHaveLength(4);
    for (const at of asked) {
      const truth = expected(at);
      columns!.forEach((column, k) => expect(column.value(at)).toBeCloseTo(truth[k]!, 12));
    }
    // Back and forth between two intervals, column by column.
    const [one, other] = asked as [IntervalInputs, IntervalInputs];
    columns!.forEach((column, k) => {
      expect(column.value(one)).toBeCloseTo(expected(one)[k]!, 12);
      expect(column.value(other)).toBeCloseTo(expected(other)[k]!, 12);
    });
  });

  it.each<[string, (at: IntervalInputs) => void]>([
    ['a level', (at) => (at.values[0]! += 1)],
    ['the day', (at) => (at.day += 1)],
    ['the duration', (at) => (at.duration += 1)],
    ['a dose', (at) => (at.exposures[0]! += 1)],
  ])('follow %s that changes in place', (_, change) => {
    const at = drawn();
    const before = columns![1]!.value(at);
    change(at);
    expect(columns![1]!.value(at)).not.toBe(before);
    expect(columns![1]!.value(at)).toBeCloseTo(expected(at)[1]!, 12);
  });

  it('know networks that look at no level, and at nothing else', () => {
    const only = (input: (typeof network.inputs)[number]) => {
      const layers = [{ weights: [[0.7]], biases: [0.1] }];
      const variables = SPEC.variables.map((one) => ({ ...one, features: [{ ...network, inputs: [input], layers }] }));
      return compileFeatures({ ...SPEC, variables })[0]![0]!;
    };
    const at = drawn();
    const [ofDay, ofLevel] = [only(network.inputs[1]!), only(network.inputs[0]!)];
    expect(ofDay.dependsOnState).toBe(false);
    expect(ofDay.value(at)).toBeCloseTo(Math.tanh(0.1 + (0.7 * (at.day - 10)) / 5) * at.duration, 12);
    expect(ofLevel.dependsOnState).toBe(true);
    expect(ofLevel.value(at)).toBeCloseTo(Math.tanh(0.1 + (0.7 * (at.values[0]! - 1)) / 2) * at.duration, 12);
  });

  it('end at 1 and -1 where a unit is driven far', () => {
    const at = { ...drawn(), duration: 1 };
    const layers = [{ weights: [[1e4], [-1e4]], biases: [0, 0] }];
    const variables = SPEC.variables.map((one) => ({
      ...one,
      features: [{ ...network, inputs: [network.inputs[0]!], layers }],
    }));
    const ends = compileFeatures({ ...SPEC, variables })[0]!.map((column) =>
      column.value({ ...at, values: Float64Array.of(9) }),
    );
    expect(ends).toEqual([1, -1]);
  });
});
