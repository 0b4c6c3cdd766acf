import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { decodeSafetensors, encodeSafetensors, type NamedArray } from '../../../src/ml/engine/weights/safetensors.ts';
import { cardPath, readWeights, writeWeights } from '../../../src/ml/engine/weights/weights-file.ts';

const arrays = new Map<string, NamedArray>([
  ['weight', { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, -0) }],
  ['classes', { dtype: 'int32', shape: [2], data: Int32Array.of(-7, 2 ** 30) }],
  ['mask', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['scalar', { dtype: 'float32', shape: [], data: Float32Array.of(0.5) }],
]);

/** A file with this header, and as many zero bytes of data. */
function fileOf(header: unknown, dataBytes: number, declaredLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declaredLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
/** What `run` throws, if anything. */
function faultOf(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
const entry = (dtype: string, shape: unknown, from: number, to: number): object => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('a safetensors file', () => {
  test('gives back what was written', () => {
    const { arrays: read, metadata } = decodeSafetensors(encodeSafetensors(arrays, new Map([['step', '12']])));
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(arrays));
    expect(metadata).toEqual(new Map([['step', '12']]));
  });

  test('has the same bytes whatever the order of its arrays', () => {
    expect(encodeSafetensors(new Map([...arrays].reverse()))).toEqual(encodeSafetensors(arrays));
  });

  test('of another program may hold half-precision numbers', () => {
    const bytes = fileOf({ half: entry('F16', [4], 0, 8), brain: entry('BF16', [2], 8, 12) }, 12);
    const view = new DataView(bytes.buffer, bytes.length - 12);
    for (const [index, bits] of [0x3c00, 0xc100, 0x0001, 0x7bff, 0x3f80, 0xc040].entries())
      view.setUint16(index * 2, bits, true);
    const { arrays: read } = decodeSafetensors(bytes);
    expect([...read.get('half')!.data]).toEqual([1, -2.5, 2 ** -24, 65504]);
    expect([...read.get('brain')!.data]).toEqual([1, -3]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(0), /expected at least 8 bytes, found 0/],
    [
      'says that its header is enormous',
      fileOf({}, 0, 2n ** 63n),
      /may have 16777216 bytes at most, found 9223372036854775808/,
    ],
    ['ends within its header', fileOf({}, 0, 1000n), /should have 1000 bytes, but the file ends after 2/],
    ['has no JSON header', fileOf('{"a":', 0), /its header is not JSON/],
    ['has a list for a header', fileOf([], 0), /its header is not an object/],
    ['has an unknown type', fileOf({ a: entry('F8', [1], 0, 1) }, 1), /array a should be one of F64, .*found F8/],
    ['has a type of the prototype', fileOf({ a: entry('constructor', [1], 0, 1) }, 1), /found constructor/],
    ['has a negative extent', fileOf({ a: entry('F32', [-1], 0, 4) }, 4), /array a has no valid shape/],
    [
      'has a shape beyond all numbers',
      fileOf({ a: entry('F32', [2 ** 40, 2 ** 40], 0, 4) }, 4),
      /array a has no valid shape/,
    ],
    [
      'has a shape that is not that of its bytes',
      fileOf({ a: entry('F32', [2], 0, 4) }, 4),
      /should take 8 bytes, found 4/,
    ],
    ['has an array beyond its end', fileOf({ a: entry('F32', [3], 0, 12) }, 8), /ends at byte 12, but the data has 8/],
    [
      'has overlapping arrays',
      fileOf({ a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) }, 8),
      /array b begins at byte 4, expected 8/,
    ],
    [
      'has bytes that belong to nothing',
      fileOf({ a: entry('F32', [1], 0, 4) }, 9),
      /the data should have 4 bytes, found 9/,
    ],
    ['has no offsets', fileOf({ a: { dtype: 'F32', shape: [1] } }, 4), /array a has no valid offsets/],
    ['has null for an array', fileOf({ a: null }, 0), /array a should be one of/],
    [
      'has a number that is none',
      encodeSafetensors(new Map([['w', { dtype: 'float32', shape: [2], data: Float32Array.of(1, NaN) }]])),
      /array w has elements that are not finite/,
    ],
  ])('is refused when it %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(ConfigurationError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  test('is read or refused, whatever is changed or cut', () => {
    const whole = encodeSafetensors(arrays, new Map([['a', 'b']]));
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        (length, changes) => {
          const bytes = whole.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          const fault = faultOf(() => decodeSafetensors(bytes.subarray(0, length)));
          expect(fault === undefined || fault instanceof ConfigurationError).toBe(true);
        },
      ),
      { numRuns: 500, seed: 20260103 },
    );
  });
});

describe('a weights file with its model card', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weights-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const card = {
    name: 'small', version: '1', description: 'For a test.', architecture: { name: 'line', settings: { hidden: 4 } },
    inputs: { x: { shape: [1, 2] } }, outputs: { y: { shape: [1] } }, trainedOn: 'nothing', intendedUse: 'tests',
    limitations: 'knows nothing', licence: 'Apache-2.0', metrics: { mse: 0.5 }, madeBy: 'npm test',
  }; // prettier-ignore

  test('is read back with its card', async () => {
    const path = join(folder, 'a.safetensors');
    await writeWeights(path, arrays, card);
    const read = await readWeights(path);
    expect(read.arrays.get('weight')).toEqual(arrays.get('weight'));
    expect(read.card).toMatchObject(card);
  });

  test('is refused when the card describes other weights, is damaged, or is not there', async () => {
    const path = join(folder, 'b.safetensors');
    await writeWeights(path, arrays, card);
    const original = await readFile(path);
    await writeFile(
      path,
      original.map((byte, index) => (index === original.length - 1 ? byte ^ 1 : byte)),
    );
    await expect(readWeights(path)).rejects.toThrow(/not the one that its model card describes/);
    await writeFile(cardPath(path), '{"name": "small"}');
    await expect(readWeights(path)).rejects.toThrow(/the model card is not valid.*\n.*version/);
    await expect(readWeights(join(folder, 'none.safetensors'))).rejects.toThrow(/the model card cannot be read/);
  });
});
