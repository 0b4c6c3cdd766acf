import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { parseDiseaseDefinition } from '../../../src/twins/disease-definition.ts';
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
