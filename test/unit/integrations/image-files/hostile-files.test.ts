import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import type { ReadLimits } from '../../../../src/integrations/image-files/image-file.ts';
import { readMetaImage } from '../../../../src/integrations/image-files/read-meta-image.ts';
import { readNifti } from '../../../../src/integrations/image-files/read-nifti.ts';
import { readPng } from '../../../../src/integrations/image-files/read-png.ts';
import { readTiff, readTiffStack } from '../../../../src/integrations/image-files/read-tiff.ts';
import { encodeNifti } from '../../../../src/integrations/image-files/write-nifti.ts';
import { encodePng } from '../../../../src/integrations/image-files/write-png.ts';
import { writeTiff } from '../../../support/tiff-builder.ts';

const LIMITS: ReadLimits = { maximumVoxels: 1000 };

/** What is refused, by the reason and the field that it names; every message names the file. */
function refusal(read: () => unknown): [reason: string, field: string | undefined] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.message.startsWith('scan.')
      ? [error.reason, error.field]
      : ['a message without the file', error.message];
  }
  throw new Error('nothing was refused');
}

describe('a NIfTI file is refused', () => {
  const good = gunzipSync(
    encodeNifti({
      voxels: new Float32Array(24),
      shape: [2, 3, 4],
      spacingMm: [1, 1, 1],
      originMm: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    }),
  );
  const read = (change: (view: DataView) => void, cut?: number) => {
    const bytes = new Uint8Array(good);
    change(new DataView(bytes.buffer));
    return refusal(() => readNifti({ name: 'scan.nii', bytes: bytes.subarray(0, cut) }, undefined, LIMITS));
  };
  const float = (at: number, value: number) => (view: DataView) => view.setFloat32(at, value, true);
  const short = (at: number, value: number) => (view: DataView) => view.setInt16(at, value, true);

  it.each<[string, (view: DataView) => void, string, string]>([
    ['with a negative size', short(42, -4), 'INVALID_INPUT', 'dim'],
    ['with a size of 0', short(46, 0), 'INVALID_INPUT', 'dim'],
    ['with no dimension', short(40, 0), 'INVALID_INPUT', 'dim[0]'],
    ['with 9 dimensions', short(40, 9), 'INVALID_INPUT', 'dim[0]'],
    ['larger than is read', short(42, 32_000), 'TOO_LARGE', 'dim'],
    ['with more voxels than bytes', short(42, 100), 'SOURCE_INCOMPLETE', 'dim'],
    ['in colour', short(70, 128), 'UNSUPPORTED', 'datatype'],
    ['of complex numbers', short(70, 32), 'UNSUPPORTED', 'datatype'],
    ['with voxels inside the header', float(108, 100), 'INVALID_INPUT', 'vox_offset'],
    ['with voxels at no number', float(108, Number.NaN), 'INVALID_INPUT', 'vox_offset'],
    ['with voxels far behind its end', float(108, 1e9), 'SOURCE_INCOMPLETE', 'dim'],
    ['with a place that is no number', float(280, Number.NaN), 'INVALID_INPUT', 'srow'],
    ['with a step of 0', float(320, 0), 'INVALID_INPUT', 'srow'],
    ['with a sheared grid', float(284, 0.3), 'UNSUPPORTED', 'srow'],
    ['of another unit than length', (view) => view.setUint8(123, 5), 'INVALID_INPUT', 'xyzt_units'],
    ['of another kind', (view) => view.setInt32(0, 347, true), 'INVALID_INPUT', 'sizeof_hdr'],
    ['in two parts', (view) => view.setUint8(345, 0x69), 'INVALID_INPUT', 'sizeof_hdr'],
  ])('%s', (_, change, reason, field) => {
    expect(read(change)).toEqual([reason, field]);
  });

  it('without voxel sizes, where nothing else says how far voxels are apart', () => {
    const change = (view: DataView) => {
      view.setInt16(254, 0, true);
      view.setFloat32(80, 0, true);
    };
    expect(read(change)).toEqual(['INVALID_INPUT', 'pixdim']);
  });

  it('cut off', () => {
    expect(read(() => {}, 440)).toEqual(['SOURCE_INCOMPLETE', 'dim']);
    expect(read(() => {}, 200)).toEqual(['INVALID_INPUT', 'sizeof_hdr']);
    const cut = gzipSync(good).subarray(0, 50);
    expect(refusal(() => readNifti({ name: 'scan.nii.gz', bytes: cut }))).toEqual(['SOURCE_INCOMPLETE', 'gzip']);
  });

  it('that inflates without end', () => {
    const bomb = gzipSync(Buffer.concat([good, Buffer.alloc(4 * 2 ** 20)]));
    const read = () => readNifti({ name: 'scan.nii.gz', bytes: bomb }, undefined, LIMITS);
    expect(refusal(read)).toEqual(['TOO_LARGE', 'gzip']);
  });
});

describe('a MetaImage is refused', () => {
  const fields = {
    ObjectType: 'Image',
    NDims: '2',
    DimSize: '3 2',
    ElementSpacing: '1 1',
    ElementType: 'MET_UCHAR',
    ElementDataFile: 'LOCAL',
  };
  const read = (changes: Readonly<Record<string, string | undefined>>, data: Uint8Array = new Uint8Array(6)) => {
    const { ElementDataFile, ...rest } = { ...fields, ...changes } as Record<string, string | undefined>;
    const lines = [...Object.entries(rest), ['ElementDataFile', ElementDataFile]].filter(
      ([, value]) => value !== undefined,
    );
    const header = lines.map(([key, value]) => `${key} = ${value}\n`).join('');
    return refusal(() =>
      readMetaImage({ name: 'scan.mha', bytes: Buffer.concat([Buffer.from(header), data]) }, undefined, LIMITS),
    );
  };

  it.each<[string, Readonly<Record<string, string | undefined>>, string, string]>([
    ['of 4 dimensions', { NDims: '4' }, 'UNSUPPORTED', 'NDims'],
    ['without dimensions', { NDims: undefined }, 'UNSUPPORTED', 'NDims'],
    ['without sizes', { DimSize: undefined }, 'INVALID_INPUT', 'DimSize'],
    ['with a size that is no number', { DimSize: '3 x' }, 'INVALID_INPUT', 'DimSize'],
    ['with a size of 2.5', { DimSize: '3 2.5' }, 'INVALID_INPUT', 'DimSize'],
    ['larger than is read', { DimSize: '4000000 4000000' }, 'TOO_LARGE', 'DimSize'],
    ['with fewer numbers than stated', { DimSize: '3 3' }, 'SOURCE_INCOMPLETE', 'DimSize'],
    ['with no distance', { ElementSpacing: '0 1' }, 'INVALID_INPUT', 'ElementSpacing'],
    ['with an infinite distance', { ElementSpacing: '1e999 1' }, 'INVALID_INPUT', 'ElementSpacing'],
    ['with a flat direction', { TransformMatrix: '0 0 0 1' }, 'INVALID_INPUT', 'TransformMatrix'],
    ['with vectors for values', { ElementNumberOfChannels: '3' }, 'UNSUPPORTED', 'ElementNumberOfChannels'],
    ['with a million channels', { ElementNumberOfChannels: '1000000' }, 'UNSUPPORTED', 'ElementNumberOfChannels'],
    ['of another element', { ElementType: 'MET_STRING' }, 'UNSUPPORTED', 'ElementType'],
    ['with numbers in words', { BinaryData: 'False' }, 'UNSUPPORTED', 'BinaryData'],
    ['with numbers elsewhere', { ElementDataFile: '../../secret.raw' }, 'INVALID_INPUT', 'ElementDataFile'],
    ['without an end of its header', { ElementDataFile: undefined }, 'INVALID_INPUT', 'ElementDataFile'],
  ])('%s', (_, changes, reason, field) => {
    expect(read(changes)).toEqual([reason, field]);
  });

  it('that inflates to more than it states', () => {
    const bomb = deflateSync(Buffer.alloc(2 ** 20));
    expect(read({ CompressedData: 'True' }, bomb)).toEqual(['SOURCE_INCOMPLETE', 'CompressedData']);
  });
});

describe('a PNG is refused', () => {
  const good = encodePng({ width: 4, height: 2, channels: 1, data: new Uint8Array(8) });
  const read = (bytes: Uint8Array) => refusal(() => readPng({ name: 'scan.png', bytes }, LIMITS));
  const changed = (change: (view: DataView) => void): Uint8Array => {
    const bytes = new Uint8Array(good);
    change(new DataView(bytes.buffer));
    return bytes;
  };

  it.each<[string, (view: DataView) => void, string, string]>([
    ['larger than is read', (view) => view.setUint32(16, 4_000_000_000), 'TOO_LARGE', 'IHDR'],
    ['with a size of 0', (view) => view.setUint32(20, 0), 'INVALID_INPUT', 'IHDR'],
    ['of 1 bit', (view) => view.setUint8(24, 1), 'UNSUPPORTED', 'IHDR'],
    ['of an unknown colour type', (view) => view.setUint8(25, 9), 'UNSUPPORTED', 'IHDR'],
    ['with a chunk longer than the file', (view) => view.setUint32(33, 2 ** 31), 'SOURCE_INCOMPLETE', 'IDAT'],
    ['with fewer pixels than stated', (view) => view.setUint32(20, 200), 'SOURCE_INCOMPLETE', 'PNG'],
  ])('%s', (_, change, reason, field) => {
    expect(read(changed(change))).toEqual([reason, field]);
  });

  it('cut off', () => {
    expect(read(good.subarray(0, -6))).toEqual(['SOURCE_INCOMPLETE', 'IEND']);
    expect(read(good.subarray(0, 20))).toEqual(['SOURCE_INCOMPLETE', 'IHDR']);
  });

  it('in colour', () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(read(encodePng({ width: 2, height: 1, channels: 3, data }))).toEqual(['UNSUPPORTED', 'colour type']);
  });
});

describe('a TIFF file', () => {
  const page = (values: readonly number[]) => ({
    width: 3,
    height: 2,
    pixels: new Uint8Array(Uint16Array.from(values).buffer),
  });
  const values = [1, 2, 300, 65_535, 5, 6];
  const read = (bytes: Uint8Array) => refusal(() => readTiff({ name: 'scan.tif', bytes }, undefined, LIMITS));

  it('gives its pages as slices, or one of them', () => {
    const bytes = writeTiff([page(values), page([6, 5, 4, 3, 2, 1])]);
    const file = { name: 'scan.tif', bytes };
    expect(readTiff(file).volume.shape).toEqual([2, 2, 3]);
    expect([...readTiff(file).volume.voxels.subarray(0, 6)]).toEqual(values);
    expect([...readTiff(file, 1).volume.voxels]).toEqual([6, 5, 4, 3, 2, 1]);
    expect(() => readTiff(file, 2)).toThrow('are 0 to 1');
  });

  it('of signed numbers keeps their signs, and of floating point their fractions', () => {
    const signed = new Uint8Array(Int16Array.of(-5, 7).buffer);
    const floating = new Uint8Array(Float32Array.of(-0.5, 0.25).buffer);
    const bytes = writeTiff([
      { width: 2, height: 1, sampleFormat: 2, pixels: signed },
      { width: 2, height: 1, bits: 32, sampleFormat: 3, pixels: floating },
    ]);
    const pages = readTiffStack({ name: 'scan.tif', bytes });
    expect(pages.map(({ pixels }) => Array.from(pixels))).toEqual([
      [-5, 7],
      [-0.5, 0.25],
    ]);
  });

  it('compressed by deflate is read', () => {
    const pixels = deflateSync(page(values).pixels);
    const bytes = writeTiff([{ width: 3, height: 2, pixels, fields: [[259, 3, [8]]] }]);
    expect([...readTiff({ name: 'scan.tif', bytes }).volume.voxels]).toEqual(values);
  });

  it('is refused where its pages lead in a circle', () => {
    // The first directory follows 8 bytes of header and 12 of pixels.
    expect(read(writeTiff([page(values)], 20))).toEqual(['INVALID_INPUT', 'page 1']);
  });

  it.each<[string, readonly (readonly [number, 3 | 4, readonly number[]])[], string, string]>([
    ['larger than is read', [[256, 4, [4_000_000_000]]], 'TOO_LARGE', 'page 0'],
    ['with a size of 0', [[257, 4, [0]]], 'INVALID_INPUT', 'page 0'],
    ['with pixels behind its end', [[273, 4, [100_000]]], 'SOURCE_INCOMPLETE', 'page 0'],
    ['with fewer pixels than stated', [[279, 4, [4]]], 'SOURCE_INCOMPLETE', 'page 0'],
    ['in colour', [[277, 3, [3]]], 'UNSUPPORTED', 'page 0'],
    ['compressed as JPEG', [[259, 3, [7]]], 'UNSUPPORTED', 'page 0'],
    ['of 12 bit', [[258, 3, [12]]], 'UNSUPPORTED', 'page 0'],
  ])('is refused %s', (_, fields, reason, field) => {
    expect(read(writeTiff([{ ...page(values), fields }]))).toEqual([reason, field]);
  });

  it('is refused where pixels inflate without end, and where the file is cut off', () => {
    const pixels = deflateSync(Buffer.alloc(4 * 2 ** 20));
    expect(read(writeTiff([{ width: 3, height: 2, pixels, fields: [[259, 3, [8]]] }]))).toEqual([
      'SOURCE_INCOMPLETE',
      'page 0',
    ]);
    expect(read(writeTiff([page(values)]).subarray(0, 40))).toEqual(['SOURCE_INCOMPLETE', 'page 0']);
  });

  it('is refused where its pages differ in size', () => {
    const other = { width: 2, height: 3, pixels: page(values).pixels };
    expect(read(writeTiff([page(values), other]))).toEqual(['INVALID_INPUT', 'page 1']);
  });
});
