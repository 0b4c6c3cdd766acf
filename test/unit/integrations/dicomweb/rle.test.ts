import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { decodeRle } from '../../../../src/integrations/dicomweb/rle.ts';

/** An RLE frame (PS3.5 annex G) whose segments are literal runs alone. */
function encode(planes: readonly Uint8Array[]): Uint8Array {
  const segments = planes.map((plane) => {
    const parts: number[] = [];
    for (let at = 0; at < plane.length; at += 128) {
      const run = plane.subarray(at, at + 128);
      parts.push(run.length - 1, ...run);
    }
    return Uint8Array.from(parts.length % 2 === 0 ? parts : [...parts, 128]);
  });
  const header = Buffer.alloc(64);
  header.writeUInt32LE(planes.length, 0);
  let offset = 64;
  for (const [index, segment] of segments.entries()) {
    header.writeUInt32LE(offset, 4 + 4 * index);
    offset += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

test('any values of 16 bits come back from their byte planes', () => {
  fc.assert(
    fc.property(fc.uint16Array({ minLength: 1, maxLength: 600 }), (values) => {
      const high = Uint8Array.from(values, (value) => value >> 8);
      const low = Uint8Array.from(values, (value) => value & 0xff);
      const decoded = decodeRle(encode([high, low]), values.length, 1, 2);
      expect(new Uint16Array(decoded.buffer)).toEqual(values);
    }),
  );
});

test('runs are repeated', () => {
  const frame = Buffer.concat([encode([]), Buffer.from([257 - 5, 7, 128, 0, 9])]);
  frame.writeUInt32LE(1, 0);
  frame.writeUInt32LE(64, 4);
  expect([...decodeRle(frame, 6, 1, 1)]).toEqual([7, 7, 7, 7, 7, 9]);
  expect(() => decodeRle(frame, 7, 1, 1)).toThrow(/6 of 7 pixels/);
  expect(() => decodeRle(frame, 5, 2, 1)).toThrow(/1 segments where 2/);
});

test('no bytes at all make it crash or answer short', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      const frame = Buffer.concat([encode([new Uint8Array(4)]).subarray(0, 64), noise]);
      const outcome = outcomeOf(() => decodeRle(frame, 50, 1, 1).length);
      expect(outcome === 50 || outcome === 'SOURCE_INCOMPLETE').toBe(true);
    }),
  );
});

function outcomeOf(decode: () => number): unknown {
  try {
    return decode();
  } catch (error) {
    return error instanceof DomainError ? error.reason : error;
  }
}
