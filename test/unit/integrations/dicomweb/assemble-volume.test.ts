import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { assembleVolume } from '../../../../src/integrations/dicomweb/assemble-volume.ts';
import type { QuantitativeInstance } from '../../../../src/integrations/dicomweb/assemble-volume.ts';
import { decodeInstance } from '../../../../src/integrations/dicomweb/decode-instance.ts';
import { quantitativeValues } from '../../../../src/integrations/dicomweb/quantitative-values.ts';
import { mrSlice } from '../../../support/dicom-builder.ts';

type Changes = Readonly<Record<string, unknown>>;
const slice = async (index: number, changes: Changes = {}): Promise<QuantitativeInstance> => {
  const instance = await decodeInstance(mrSlice(index, changes));
  return { header: instance.header, ...quantitativeValues(instance) };
};
/** Slices 0 to `count` - 1; `change` may alter the attributes of one. */
const series = (count: number, change: (index: number) => Changes = () => ({})): Promise<QuantitativeInstance[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => slice(index, change(index))));
const assemble = (instances: readonly QuantitativeInstance[], maximumVoxels = 1e6) =>
  assembleVolume(instances, maximumVoxels);
const refusal = async (
  instances: Promise<readonly QuantitativeInstance[]>,
  maximumVoxels = 1e6,
): Promise<DomainError> => {
  const all = await instances;
  try {
    assemble(all, maximumVoxels);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the series was accepted');
};

describe('a stack of slices', () => {
  test('is ordered by position along the normal, whatever order the slices come in', async () => {
    const instances = await series(4);
    const { volume, caveats } = assemble([instances[2]!, instances[0]!, instances[3]!, instances[1]!]);
    expect(volume.shape).toEqual([4, 4, 6]);
    expect([0, 1, 2, 3].map((z) => volume.voxels[z * 24])).toEqual([0, 100, 200, 300]);
    expect(caveats).toEqual([]);
  });

  test('takes its spacing from positions, not from the slice thickness', async () => {
    const { volume } = assemble(await series(3, () => ({ SliceThickness: 2, SpacingBetweenSlices: 99 })));
    expect(volume.spacingMm).toEqual([2.5, 0.75, 0.5]);
  });

  test('puts every voxel where its slice says, in an oblique plane', async () => {
    const c = Math.cos(0.3);
    const s = Math.sin(0.3);
    const normal = [0, -s, c];
    const { volume } = assemble(
      await series(3, (index) => ({
        ImageOrientationPatient: [1, 0, 0, 0, c, s],
        ImagePositionPatient: normal.map((value) => 5 + value * 3 * index),
      })),
    );
    expect(volume.spacingMm[0]).toBeCloseTo(3, 9);
    expect(volume.originMm).toEqual([5, 5, 5]);
    const expected = [1, 0, 0, 0, c, -s, 0, s, c];
    volume.direction.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 9));
  });

  test('tolerates the rounding of scanners', async () => {
    const jitter = [0, 0.01, -0.01, 0.015];
    const { volume } = assemble(
      await series(4, (index) => ({ ImagePositionPatient: [-10, -20, 2.5 * index + jitter[index]!] })),
    );
    expect(volume.spacingMm[0]).toBeCloseTo(2.505, 9);
  });

  test('leaves out an exact repetition and says so', async () => {
    const { volume, caveats } = assemble([...(await series(3)), await slice(1)]);
    expect(volume.shape[0]).toBe(3);
    expect(caveats).toEqual([expect.stringContaining('1 of 4 images repeat another image exactly')]);
  });
});

describe('a series is refused', () => {
  const pixels = (value: number) => [new Int16Array(24).fill(value).buffer];
  test.each<[string, string, RegExp, (index: number) => Changes]>([
    [
      'with a gap',
      'SOURCE_INCOMPLETE',
      /1 slice is missing/,
      (i) => ({ ImagePositionPatient: [0, 0, 2.5 * (i > 2 ? i + 1 : i)] }),
    ],
    [
      'with uneven spacing',
      'UNSUPPORTED',
      /equally spaced/,
      (i) => ({ ImagePositionPatient: [0, 0, i === 4 ? 11 : 2.5 * i] }),
    ],
    ['with a tilted gantry', 'UNSUPPORTED', /tilted gantry/, (i) => ({ ImagePositionPatient: [0, 0.8 * i, 2.5 * i] })],
    [
      'of several orientations',
      'UNSUPPORTED',
      /several orientations/,
      (i) => (i === 2 ? { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] } : {}),
    ],
    ['of several pixel sizes', 'UNSUPPORTED', /pixel sizes/, (i) => (i === 2 ? { PixelSpacing: [1, 1] } : {})],
    ['of several image sizes', 'UNSUPPORTED', /several sizes/, (i) => (i === 2 ? { Rows: 6, Columns: 4 } : {})],
    ['of several echoes', 'UNSUPPORTED', /echo time/, (i) => ({ EchoTime: i < 2 ? 10 : 80 })],
    ['of several b-values', 'UNSUPPORTED', /b-value/, (i) => ({ DiffusionBValue: i < 2 ? 0 : 1000 })],
    ['of several times', 'UNSUPPORTED', /temporal position/, (i) => ({ TemporalPositionIdentifier: i < 2 ? 1 : 2 })],
    [
      'of magnitude and phase',
      'UNSUPPORTED',
      /image type/,
      (i) => ({ ImageType: ['ORIGINAL', 'PRIMARY', i < 2 ? 'M' : 'P'] }),
    ],
    [
      'of several frames of reference',
      'UNSUPPORTED',
      /repositioned/,
      (i) => (i === 2 ? { FrameOfReferenceUID: '1.2.3' } : {}),
    ],
    ['of both eyes', 'UNSUPPORTED', /both sides/, (i) => ({ ImageLaterality: i < 2 ? 'L' : 'R' })],
    ['without pixel spacing', 'UNSUPPORTED', /PixelSpacing/, () => ({ PixelSpacing: undefined })],
    ['without positions', 'UNSUPPORTED', /where in the patient/, () => ({ ImagePositionPatient: undefined })],
    [
      'without positions and orientations',
      'UNSUPPORTED',
      /where in the patient/,
      () => ({ ImagePositionPatient: undefined, ImageOrientationPatient: undefined }),
    ],
    [
      'with an impossible orientation',
      'UNSUPPORTED',
      /not a plane/,
      () => ({ ImageOrientationPatient: [1, 0, 0, 1, 0, 0] }),
    ],
    [
      'with different images of one place',
      'UNSUPPORTED',
      /one place/,
      (i) => ({ ImagePositionPatient: [0, 0, 2.5 * Math.floor(i / 2)], PixelData: pixels(i) }),
    ],
    ['that is a localizer', 'UNSUPPORTED', /localizer/, () => ({ ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] })],
  ])('%s', async (_, reason, message, change) => {
    const error = await refusal(series(5, change));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(message);
  });

  test('with more voxels than allowed', async () => {
    expect((await refusal(series(5), 100)).reason).toBe('TOO_LARGE');
  });

  test('without any image', async () => {
    expect((await refusal(Promise.resolve([]))).reason).toBe('SOURCE_INCOMPLETE');
  });
});

describe('a single image', () => {
  test.each([
    ['SpacingBetweenSlices', { SpacingBetweenSlices: 4, SliceThickness: 3 }, 4],
    ['SliceThickness', { SliceThickness: 3 }, 3],
  ] as const)('takes its depth from %s', async (_, changes, depth) => {
    const { volume, caveats } = assemble([await slice(0, changes)]);
    expect(volume.spacingMm).toEqual([depth, 0.75, 0.5]);
    expect(caveats).toEqual([]);
  });

  test('without thickness has a nominal depth, said aloud', async () => {
    const { volume, caveats } = assemble([await slice(0, { SliceThickness: undefined })]);
    expect(volume.spacingMm).toEqual([0.75, 0.75, 0.5]);
    expect(caveats).toEqual([expect.stringContaining('depth is nominal')]);
  });

  test('without a place in the patient keeps its own coordinates, said aloud', async () => {
    const changes = { ImagePositionPatient: undefined, ImageOrientationPatient: undefined };
    const { volume, caveats } = assemble([await slice(0, changes)]);
    expect(volume.originMm).toEqual([0, 0, 0]);
    expect(caveats).toEqual([expect.stringContaining('its coordinates are its own')]);
  });
});

describe('values', () => {
  test('are rescaled slice by slice', async () => {
    const { volume } = assemble(await series(2, (i) => ({ RescaleSlope: i + 0.5, RescaleIntercept: -10 })));
    expect(volume.voxels[1]).toBe(-9.5);
    expect(volume.voxels[25]).toBe(101 * 1.5 - 10);
  });

  test('of MONOCHROME1 images are not inverted', async () => {
    const { volume, caveats } = assemble(await series(2, () => ({ PhotometricInterpretation: 'MONOCHROME1' })));
    expect([...volume.voxels.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect(caveats).toEqual([expect.stringContaining('MONOCHROME1')]);
  });

  test('that stand for padding become background, counted', async () => {
    const data = Int16Array.from({ length: 24 }, (_, n) => (n < 6 ? -2000 : n));
    const { volume, caveats } = assemble([await slice(0, { PixelPaddingValue: -2000, PixelData: [data.buffer] })]);
    expect([...volume.voxels.subarray(4, 8)]).toEqual([6, 6, 6, 7]);
    expect(caveats).toEqual([expect.stringContaining('25.0 %')]);
  });

  test('are not taken from colour images', async () => {
    const rgb = {
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelRepresentation: 0,
    };
    const colour = slice(0, { ...rgb, PlanarConfiguration: 0, PixelData: [new Uint8Array(72).buffer] });
    await expect(colour).rejects.toThrow(/colour/);
  });
});

/** As a digital mammography object states it: a projection without a place, of one breast in one view. */
const MAMMOGRAM: Changes = {
  Modality: 'MG',
  ImagePositionPatient: undefined,
  ImageOrientationPatient: undefined,
  PixelSpacing: undefined,
  SliceThickness: undefined,
  ImagerPixelSpacing: [0.07, 0.07],
  ImageLaterality: 'L',
  ViewPosition: 'MLO',
  PatientOrientation: ['A', 'FR'],
  PhotometricInterpretation: 'MONOCHROME1',
};

describe('a mammogram', () => {
  const mammogram = (changes: Changes = {}) => slice(0, { ...MAMMOGRAM, ...changes });

  test('takes the spacing of the detector, less the magnification, with a caveat', async () => {
    const plain = assemble([await mammogram()]);
    expect(plain.volume.spacingMm.slice(1)).toEqual([0.07, 0.07]);
    expect(plain.caveats).toContainEqual(expect.stringContaining('distances are those at the detector'));
    const magnified = assemble([await mammogram({ EstimatedRadiographicMagnificationFactor: 1.4 })]);
    expect(magnified.volume.spacingMm[1]).toBeCloseTo(0.05, 9);
    const calibrated = assemble([await mammogram({ PixelSpacing: [0.06, 0.06] })]);
    expect(calibrated.volume.spacingMm[2]).toBe(0.06);
    expect(calibrated.caveats.join()).not.toContain('detector');
    const unspaced = series(1, () => ({ ...MAMMOGRAM, ImagerPixelSpacing: undefined }));
    expect((await refusal(unspaced)).message).toContain('PixelSpacing');
  });

  test('says which breast it shows, from where, at which edge the chest wall lies, and that it is inverted', async () => {
    const { header } = await mammogram();
    expect(header.presentation).toEqual({
      laterality: 'L',
      isInverted: true,
      patientOrientation: ['A', 'FR'],
      viewPosition: 'MLO',
    });
    const silent = await slice(0);
    expect(silent.header.presentation).toEqual({
      laterality: null,
      isInverted: false,
      patientOrientation: null,
      viewPosition: null,
    });
  });
});
