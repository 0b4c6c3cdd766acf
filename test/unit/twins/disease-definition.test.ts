import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { dynamicsOf, parseDiseaseDefinition } from '../../../src/twins/disease-definition.ts';
import { definitionJson } from '../../support/twin-builders.ts';

type Json = ReturnType<typeof definitionJson>;

function faultsOf(spoil: (json: Json) => unknown): { message: string; problems: readonly string[] } {
  const json = definitionJson();
  const spoilt = spoil(json) ?? json;
  try {
    parseDiseaseDefinition('bad.json', typeof spoilt === 'string' ? spoilt : JSON.stringify(spoilt));
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('the definition was accepted');
}

test('a complete definition is read', () => {
  const definition = parseDiseaseDefinition('good.json', JSON.stringify(definitionJson()));
  expect(definition.id).toBe('test-disease');
  expect(definition.variables.map(({ key }) => key)).toEqual(['marker', 'drug', 'gender', 'age', 'smoker', 'height']);
});

test('a code system may be any absolute URI, urn: included', () => {
  const json = definitionJson();
  json.conditions[0]!.system = 'urn:oid:2.16.840.1.113883.6.96';
  expect(parseDiseaseDefinition('good.json', JSON.stringify(json)).conditions[0]?.system).toMatch(/^urn:oid:/);
});

test('a text that is not JSON is refused with the name of its file', () => {
  expect(faultsOf(() => '{ "id": ').message).toContain('bad.json is not JSON');
});

describe('a fault names the file and its path in it', () => {
  test.each<[string, (json: Json) => unknown, string]>([
    ['a misspelt member', (json) => ({ ...json, treshold: 1 }), ': Unrecognized key: "treshold"'],
    ['a missing member', (json) => ({ ...json, title: undefined }), 'title: Invalid input'],
    ['an id of the wrong form', (json) => ({ ...json, id: 'Test Disease' }), 'id: must be lower-case words'],
    ['a version of the wrong form', (json) => ({ ...json, version: '1' }), 'version: must be a semantic version'],
    [
      'a code system that is no URI',
      (json) => void (json.conditions[0]!.system = 'snomed'),
      'conditions[0].system: must be an absolute URI',
    ],
    [
      'a key used twice',
      (json) => void (json.variables[1]!.key = 'marker'),
      'variables[1].key: "marker" is used twice',
    ],
    [
      'an impossible range',
      (json) => void (json.variables[0]!.plausible = [5, 5]),
      'variables[0].plausible: must be [low, high]',
    ],
    [
      'a review threshold above the accepting one',
      (json) => void (json.registration.acceptance.review = 0.8),
      'registration.acceptance.review: must not be above accepted',
    ],
    [
      'a default horizon beyond the longest',
      (json) => void (json.forecasting.defaultHorizonDays = 60),
      'forecasting.defaultHorizonDays: must not be above maximumHorizonDays',
    ],
    [
      'percentiles out of range',
      (json) => void (json.registration.preprocessing.percentiles = [-1, 99]),
      'registration.preprocessing.percentiles: must lie in 0..100',
    ],
    [
      'more slices at least than at most',
      (json) => void (json.imaging.minimumSlices = 65),
      'imaging.minimumSlices: must not be above maximumSlices',
    ],
  ])('%s', (_, spoil, problem) => {
    const { message, problems } = faultsOf(spoil);
    expect(message).toContain('bad.json');
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });

  test('and every fault of the file is told at once', () => {
    const { problems } = faultsOf((json) => {
      json.id = 'X';
      json.imaging.maximumSlices = 0;
      json.variables[0]!.windowDays = -1;
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['id', 'imaging.maximumSlices', 'variables[0].windowDays']),
    );
  });
});

describe('declared dynamics', () => {
  const plain = { change: 'log', features: [{ kind: 'intercept' }] };
  const declaring = (dynamics: object, population?: object) => (json: Json) => ({
    ...json,
    variables: json.variables.map((variable) => (variable.key === 'marker' ? { ...variable, dynamics } : variable)),
    forecasting: { ...json.forecasting, ...(population && { dynamics: population }) },
  });
  const withFeature = (feature: object) => declaring({ ...plain, features: [feature] });
  const state = { kind: 'log-state', variable: 'marker', reference: 1, scale: 1 };

  test('stand in the definition, and what is not declared has its default', () => {
    const json = declaring(
      { ...plain, features: [{ kind: 'intercept' }, state] },
      { timeUnitDays: 7 },
    )(definitionJson());
    const dynamics = dynamicsOf(parseDiseaseDefinition('good.json', JSON.stringify(json)));
    expect(dynamics).toMatchObject({ timeUnitDays: 7, components: 1, statics: [] });
    expect(dynamics.variables[0]).toMatchObject({ key: 'marker', change: 'log', scale: 1, measurementSd: 'learned' });
    expect(dynamics.variables[0]!.features).toHaveLength(2);
    expect(dynamics.treatments).toEqual([
      { key: 'drug', title: 'Drug', maximumPerDay: 100, ordinaryAmount: 10, halfLifeDays: 0 },
    ]);
  });

  test('of a value that is always above 0 are relative where nothing is declared, and know every treatment', () => {
    const [marker] = dynamicsOf(parseDiseaseDefinition('good.json', JSON.stringify(definitionJson()))).variables;
    expect(marker).toMatchObject({ change: 'log', scale: 1 });
    expect(marker!.features.map(({ kind }) => kind)).toEqual(['intercept', 'log-state', 'carry-over']);
  });

  test.each<[string, (json: Json) => unknown, string]>([
    ['an unknown kind of feature', withFeature({ kind: 'magic' }), 'variables[0].dynamics.features[0]'],
    [
      'a state that is no variable',
      withFeature({ kind: 'state', variable: 'nothing', reference: 0, scale: 1 }),
      'variables[0].dynamics.features[0].variable: "nothing" is no dynamic variable',
    ],
    [
      'a dose of something that is no treatment',
      withFeature({ kind: 'dose', treatment: 'marker' }),
      'variables[0].dynamics.features[0].treatment: "marker" is no treatment variable',
    ],
    [
      'a static that is not declared as a number',
      withFeature({ kind: 'static', static: 'age', reference: 40, scale: 10 }),
      'variables[0].dynamics.features[0].static: "age" must be declared as a number',
    ],
    [
      'a product of two treatments',
      withFeature({
        kind: 'interaction',
        of: [
          { kind: 'dose', treatment: 'drug' },
          { kind: 'carry-over', treatment: 'drug' },
        ],
      }),
      'variables[0].dynamics.features[0].of: must not multiply two treatments',
    ],
    [
      'a direction of a product',
      withFeature({ kind: 'interaction', of: [state, { kind: 'dose', treatment: 'drug', direction: 'lowers' }] }),
      'variables[0].dynamics.features[0].of: must not give a direction',
    ],
    [
      'a direction that there is not',
      withFeature({ kind: 'dose', treatment: 'drug', direction: 'changes' }),
      'variables[0].dynamics.features[0]',
    ],
    ['a scale of 0', withFeature({ ...state, scale: 0 }), 'variables[0].dynamics.features[0]'],
    ['no feature', declaring({ ...plain, features: [] }), 'variables[0].dynamics.features'],
    [
      'a relative change of a value that may be below 0',
      (json) => {
        const declared = declaring(plain)(json);
        return {
          ...declared,
          variables: [{ ...declared.variables[0], plausible: [-5, 5] }, ...declared.variables.slice(1)],
        };
      },
      'variables[0].dynamics.change: must be "absolute"',
    ],
    [
      'a shift by something that is no static',
      declaring(plain, { timeUnitDays: 1, statics: [{ kind: 'number', key: 'marker', centre: 0, scale: 1 }] }),
      'forecasting.dynamics.statics[0].key: "marker" is no static variable',
    ],
    [
      'an ordinary amount above the highest',
      (json) => ({
        ...json,
        variables: json.variables.map((variable) =>
          variable.key === 'drug' ? { ...variable, dynamics: { ordinaryAmount: 101, halfLifeDays: 0 } } : variable,
        ),
      }),
      'variables[1].dynamics.ordinaryAmount: must not be above maximumPerDay',
    ],
  ])('are refused with %s', (_, spoil, problem) => {
    expect(faultsOf(spoil).problems.join('\n')).toContain(problem);
  });
});
