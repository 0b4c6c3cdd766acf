import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync, gunzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImageFile } from '../../../../src/integrations/image-files/read-image-file.ts';
import { readMetaImage } from '../../../../src/integrations/image-files/read-meta-image.ts';
import { readNifti } from '../../../../src/integrations/image-files/read-nifti.ts';
import { readPng } from '../../../../src/integrations/image-files/read-png.ts';
import { encodeMetaImage } from '../../../../src/integrations/image-files/write-meta-image.ts';
import { encodeNifti } from '../../../../src/integrations/image-files/write-nifti.ts';
import { encodePng } from '../../../../src/integrations/image-files/write-png.ts';
import type { Volume } from '../../../../src/twins/volume.ts';
import { randomArray } from '../../../support/random-array.ts';

/** An oblique grid: turned by 30 degrees about z, stored from head to foot. */
const [cosine, sine] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
const volume: Volume = {
  voxels: Float32Array.from(randomArray(4 * 5 * 6, 3)),
  shape: [4, 5, 6],
  spacingMm: [2.5, 0.75, 1.25],
  originMm: [-12.5, 30.25, -7],
  direction: [cosine, -sine, 0, sine, cosine, 0, 0, 0, -1],
};
const picture: Volume = {
  ...volume,
  voxels: volume.voxels.slice(0, 30),
  shape: [1, 5, 6],
  spacingMm: [0.75, 0.75, 1.25],
  originMm: [3, 4, 0],
  direction: [cosine, -sine, 0, sine, cosine, 0, 0, 0, 1],
};

/** A volume with its place as far as a header of float32 holds it. */
const rounded = ({ voxels, shape, ...place }: Volume) => ({
  voxels,
  shape,
  ...Object.fromEntries(
    Object.entries(place).map(([key, values]) => [key, values.map((value) => Number(value.toFixed(5)) + 0)]),
  ),
});

describe('written and read back', () => {
  it('a NIfTI file has the same voxels at the same place', () => {
    expect(rounded(readNifti({ name: 'v.nii.gz', bytes: encodeNifti(volume) }).volume)).toEqual(rounded(volume));
  });

  it('a MetaImage does, exactly', () => {
    expect(rounded(readMetaImage({ name: 'v.mha', bytes: encodeMetaImage(volume) }).volume)).toEqual(rounded(volume));
  });

  it('a picture is a MetaImage of 2 dimensions', () => {
    const bytes = encodeMetaImage(picture);
    expect(new TextDecoder('latin1').decode(bytes.slice(0, 120))).toContain('NDims = 2');
    expect(rounded(readMetaImage({ name: 'p.mha', bytes }).volume)).toEqual(rounded(picture));
  });

  it('a picture of 8 bit has its grey values', () => {
    const data = Uint8Array.from({ length: 12 }, (_, index) => 20 * index);
    const png = encodePng({ width: 4, height: 3, channels: 1, data });
    const { volume: found, hasSpacing, caveats } = readPng({ name: 'p.png', bytes: png });
    expect(found.shape).toEqual([1, 3, 4]);
    expect([...found.voxels]).toEqual([...data]);
    expect(hasSpacing).toBe(false);
    expect(caveats).toEqual([expect.stringContaining('p.png states no distance')]);
  });

  it('a picture of 16 bit has all of its values', () => {
    const data = Uint16Array.of(0, 1, 256, 65_535, 4097, 30_000);
    const bytes = encode({ width: 3, height: 2, channels: 1, depth: 16, data });
    expect([...readPng({ name: 'p.png', bytes }).volume.voxels]).toEqual([...data]);
  });

  it('three equal channels are one', () => {
    const data = Uint8Array.of(7, 7, 7, 200, 200, 200);
    const bytes = encodePng({ width: 2, height: 1, channels: 3, data });
    expect([...readPng({ name: 'p.png', bytes }).volume.voxels]).toEqual([7, 200]);
  });
});

describe('what others write', () => {
  it('a MetaImage of big-endian whole numbers, compressed, with other names of its fields', () => {
    const raw = Buffer.alloc(12);
    [1, -2, 300, -400, 5, 6].forEach((value, index) => raw.writeInt16BE(value, 2 * index));
    const header = [
      'ObjectType = Image',
      'NDims = 2',
      'ElementByteOrderMSB = True',
      'CompressedData = True',
      'Position = 10 20',
      'ElementSize = 0.5 0.25',
      'DimSize = 3 2',
      'ElementType = MET_SHORT',
      'ElementDataFile = LOCAL\n',
    ].join('\n');
    const { volume: found } = readMetaImage({
      name: 's.mha',
      bytes: Buffer.concat([Buffer.from(header), deflateSync(raw)]),
    });
    expect([...found.voxels]).toEqual([1, -2, 300, -400, 5, 6]);
    expect(found).toMatchObject({ spacingMm: [0.25, 0.25, 0.5], originMm: [10, 20, 0], shape: [1, 2, 3] });
  });

  describe('a NIfTI file', () => {
    const changed = (change: (view: DataView) => void): Uint8Array => {
      const bytes = new Uint8Array(encodeNifti(volume));
      // Written by gzip; taken apart to change the header.
      const plain = new Uint8Array(readPlain(bytes));
      change(new DataView(plain.buffer));
      return plain;
    };

    it('scales its values', () => {
      const bytes = changed((view) => {
        view.setFloat32(112, 2, true);
        view.setFloat32(116, 10, true);
      });
      const { voxels } = readNifti({ name: 'v.nii', bytes }).volume;
      expect(voxels[7]).toBeCloseTo(2 * volume.voxels[7]! + 10, 5);
    });

    it('placed by a quaternion lies where its matrix would put it', () => {
      // Half a turn about z and then 30 degrees: RAS of the volume's LPS axes, with the slices reversed by qfac.
      const angle = Math.PI + Math.PI / 6;
      const bytes = changed((view) => {
        view.setInt16(252, 1, true);
        view.setInt16(254, 0, true);
        view.setFloat32(76, -1, true);
        view.setFloat32(256, 0, true);
        view.setFloat32(260, 0, true);
        view.setFloat32(264, Math.sin(angle / 2) * Math.sign(Math.cos(angle / 2)), true);
        [12.5, -30.25, -7].forEach((value, index) => view.setFloat32(268 + 4 * index, value, true));
      });
      expect(rounded(readNifti({ name: 'v.nii', bytes }).volume)).toEqual(rounded(volume));
    });

    it('in metres is given in mm', () => {
      const bytes = changed((view) => view.setUint8(123, 1));
      expect(readNifti({ name: 'v.nii', bytes }).volume.spacingMm[0]).toBeCloseTo(2500, 3);
    });

    it('without a place keeps its voxel sizes and says so', () => {
      const bytes = changed((view) => view.setInt16(254, 0, true));
      const { volume: found, caveats } = readNifti({ name: 'v.nii', bytes });
      found.spacingMm.forEach((step, index) => expect(step).toBeCloseTo(volume.spacingMm[index]!, 6));
      expect(caveats).toEqual([expect.stringContaining('does not state where')]);
    });

    it('of several frames needs one of them', () => {
      const bytes = changed((view) => {
        view.setInt16(40, 4, true);
        view.setInt16(46, 2, true);
        view.setInt16(48, 2, true);
      });
      expect(() => readNifti({ name: 'v.nii', bytes })).toThrow('name one, as in "v.nii#0"');
      expect(() => readNifti({ name: 'v.nii', bytes }, 2)).toThrow('are 0 to 1');
      expect(readNifti({ name: 'v.nii', bytes }, 1).volume.voxels).toEqual(volume.voxels.slice(60));
    });
  });
});

describe('files on disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'image-files-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are told apart by what they hold, not by their names', async () => {
    writeFileSync(path.join(folder, 'a.png'), encodeNifti(volume));
    writeFileSync(path.join(folder, 'b.nii'), encodeMetaImage(volume));
    writeFileSync(path.join(folder, 'c.txt'), 'no image');
    expect((await readImageFile(path.join(folder, 'a.png')))?.volume.voxels).toEqual(volume.voxels);
    expect((await readImageFile(path.join(folder, 'b.nii')))?.volume.voxels).toEqual(volume.voxels);
    expect(await readImageFile(path.join(folder, 'c.txt'))).toBeNull();
    await expect(readImageFile(path.join(folder, 'd.nii'))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('a header takes its numbers from the file beside it, and from nowhere else', async () => {
    const mha = encodeMetaImage(volume);
    const text = new TextDecoder('latin1').decode(mha);
    const end = text.indexOf('LOCAL\n');
    const headed = (name: string) => writeFileSync(path.join(folder, 'v.mhd'), `${text.slice(0, end)}${name}\n`);
    writeFileSync(path.join(folder, 'v.raw'), mha.subarray(end + 6));
    headed('v.raw');
    expect((await readImageFile(path.join(folder, 'v.mhd')))?.volume.voxels).toEqual(volume.voxels);
    for (const name of ['../v.raw', '/etc/hostname', '..', 'LIST', 'absent.raw']) {
      headed(name);
      await expect(readImageFile(path.join(folder, 'v.mhd'))).rejects.toThrow('ElementDataFile');
    }
  });
});

function readPlain(gzip: Uint8Array): ArrayBuffer {
  const bytes = gunzipSync(gzip);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
