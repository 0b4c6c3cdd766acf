import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { treatmentVariables } from '../../../src/twins/disease-definition.ts';
import { loadDiseaseDefinitions } from '../../../src/twins/load-disease-definitions.ts';
import { definitionJson } from '../../support/twin-builders.ts';

describe('a directory of definitions', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'diseases-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });
  const put = async (name: string, content: unknown): Promise<void> =>
    writeFile(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));

  test('is read by id; other files are left alone', async () => {
    await put('b.json', { ...definitionJson(), id: 'disease-b' });
    await put('a.json', { ...definitionJson(), id: 'disease-a' });
    await put('README.md', 'not a definition');
    expect([...(await loadDiseaseDefinitions(directory)).keys()]).toEqual(['disease-a', 'disease-b']);
  });

  test('with faults tells those of every file at once', async () => {
    await put('a.json', definitionJson());
    await put('b.json', { ...definitionJson(), version: 'x', title: '' });
    await put('c.json', '{');
    await put('d.json', definitionJson());
    await put('e.json', ' '.repeat(262_145));
    await expect(loadDiseaseDefinitions(directory)).rejects.toMatchObject({
      name: 'ConfigurationError',
      problems: [
        expect.stringContaining('b.json: version: '),
        expect.stringContaining('b.json: title: '),
        expect.stringContaining('c.json: '),
        'd.json: id "test-disease" is already used by a.json',
        'e.json: expected at most 262144 bytes, found 262145',
      ],
    });
  });

  test('without any definition is refused, as is one that does not exist', async () => {
    await expect(loadDiseaseDefinitions(directory)).rejects.toMatchObject({ problems: [/found 0$/] });
    await expect(loadDiseaseDefinitions(join(directory, 'absent'))).rejects.toMatchObject({ problems: ['ENOENT'] });
  });
});

describe('the shipped definitions', async () => {
  const shipped = await loadDiseaseDefinitions(new URL('../../../diseases', import.meta.url).pathname);

  test('are valid, and each lies in a file of its name', () => {
    expect([...shipped.keys()]).toEqual(expect.arrayContaining(['multiple-sclerosis-mri', 'tumour-response']));
  });

  test('look for the treatments of the demo hospital', () => {
    const tumour = shipped.get('tumour-response');
    expect(
      tumour && treatmentVariables(tumour).map(({ codes, unit }) => [codes[0]?.system, codes[0]?.code, unit]),
    ).toEqual([
      ['http://www.nlm.nih.gov/research/umls/rxnorm', '2555', 'mg/m2'],
      ['urn:sequela:treatment', 'external-beam-radiotherapy-fraction', 'Gy'],
    ]);
  });

  test('need at least two visits', () => {
    expect([...shipped.values()].every(({ forecasting }) => forecasting.minimumVisits >= 2)).toBe(true);
  });
});
