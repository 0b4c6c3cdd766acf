import { expect, test } from 'vitest';
import { ageYearsAt } from '../../../src/twins/birth-date.ts';

const at = new Date('2026-07-02T12:00:00Z');

test('a full date gives the age to the day', () => {
  expect(ageYearsAt('2025-07-02', at)).toBeCloseTo(365.5 / 365.25, 12);
});

test('a month or a year alone counts from its middle', () => {
  expect(ageYearsAt('2026-01', new Date('2026-01-16T12:00:00Z'))).toBe(0);
  expect(ageYearsAt('1957', at)).toBeCloseTo(69, 2);
  expect(ageYearsAt('1957-07', at)).toBeCloseTo(ageYearsAt('1957-07-16', at)! - 0.5 / 365.25, 12);
});

test.each(['1957-13', '1957-02-30', '57', '', 'unknown', '1957-03-21T00:00:00Z', '2026-07-03', '2027'])(
  'no age is invented from %j',
  (text) => {
    expect(ageYearsAt(text, at)).toBeNull();
  },
);
