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
  version: 2,
  modelId: 'm',
  featureVersion: 2,
  treatmentKeys: ['drug'],
  origins: [
    {
      target: 'image',
      day: 14,
      count: 7,
      features: [1, 0.1, 1 / 3],
      changes: [{ intervalDays: 90, exposures: [3], knownAtMs: 5, cross: [0.2, -1 / 7], square: 0.5 }],
    },
  ],
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

  it('of another version of the format is left out, not refused', () => {
    const { origins: _, ...old } = record;
    const pair = { target: 'image', intervalDays: 90, exposures: [3], knownAtMs: 5, count: 7, moments: [1, 0.1, 0.3] };
    expect(decode(bytesOf({ ...old, version: 1, pairs: [pair] }))).toBeNull();
    expect(decode(bytesOf({ ...old, version: 3, anything: 1 }))).toBeNull();
  });

  const [origin] = record.origins;
  const [change] = origin!.changes;
  const withChange = (member: object): object => ({
    ...record,
    origins: [{ ...origin, changes: [{ ...change, ...member }] }],
  });
  it.each([
    ['another format', { ...record, format: 'other' }],
    ['another model', { ...record, modelId: 'other' }],
    ['a number that is not finite', withChange({ cross: [null, 1] })],
    ['an interval of no time', withChange({ intervalDays: 0 })],
    ['exposures that do not fit the header', withChange({ exposures: [] })],
    ['sums over other features than their origin', withChange({ cross: [1, 2, 3] })],
    ['an origin without a change', { ...record, origins: [{ ...origin, changes: [] }] }],
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
