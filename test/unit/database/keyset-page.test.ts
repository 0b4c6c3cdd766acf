import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInstant, isRevision, keyAfter, pageOf, rowLimit } from '../../../src/database/stores/keyset-page.ts';

const anything = (): boolean => true;

test('a page tells of a next one by the row too many, which it does not hold', () => {
  const page = pageOf(['a', 'b', 'c'], 2, (row) => [row]);
  expect(page.rows.map(({ node }) => node)).toEqual(['a', 'b']);
  expect(page.hasNextPage).toBe(true);
  expect(pageOf(['a', 'b'], 2, (row) => [row]).hasNextPage).toBe(false);
});

test('a cursor gives back the key that it was made of, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 4 }), (key) => {
      const [row] = pageOf([key], 1, (each) => each).rows;
      expect(
        keyAfter(
          { after: row?.cursor ?? '' },
          key.map(() => anything),
        ),
      ).toEqual(key);
    }),
  );
});

test('whatever a client sends as a cursor is a refusal or a key, never a fault', () => {
  fc.assert(
    fc.property(fc.string(), (after) => {
      expect(() => keyAfter({ after }, [isInstant, isRevision])).toThrow('This cursor does not belong to this list.');
    }),
  );
});

test.each([0, -1, 501, 1.5, Number.NaN, Infinity])('a page of %d rows is refused', (first) => {
  expect(() => rowLimit(first)).toThrow('A page holds 1 to 500 rows.');
});

test.each([
  '0000-01-01T00:00:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '2026-02-28T24:00:00.000Z',
  '+010000-01-01T00:00:00.000Z',
])('the instant %s, which PostgreSQL would refuse or read otherwise, is none', (value) => {
  expect(isInstant(value)).toBe(false);
});
