import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sha256OfArray, sha256OfJson } from '../../../src/twins/canonical-json.ts';

test('members are sorted at every depth, absent ones left out, dates spelt out', () => {
  const value = { b: [{ z: 1, a: undefined, m: null }], a: new Date(0) };
  expect(canonicalJson(value)).toBe('{"a":"1970-01-01T00:00:00.000Z","b":[{"m":null,"z":1}]}');
});

test('the same content in another order has the same text', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
    }),
  );
});

test('a number reads back to the same double, and two doubles never share a text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Object.is(Number(canonicalJson(value)), value)).toBe(true);
    }),
  );
  expect(canonicalJson(0.1 + 0.2)).not.toBe(canonicalJson(0.3));
  expect(canonicalJson(-0)).not.toBe(canonicalJson(0));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('x'), new Map(), undefined])(
  '%s has no text, rather than a wrong one',
  (value) => {
    expect(() => canonicalJson(value)).toThrow(/has no canonical JSON/);
  },
);

test('an array is named by its little-endian bytes, a view by its own part alone', () => {
  // printf '\x00\x00\x80\x3f\x00\x00\x00\xc0' | sha256sum
  const oneAndMinusTwo = 'ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b';
  expect(sha256OfArray(Float32Array.of(1, -2))).toBe(oneAndMinusTwo);
  expect(sha256OfArray(Float32Array.of(9, 1, -2, 9).subarray(1, 3))).toBe(oneAndMinusTwo);
});

test('arrays of other content, kind or length are told apart', () => {
  const hashes = [
    Float32Array.of(0),
    Float32Array.of(-0),
    Float32Array.of(0, 0),
    new Uint8Array(4),
    new Uint8Array(0),
    new Float32Array(0),
  ].map(sha256OfJson);
  expect(new Set(hashes).size).toBe(hashes.length);
});
