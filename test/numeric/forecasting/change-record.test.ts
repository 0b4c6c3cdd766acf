import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../src/errors.ts';
import {
  type ChangeRecord,
  decodeChangeRecord,
  encodeChangeRecord,
} from '../../../src/ml/forecasting/change-record.ts';

const record: ChangeRecord = {
  format: 'sequela-change-record',
  version: 1,
  modelId: 'm',
  featureVersion: 2,
  treatmentKeys: ['drug'],
  pairs: [{ target: 'image', intervalDays: 90, exposures: [3], knownAtMs: 5, count: 7, moments: [1, 0.1, 1 / 3] }],
};
const decode = (bytes: Uint8Array, featureVersion = 2): ChangeRecord | null =>
  decodeChangeRecord(bytes, { modelId: 'm', featureVersion }, 4);
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('a change record', () => {
  it('comes back exactly', () => {
    expect(decode(encodeChangeRecord(record))).toEqual(record);
  });

  it('is refused when it is cut anywhere', () => {
    const bytes = encodeChangeRecord(record);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(() => decode(bytes.subarray(0, length))).toThrow(DomainError);
      }),
    );
  });

  it('of another version of the features is left out, not refused', () => {
    expect(decode(encodeChangeRecord(record), 3)).toBeNull();
  });

  const [pair] = record.pairs;
  it.each([
    ['another format', { ...record, format: 'other' }],
    ['another model', { ...record, modelId: 'other' }],
    ['a number that is not finite', { ...record, pairs: [{ ...pair, moments: [1, null, 3] }] }],
    ['an interval of no time', { ...record, pairs: [{ ...pair, intervalDays: 0 }] }],
    ['exposures that do not fit the header', { ...record, pairs: [{ ...pair, exposures: [] }] }],
    ['sums that are no triangle', { ...record, pairs: [{ ...pair, moments: [1, 2, 3, 4] }] }],
    ['an unknown member', { ...record, more: 1 }],
    ['something else', [1, 2]],
  ])('is refused with %s, saying which record', (_, value) => {
    let error: unknown = null;
    try {
      decode(bytesOf(value));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ reason: 'INVALID_INPUT', field: 'population[4]' });
  });

  it('is refused when it is too long', () => {
    expect(() => decode(new Uint8Array(8 * 1024 * 1024 + 1))).toThrow('at most');
  });
});
