import { describe, expect, test } from 'vitest';
import { readObservation } from '../../../../src/integrations/fhir/read-observation.ts';
import { creatinine } from '../../../support/fhir-source.ts';

const readAt = new Date('2026-01-01T00:00:00Z');
const observation = (more: Record<string, unknown> = {}): Record<string, unknown> => creatinine('o1', 'anna', more);
const quantity = (value: unknown, code = 'mg/dL'): Record<string, unknown> => ({
  value,
  system: 'http://unitsofmeasure.org',
  code,
});
const read = (more: Record<string, unknown> = {}) => readObservation(observation(more), readAt);
const reasonOf = (more: Record<string, unknown>): string | null => {
  const reading = read(more);
  return reading.kind === 'refused' ? reading.reason : null;
};

test('a final quantity is one draft with both clocks, its version and its codes', () => {
  expect(read()).toEqual({
    kind: 'drafts',
    drafts: [
      {
        sourceSystem: 'fhir',
        sourceId: 'Observation/o1',
        sourceVersion: '1',
        occurredAt: new Date('2025-03-01T07:30:00Z'),
        occurredUntil: new Date('2025-03-01T07:30:00Z'),
        issuedAt: new Date('2025-03-01T08:00:00Z'),
        body: {
          kind: 'observation',
          codes: [{ system: 'http://loinc.org', code: '2160-0' }],
          value: 1.1,
          unit: 'mg/dL',
          comparator: null,
          isPreliminary: false,
        },
      },
    ],
  });
});

test('it counts as known from the later of issued and lastUpdated', () => {
  expect(read({ issued: '2025-06-01T00:00:00Z' }).drafts[0]?.issuedAt).toEqual(new Date('2025-06-01T00:00:00Z'));
  expect(read({ issued: undefined, meta: undefined }).drafts[0]?.issuedAt).toBeNull();
});

test.each([
  ['final', 'observation', false],
  ['amended', 'observation', false],
  ['corrected', 'observation', false],
  ['preliminary', 'observation', true],
])('status %s is used', (status, kind, isPreliminary) => {
  expect(read({ status }).drafts[0]?.body).toMatchObject({ kind, isPreliminary });
});

describe.each(['entered-in-error', 'cancelled'])('status %s', (status) => {
  const withdrawn = (more: Record<string, unknown>): string[] => {
    const { drafts } = read({ status, ...more });
    return drafts.map(({ sourceId, body }) => `${sourceId} ${body.kind}`);
  };
  test('withdraws what it lists', () => {
    expect(withdrawn({})).toEqual(['Observation/o1 retraction']);
    expect(withdrawn({ valueQuantity: undefined, component: [{}, {}] })).toEqual([
      'Observation/o1 retraction',
      'Observation/o1#1 retraction',
      'Observation/o1#2 retraction',
    ]);
  });
  test('withdraws every component that may be on record when it comes without any content', () => {
    const drafts = withdrawn({ valueQuantity: undefined });
    expect(drafts).toHaveLength(9);
    expect(drafts).toContain('Observation/o1#2 retraction');
  });
});

test.each([
  ['registered', 'not-yet-available', 0],
  ['unknown', 'unknown-status', 1],
  ['bogus', 'unknown-status', 1],
  [undefined, 'no-status', 1],
])('status %s is refused: %s, with %d gaps', (status, reason, gaps) => {
  const reading = read({ status });
  expect(reading).toMatchObject({ kind: 'refused', reason });
  expect(reading.drafts).toHaveLength(gaps);
});

test.each([
  ['a bound', { valueQuantity: { ...quantity(0.01), comparator: '<' } }, { value: 0.01, comparator: '<' }],
  ['an integer', { valueQuantity: undefined, valueInteger: 4 }, { value: 4, unit: '1' }],
  ['zero', { valueQuantity: quantity(0) }, { value: 0 }],
  ['a unit that is only text', { valueQuantity: { value: 120, unit: 'mmHg' } }, { unit: 'mm[Hg]' }],
])('%s is read', (_, more, expected) => {
  expect(read(more).drafts[0]?.body).toMatchObject(expected);
});

test.each([
  ['not-numeric', { valueQuantity: undefined, valueString: '12.3' }],
  ['not-numeric', { valueQuantity: undefined, valueRange: { low: { value: 1 } } }],
  ['no-value', { valueQuantity: undefined }],
  ['data-absent', { valueQuantity: undefined, dataAbsentReason: { coding: [{ code: 'unknown' }] } }],
  ['unreadable-number', { valueQuantity: quantity('1.1') }],
  ['unreadable-number', { valueQuantity: quantity(Number.NaN) }],
  ['unreadable-number', { valueQuantity: { ...quantity(1), comparator: '~' } }],
  ['unreadable-number', { valueQuantity: undefined, valueInteger: 1.5 }],
  ['no-unit', { valueQuantity: { value: 1 } }],
  ['unknown-unit', { valueQuantity: { value: 1, unit: 'furlongs' } }],
  ['no-code', { code: { text: 'creatinine' } }],
  ['no-time', { effectiveDateTime: undefined }],
  ['unreadable-time', { effectiveDateTime: '2025-02-30' }],
  ['no-id', { id: '../Patient' }],
  ['not-this-type', { resourceType: 'Patient' }],
])('refused: %s for %j', (reason, more) => {
  expect(reasonOf(more)).toBe(reason);
});

test('what is refused as unreadable leaves a gap that hides an older version, but is not that version', () => {
  const [gap] = read({ valueQuantity: { value: 1 } }).drafts;
  expect(gap).toMatchObject({ sourceId: 'Observation/o1', sourceVersion: '1:no-unit', body: { kind: 'gap' } });
  expect(gap?.body).toMatchObject({ message: 'A measurement could not be used: it has no unit.' });
});

describe('components', () => {
  const component = (code: string, value: unknown): Record<string, unknown> => ({
    code: { coding: [{ system: 'http://loinc.org', code }] },
    valueQuantity: quantity(value, 'mm[Hg]'),
  });
  const pressure = (more: Record<string, unknown>): ReturnType<typeof read> =>
    read({ valueQuantity: undefined, component: [component('8480-6', 120), component('8462-4', 80)], ...more });

  test('each is a draft of its own code', () => {
    const { drafts } = pressure({});
    expect(drafts.map(({ sourceId, body }) => [sourceId, body.kind === 'observation' && body.value])).toEqual([
      ['Observation/o1#1', 120],
      ['Observation/o1#2', 80],
    ]);
  });

  test('one that is unreadable is a gap beside the others', () => {
    const { kind, drafts } = pressure({ component: [component('8480-6', 120), component('8462-4', 'high')] });
    expect(kind).toBe('drafts');
    expect(drafts.map(({ body }) => body.kind)).toEqual(['observation', 'gap']);
  });

  test('a correction takes back those that it no longer lists, and the value that it no longer has', () => {
    const { drafts } = pressure({ status: 'corrected', component: [component('8480-6', 130)] });
    const kinds = Object.fromEntries(drafts.map(({ sourceId, body }) => [sourceId, body.kind]));
    expect(kinds).toMatchObject({
      'Observation/o1': 'retraction',
      'Observation/o1#1': 'observation',
      'Observation/o1#2': 'retraction',
    });
  });
});

describe('a version without versionId', () => {
  const versionOf = (more: Record<string, unknown>): string | undefined =>
    read({ meta: { lastUpdated: '2025-03-01T08:00:00Z' }, ...more }).drafts[0]?.sourceVersion;

  test('is named by its content: equal for equal content, whatever the order of members or the time of reading', () => {
    const reordered = Object.fromEntries(
      Object.entries(observation({ meta: { lastUpdated: '2026-01-01T00:00:00Z' } })).reverse(),
    );
    expect(readObservation(reordered, readAt).drafts[0]?.sourceVersion).toBe(versionOf({}));
  });
  test('is another one for other content', () => {
    expect(versionOf({ valueQuantity: quantity(1.2) })).not.toBe(versionOf({}));
  });
});
