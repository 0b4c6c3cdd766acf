import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectiveTime } from '../../../../src/integrations/fhir/effective-time.ts';
import { parseFhirTime, parseInstant } from '../../../../src/integrations/fhir/fhir-time.ts';

const spanOf = (text: unknown): string | null => {
  const span = parseFhirTime(text);
  return span === null ? null : `${span.from.toISOString()} ${span.until.toISOString()}`;
};

test.each([
  ['2024', '2024-01-01T00:00:00.000Z 2024-12-31T23:59:59.999Z'],
  ['2024-02', '2024-02-01T00:00:00.000Z 2024-02-29T23:59:59.999Z'],
  ['2024-07-15', '2024-07-15T00:00:00.000Z 2024-07-15T23:59:59.999Z'],
  ['2024-07-15T01:30:00+02:00', '2024-07-14T23:30:00.000Z 2024-07-14T23:30:00.000Z'],
  ['2024-07-15T01:30:00.123456Z', '2024-07-15T01:30:00.123Z 2024-07-15T01:30:00.123Z'],
  ['2024-07-15T01:30Z', '2024-07-15T01:30:00.000Z 2024-07-15T01:30:59.999Z'],
  ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z 2016-12-31T23:59:59.999Z'],
  ['1800-01-01T00:00:00-05:00', '1800-01-01T05:00:00.000Z 1800-01-01T05:00:00.000Z'],
])('%s leaves open exactly its precision', (text, expected) => {
  expect(spanOf(text)).toBe(expected);
});

test('a clock time without a zone is every instant that it can mean on Earth', () => {
  expect(spanOf('2024-07-15T12:00:00')).toBe('2024-07-14T22:00:00.000Z 2024-07-16T00:00:00.000Z');
});

test.each([
  '',
  'yesterday',
  '2024-13',
  '2024-00',
  '2024-02-30',
  '2023-02-29',
  '2024-01-00',
  '2024-01-01T24:00:00Z',
  '2024-1-1',
  '2024-01-01T10:60:00Z',
  '2024-01-01T10:00:61Z',
  '2024-01-01 10:00:00Z',
  '2024-01-01T10:00:00+15:00',
  '20240101',
  '2024-01-01T10:00:00+02:99',
  '1799-12-31',
  '2201',
  '0001-01-01',
  '99999-01-01',
  'NaN',
  null,
  undefined,
  20240101,
  {},
])('%o is no time', (value) => {
  expect(parseFhirTime(value)).toBeNull();
});

test('every instant between 1800 and 2200 is read back, whatever its offset', () => {
  const years = { min: new Date('1801-01-01'), max: new Date('2199-12-30'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(years), fc.integer({ min: -14 * 60, max: 14 * 60 }), (at, offset) => {
      const sign = offset < 0 ? '-' : '+';
      const two = (value: number): string => String(value).padStart(2, '0');
      const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
      const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1);
      expect(parseInstant(local + zone)).toEqual(at);
      const day = parseFhirTime(at.toISOString().slice(0, 10))!;
      expect(day.from <= at && at <= day.until).toBe(true);
    }),
  );
});

test('no text makes it throw, and what it reads is a span in order', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^\d{4}(-\d{2}){0,2}(T[\d:.]{0,12}(Z|[+-]\d{2}:\d{2})?)?$/)),
      (text) => {
        const span = parseFhirTime(text);
        expect(span === null || span.from <= span.until).toBe(true);
      },
    ),
  );
});

describe('effective[x]', () => {
  const knownBy = new Date('2024-03-01T00:00:00Z');
  const at = (resource: Record<string, unknown>, by: Date | null = knownBy): unknown => {
    const time = effectiveTime(resource, 'effective', by);
    return time.ok
      ? [time.value.from.toISOString().slice(0, 16), time.value.until.toISOString().slice(0, 16)]
      : time.reason;
  };
  test.each<[Record<string, unknown>, unknown]>([
    [{ effectiveInstant: '2024-01-01T10:00:00Z' }, ['2024-01-01T10:00', '2024-01-01T10:00']],
    [{ effectivePeriod: { start: '2024-01-01', end: '2024-01-03' } }, ['2024-01-01T00:00', '2024-01-03T23:59']],
    [{ effectivePeriod: { start: '2024-01-01' } }, ['2024-01-01T00:00', '2024-03-01T00:00']],
    [{ effectivePeriod: { end: '2024-01-03' } }, ['2024-01-03T00:00', '2024-01-03T23:59']],
    [{ effectivePeriod: { start: '2024-05-01' } }, 'open-ended'],
    [{ effectivePeriod: { start: '2024-02-02', end: '2024-02-01' } }, 'unreadable-time'],
    [{ effectivePeriod: {} }, 'no-time'],
    [{ effectiveTiming: { event: ['2024-01-05', '2024-01-02'] } }, ['2024-01-02T00:00', '2024-01-05T23:59']],
    [{ effectiveTiming: { event: ['2024-01-05', 'x'] } }, 'unreadable-time'],
    [
      { effectiveTiming: { repeat: { boundsPeriod: { start: '2024', end: '2024' } } } },
      ['2024-01-01T00:00', '2024-12-31T23:59'],
    ],
    [{ effectiveTiming: { repeat: { frequency: 1 } } }, 'no-time'],
    [{}, 'no-time'],
  ])('%j', (resource, expected) => {
    expect(at(resource)).toEqual(expected);
  });
  test('a period without an end is refused where nobody says by when it was known', () => {
    expect(at({ effectivePeriod: { start: '2024-01-01' } }, null)).toBe('open-ended');
  });
});
