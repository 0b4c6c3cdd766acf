import { expect, test } from 'vitest';
import { parseRetryAfter } from '../../../../src/integrations/fhir/retry.ts';

const now = new Date('2026-03-01T10:00:00Z');

test.each([
  ['0', 0],
  ['120', 120_000],
  ['Sun, 01 Mar 2026 10:00:30 GMT', 30_000],
  ['Sunday, 01-Mar-26 10:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2026', 2_026_000],
  ['', undefined],
  [null, undefined],
])('Retry-After: %s', (header, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});
