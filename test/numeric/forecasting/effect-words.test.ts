import { expect, it } from 'vitest';
import { effectWords } from '../../../src/ml/forecasting/effect-words.ts';
import { compileFeatures } from '../../../src/ml/forecasting/personal/feature-columns.ts';
import type { FeatureSpec } from '../../../src/ml/forecasting/personal/feature-spec.ts';

const level: FeatureSpec = { kind: 'log-state', variable: 'marker', reference: 1, scale: 1 };
const FEATURES: readonly FeatureSpec[] = [
  { kind: 'intercept' },
  level,
  { kind: 'state', variable: 'weight', reference: 70, scale: 10 },
  { kind: 'time', reference: 0, scale: 1 },
  { kind: 'dose', treatment: 'drug' },
  { kind: 'dose-squared', treatment: 'drug' },
  { kind: 'carry-over', treatment: 'drug' },
  { kind: 'interaction', of: [level, { kind: 'carry-over', treatment: 'drug' }] },
  { kind: 'spline', of: level, knots: [0, 1, 2, 3] },
  {
    kind: 'network',
    inputs: [level, { kind: 'dose', treatment: 'drug' }],
    layers: [
      {
        weights: [
          [1, 0],
          [0, 1],
        ],
        biases: [0, 0],
      },
    ],
  },
];
const titles: Record<string, string> = { weight: 'body weight', drug: 'Cisplatin' };

it('has words for every column of a model, in its order, and says which of them a network made', () => {
  const words = effectWords(FEATURES, 'marker', (key) => titles[key] ?? key);
  const variable = { change: 'log', scale: 1, plausible: [0.01, 100], floor: 0.005, measurementSd: 0 } as const;
  const [columns] = compileFeatures({
    timeUnitDays: 1,
    components: 1,
    statics: [],
    variables: [
      { ...variable, key: 'marker', features: FEATURES },
      { ...variable, key: 'weight', features: [{ kind: 'intercept' }] },
    ],
    treatments: [{ key: 'drug', unit: 1, halfLifeDays: 1 }],
  });
  expect(words).toHaveLength(columns!.length);
  expect(words.map((one) => one.isLearned)).toEqual(columns!.map(({ name }) => name.startsWith('learned')));
  expect(words.map((one) => one.words)).toEqual([
    'Change by itself',
    'How high it already is',
    'How high body weight is',
    'Time since the first visit',
    'Cisplatin when it is given',
    'Cisplatin beyond proportion to the dose',
    'Cisplatin while it acts',
    'How high it already is, together with: Cisplatin while it acts',
    'How high it already is',
    'How high it already is, bend 1',
    'How high it already is, bend 2',
    'Learned pattern 1 of: How high it already is, Cisplatin when it is given',
    'Learned pattern 2 of: How high it already is, Cisplatin when it is given',
  ]);
});
