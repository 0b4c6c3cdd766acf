import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { decodeInstance } from '../../../../src/integrations/dicomweb/decode-instance.ts';
import { mrSlice } from '../../../support/dicom-builder.ts';

const stored = async (changes: Readonly<Record<string, unknown>>) => [
  ...(await decodeInstance(mrSlice(0, changes))).storedValues,
];
const cells = (...values: number[]) => [Uint16Array.from({ length: 24 }, (_, n) => values[n] ?? 0).buffer];

/** The same file in the deflated syntax: its data set replaced by `dataset`, deflated. */
function deflated(file: Uint8Array, dataset: (plain: Uint8Array) => Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const groupLength = bytes.readUInt32LE(140);
  const start = 144 + groupLength;
  const uid = Buffer.from('1.2.840.10008.1.2.1\0', 'latin1');
  const at = bytes.indexOf(uid);
  const meta = Buffer.concat([
    bytes.subarray(0, at - 2),
    Buffer.from([22, 0]),
    Buffer.from('1.2.840.10008.1.2.1.99'),
    bytes.subarray(at + 20, start),
  ]);
  return Buffer.concat([meta, deflateRawSync(dataset(bytes.subarray(start)))]);
}

describe('stored values', () => {
  test('have their sign extended from the stored bits', async () => {
    const changes = { BitsStored: 12, HighBit: 11, PixelRepresentation: 1, PixelData: cells(0x0fff, 0x0800, 0x07ff) };
    expect((await stored(changes)).slice(0, 3)).toEqual([-1, -2048, 2047]);
  });

  test('lose the bits above the high bit, where overlays live', async () => {
    const changes = { BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PixelData: cells(0xf123, 0x0fff) };
    expect((await stored(changes)).slice(0, 2)).toEqual([0x123, 0xfff]);
  });

  test('are shifted down from a high bit above them', async () => {
    const changes = { BitsStored: 12, HighBit: 15, PixelRepresentation: 0, PixelData: cells(0x1230, 0xfff0) };
    expect((await stored(changes)).slice(0, 2)).toEqual([0x123, 0xfff]);
  });

  test('of colour planes come out by pixel', async () => {
    const data = Uint8Array.from({ length: 72 }, (_, n) => n);
    const rgb = {
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelRepresentation: 0,
    };
    expect((await stored({ ...rgb, PlanarConfiguration: 1, PixelData: [data.buffer] })).slice(0, 4)).toEqual([
      0, 24, 48, 1,
    ]);
  });
});

describe('a file is refused', () => {
  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['with less pixel data than its size needs', { Rows: 5 }, /60 bytes of pixel data were expected, 48 are there/],
    ['without rows', { Rows: undefined }, /number of rows is missing/],
    ['with more stored than allocated bits', { BitsStored: 17 }, /stored bits is impossible/],
    ['with an odd number of allocated bits', { BitsAllocated: 12, BitsStored: 12, HighBit: 11 }, /12 allocated bits/],
    ['without pixel data', { PixelData: undefined }, /holds no image/],
  ])('%s', async (_, changes, message) => {
    await expect(decodeInstance(mrSlice(0, changes))).rejects.toThrow(message);
  });

  test('that would decode to more than is allowed, before anything is allocated', async () => {
    const huge = mrSlice(0, { Rows: 65_535, Columns: 65_535, NumberOfFrames: 60_000 });
    const error: unknown = await decodeInstance(huge).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).reason).toBe('TOO_LARGE');
  });

  test('that inflates without end', async () => {
    const bomb = deflated(mrSlice(0), () => new Uint8Array(50_000_000));
    await expect(decodeInstance(bomb, { maximumDecodedBytes: 1_000_000 })).rejects.toMatchObject({
      reason: 'TOO_LARGE',
    });
  });

  test('whose deflated data is cut', async () => {
    const whole = deflated(mrSlice(3), (plain) => plain);
    expect([...(await decodeInstance(whole)).storedValues].slice(0, 2)).toEqual([300, 301]);
    await expect(decodeInstance(whole.subarray(0, whole.length - 20))).rejects.toThrow(/inflated/);
  });

  test('that is empty, or no DICOM at all', async () => {
    for (const bytes of [new Uint8Array(), new Uint8Array(131), new Uint8Array(4096).fill(7)]) {
      await expect(decodeInstance(bytes)).rejects.toThrow(/DICM/);
    }
  });
});

describe('a header', () => {
  test('tells derived images, synthetic ones and our own predictions from acquired ones', async () => {
    const isDerived = async (changes: Readonly<Record<string, unknown>>) =>
      (await decodeInstance(mrSlice(0, changes))).header.isDerived;
    expect(await isDerived({})).toBe(false);
    expect(await isDerived({ ImageType: ['DERIVED', 'SECONDARY'] })).toBe(true);
    expect(await isDerived({ SyntheticData: 'YES' })).toBe(true);
    const own = { CodeValue: 'PREDICTED', CodingSchemeDesignator: '99SEQUELA', CodeMeaning: 'Predicted future image' };
    expect(await isDerived({ DerivationCodeSequence: [own] })).toBe(true);
    expect(await isDerived({ DerivationCodeSequence: [{ ...own, CodingSchemeDesignator: '99OTHER' }] })).toBe(false);
  });

  test('tells lossy images from others', async () => {
    expect((await decodeInstance(mrSlice(0, { LossyImageCompression: '01' }))).header.isLossy).toBe(true);
    expect((await decodeInstance(mrSlice(0, { LossyImageCompression: '00' }))).header.isLossy).toBe(false);
  });
});
