import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadImage } from '../../../src/composition/load-image.ts';
import { encodePng } from '../../../src/integrations/image-files/write-png.ts';
import { mrSlice, uidOf } from '../../support/dicom-builder.ts';
import { mrSeriesFromNifti } from '../../support/mr-series-from-nifti.ts';
import { readNifti } from '../../support/read-nifti.ts';
import { sharedData } from '../../support/shared-data.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'load-image-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const written = path.join(folder, name);
  mkdirSync(path.join(written, 'deeper'), { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(written, file), bytes);
  return written;
}

describe('a folder of DICOM files', () => {
  it('is one volume, whatever else lies in it', async () => {
    const series = write('one', {
      'c.dcm': mrSlice(2, { ImageLaterality: 'L' }),
      'deeper/a': mrSlice(0, { ImageLaterality: 'L' }),
      'b.dcm': mrSlice(1, { ImageLaterality: 'L' }),
      'notes.txt': 'not an image',
    });
    const { volume, presentation, patient } = await loadImage(series);
    expect(volume).toMatchObject({ shape: [3, 4, 6], spacingMm: [2.5, 0.75, 0.5], originMm: [-10, -20, 0] });
    expect([0, 1, 2].map((slice) => volume.voxels[slice * 24])).toEqual([0, 100, 200]);
    expect(presentation).toMatchObject({ laterality: 'L', isInverted: false });
    expect(patient).toEqual({ id: 'P1', issuer: 'HOSP1' });
  });

  it('with two series needs one of them', async () => {
    const other = uidOf('another series');
    const series = write('two', {
      a: mrSlice(0),
      b: mrSlice(1),
      c: mrSlice(0, { SeriesInstanceUID: other, SOPInstanceUID: uidOf('other'), SeriesDescription: 'T2w' }),
    });
    await expect(loadImage(series)).rejects.toThrow(`${other} (T2w, 1 files)`);
    expect((await loadImage(series, { seriesInstanceUid: other })).volume.shape).toEqual([1, 4, 6]);
    await expect(loadImage(series, { seriesInstanceUid: '1.2.3' })).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('with a damaged file names it', async () => {
    const series = write('damaged', { good: mrSlice(0), bad: mrSlice(1).subarray(0, -30) });
    await expect(loadImage(series)).rejects.toThrow(/^bad: /);
  });

  it('without images, and a file of no known kind, are refused', async () => {
    await expect(loadImage(write('empty', { 'a.txt': 'a', 'b.txt': 'b' }))).rejects.toThrow(
      'The folder holds no image',
    );
    await expect(loadImage(path.join(write('text', { 'a.txt': 'a' }), 'a.txt'))).rejects.toThrow(
      'a.txt holds no image',
    );
    await expect(loadImage(path.join(folder, 'absent'))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });
});

describe('a picture', () => {
  it('takes a spacing that is given, since it states none', async () => {
    const place = path.join(
      write('png', { 'p.png': encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 2) }) }),
      'p.png',
    );
    expect(await loadImage(place)).toMatchObject({ hasSpacing: false, volume: { spacingMm: [1, 1, 1] } });
    const spaced = await loadImage(place, { spacingMm: [1, 0.5, 0.25] });
    expect(spaced).toMatchObject({ hasSpacing: true, volume: { spacingMm: [1, 0.5, 0.25] } });
    await expect(loadImage(`${place}#1`)).rejects.toThrow('are 0 to 0');
  });
});

const flair = sharedData('mr-longitudinal/open_ms/longitudinal/raw/patient01/study1_FLAIR.nii.gz');
it.skipIf(flair === null)(
  'a real volume is the same as NIfTI and as a DICOM series (open_ms; skipped where absent)',
  async () => {
    const { files } = mrSeriesFromNifti(flair!, {
      patientId: 'P',
      issuerOfPatientId: 'H',
      studyDate: '20240101',
      seriesDescription: 'FLAIR',
    });
    const series = write('flair', Object.fromEntries(files.map((bytes, index) => [`${index}.dcm`, bytes])));
    const { volume } = await loadImage(series);
    const expected = readNifti(flair!);
    expect(volume.shape).toEqual(expected.shape);
    expect(volume.voxels).toEqual(expected.voxels);
    volume.originMm.forEach((value, axis) => expect(value).toBeCloseTo(expected.originMm[axis]!, 3));
  },
  60_000,
);

const microscopy = sharedData('microscopy/mitosis/C1-MAX_mitosis.tif');
it.skipIf(microscopy === null)('a frame of a real microscopy stack is a picture (skipped where absent)', async () => {
  const { volume } = await loadImage(`${microscopy!}#5`);
  const { volume: stack } = await loadImage(microscopy!);
  expect(volume.shape).toEqual([1, stack.shape[1], stack.shape[2]]);
  const size = volume.voxels.length;
  expect(volume.voxels).toEqual(stack.voxels.slice(5 * size, 6 * size));
});

const mha = sharedData('registration/itkelastix/examples/data/CT_2D_head_fixed.mha');
it.skipIf(mha === null)('a MetaImage that ITK wrote is read (skipped where absent)', async () => {
  const { volume } = await loadImage(mha!);
  expect(volume.shape).toEqual([1, 256, 256]);
  expect(Math.max(...volume.voxels)).toBeGreaterThan(100);
});
