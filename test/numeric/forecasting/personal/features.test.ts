import { describe, expect, it } from 'vitest';
import { compileFeatures, type IntervalInputs } from '../../../../src/ml/forecasting/personal/feature-columns.ts';
import type { FeatureSpec } from '../../../../src/ml/forecasting/personal/feature-spec.ts';
import { addExposure, type Administration } from '../../../../src/ml/forecasting/personal/exposure.ts';
import type { PersonalSpec } from '../../../../src/ml/forecasting/personal/personal-spec.ts';

const spec = (features: readonly FeatureSpec[]): PersonalSpec => ({
  timeUnitDays: 1,
  variables: [{ key: 'x', change: 'log', scale: 1, floor: 1e-3, plausible: [0, 1e6], measurementSd: 0, features }],
  treatments: [{ key: 'drug', unit: 10, halfLifeDays: 2 }],
  statics: [{ key: 'age', kind: 'number', centre: 50, scale: 10 }],
  components: 1,
});

const inputs = (x: number, over: Partial<IntervalInputs> = {}): IntervalInputs => ({
  values: Float64Array.of(x),
  statics: Float64Array.of(70),
  day: 4,
  duration: 3,
  exposures: Float64Array.of(2, 1.5, 1.2),
  ...over,
});

const valuesOf = (features: readonly FeatureSpec[], at: IntervalInputs): number[] =>
  compileFeatures(spec(features))[0]!.map((column) => column.value(at));

describe('features of an interval', () => {
  it('are a number at its start times its duration, or what a treatment delivers in it', () => {
    const features: FeatureSpec[] = [
      { kind: 'intercept' },
      { kind: 'log-state', variable: 'x', reference: 10, scale: 2 },
      { kind: 'state', variable: 'x', reference: 10, scale: 5 },
      { kind: 'static', static: 'age', reference: 50, scale: 10 },
      { kind: 'time', reference: 1, scale: 3 },
      { kind: 'dose', treatment: 'drug' },
      { kind: 'dose-squared', treatment: 'drug' },
      { kind: 'carry-over', treatment: 'drug' },
      {
        kind: 'interaction',
        of: [
          { kind: 'static', static: 'age', reference: 50, scale: 10 },
          { kind: 'dose', treatment: 'drug' },
        ],
      },
    ];
    const expected = [3, (Math.log(20 / 10) / 2) * 3, 2 * 3, 2 * 3, 3, 2, 1.5, 1.2, 4];
    valuesOf(features, inputs(20)).forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 12));
  });

  it('count what is unknown as its reference, and what is below the floor as the floor', () => {
    const features: FeatureSpec[] = [
      { kind: 'log-state', variable: 'x', reference: 10, scale: 2 },
      { kind: 'static', static: 'age', reference: 50, scale: 10 },
    ];
    expect(valuesOf(features, inputs(NaN, { statics: Float64Array.of(NaN) }))).toEqual([0, 0]);
    expect(valuesOf(features, inputs(0))[0]).toBeCloseTo((Math.log(1e-3 / 10) / 2) * 3, 12);
  });

  it('bend between the knots of a spline and are straight beyond them', () => {
    const spline: FeatureSpec = {
      kind: 'spline',
      of: { kind: 'state', variable: 'x', reference: 0, scale: 1 },
      knots: [1, 2, 4],
    };
    const at = (x: number): number => valuesOf([spline], inputs(x, { duration: 1 }))[1]!;
    expect(at(0.5)).toBe(0);
    expect(at(2) - 2 * at(1.5) + at(1)).toBeGreaterThan(0);
    expect(at(7) - 2 * at(6) + at(5)).toBeCloseTo(0, 12);
  });

  it('are what a small network says, whatever it was asked before', () => {
    const network: FeatureSpec = {
      kind: 'network',
      inputs: [
        { kind: 'log-state', variable: 'x', reference: 10, scale: 2 },
        { kind: 'dose', treatment: 'drug' },
      ],
      layers: [
        {
          weights: [
            [1, -1],
            [0.5, 2],
            [0, 1],
          ],
          biases: [0.1, 0, -0.2],
        },
        {
          weights: [
            [1, 0, -1],
            [0.3, 0.3, 0.3],
          ],
          biases: [0, 0.5],
        },
      ],
    };
    const columns = compileFeatures(spec([network]))[0]!;
    const expected = (x: number, dose: number): number[] => {
      const [a, b] = [Math.log(x / 10) / 2, dose / 3];
      const hidden = [Math.tanh(a - b + 0.1), Math.tanh(0.5 * a + 2 * b), Math.tanh(b - 0.2)];
      return [
        3 * Math.tanh(hidden[0]! - hidden[2]!),
        3 * Math.tanh(0.3 * (hidden[0]! + hidden[1]! + hidden[2]!) + 0.5),
      ];
    };
    for (const [x, dose] of [
      [20, 2],
      [20, 1],
      [5, 1],
      [20, 2],
    ] as const) {
      const at = inputs(x, { exposures: Float64Array.of(dose, 0, 0) });
      columns.forEach((column, k) => expect(column.value(at)).toBeCloseTo(expected(x, dose)[k]!, 12));
    }
  });
});

describe('exposure', () => {
  const acting = (
    administrations: readonly Administration[],
    cuts: readonly number[],
  ): { acted: number; left: number } => {
    let [pool, acted] = [0, 0];
    for (let k = 1; k < cuts.length; k += 1) {
      const exposures = new Float64Array(3);
      pool = addExposure(exposures, 0, administrations, {
        pool,
        fromDay: cuts[k - 1]!,
        toDay: cuts[k]!,
        halfLifeDays: 2,
        unit: 10,
      });
      acted += exposures[2]!;
    }
    return { acted, left: pool };
  };
  const given = [
    { fromDay: 1, toDay: 1, amount: 20 },
    { fromDay: 2, toDay: 6, amount: 40 },
  ];

  it('does not depend on how time is cut, and every amount acts in full in the end', () => {
    const whole = acting(given, [0, 9]);
    const pieces = acting(given, [0, 0.5, 1, 3, 3.7, 6, 9]);
    expect(pieces.acted).toBeCloseTo(whole.acted, 12);
    expect(pieces.left).toBeCloseTo(whole.left, 12);
    expect(whole.acted + whole.left).toBeCloseTo(6, 12);
    expect(acting(given, [0, 200]).acted).toBeCloseTo(6, 12);
  });

  it('fades by half in a half-life', () => {
    expect(acting([given[0]!], [0, 3]).left).toBeCloseTo(1, 12);
    expect(acting([given[0]!], [0, 5]).left).toBeCloseTo(0.5, 12);
  });
});
