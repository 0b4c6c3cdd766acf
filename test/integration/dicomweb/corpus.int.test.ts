import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../src/errors.ts';
import { assembleVolume } from '../../../src/integrations/dicomweb/assemble-volume.ts';
import { decodeInstance } from '../../../src/integrations/dicomweb/decode-instance.ts';
import type { DecodedInstance } from '../../../src/integrations/dicomweb/decode-instance.ts';
import { quantitativeValues } from '../../../src/integrations/dicomweb/quantitative-values.ts';

const ROOT = '../shared/data/dicom';
const CORNERSTONE = `${ROOT}/cornerstone/testImages`;
const PYDICOM = `${ROOT}/pydicom/src/pydicom/data/test_files`;
const PYDICOM_DATA = `${ROOT}/pydicom_data/data_store/data`;
const NOT_HERE = 'the DICOM test files are not here';
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(file));
const decode = (file: string): Promise<DecodedInstance> => decodeInstance(read(file));

/** Files that must be refused, with what must be said of them. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'MR_truncated.dcm': /states 8192 bytes and 8130 are there/,
  'emri_small_jpeg_2k_lossless_too_short.dcm': /not terminated/,
  'JPEG2000-embedded-sequence-delimiter.dcm': /states 1024x256x1 and a frame has/,
  'rtplan_truncated.dcm': /ends early/,
  'meta_missing_tsyntax.dcm': /transfer syntax/,
  'no-pixel-data.dcm': /holds no image/,
  'CTImageEvenAligned.dat': /DICM/,
  'US-YBR_FULL_422-EVRLE.dcm': /colour/,
  'liver_j2k.dcm': /1 bit/,
};

describe('the corpus of DICOM files', () => {
  test('every file decodes whole, or is refused with the reason', async (context) => {
    context.skip(!existsSync(ROOT), NOT_HERE);
    const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(ROOT, name))
      .filter((file) => statSync(file).isFile());
    const refused = new Map<string, string>();
    const short: string[] = [];
    let decoded = 0;
    for (const file of files) {
      try {
        const { header, storedValues } = await decode(file);
        const { rows, columns, samplesPerPixel, numberOfFrames } = header.pixels;
        if (storedValues.length !== rows * columns * samplesPerPixel * numberOfFrames) short.push(file);
        decoded++;
      } catch (error) {
        // Anything but a refusal is a defect.
        if (!(error instanceof DomainError)) throw error;
        refused.set(path.basename(file), error.message);
      }
    }
    const reasons = new Map<string, number>();
    for (const message of refused.values()) reasons.set(message, (reasons.get(message) ?? 0) + 1);
    process.stdout.write(`${files.length} files: ${decoded} decoded, ${files.length - decoded} refused\n`);
    for (const [message, count] of reasons) process.stdout.write(`  ${count} ${message}\n`);
    expect(short).toEqual([]);
    expect(Object.fromEntries(Object.keys(REFUSED).map((name) => [name, refused.get(name)]))).toEqual(
      Object.fromEntries(Object.entries(REFUSED).map(([name, reason]) => [name, expect.stringMatching(reason)])),
    );
    expect(decoded).toBeGreaterThanOrEqual(218);
  });

  test('one CT in every syntax: lossless ones agree bit for bit, lossy ones within their loss', async (context) => {
    context.skip(!existsSync(CORNERSTONE), NOT_HERE);
    const original = (await decode(`${CORNERSTONE}/CTImage.dcm`)).storedValues;
    const variants = readdirSync(CORNERSTONE).filter((name) => name.startsWith('CTImage.dcm_'));
    expect(variants).toHaveLength(15);
    const differences: Record<string, number> = {};
    const correlations: number[] = [];
    for (const name of variants) {
      const { header, storedValues, transferSyntaxUid } = await decode(`${CORNERSTONE}/${name}`);
      // The 8 and 12 bit ones were windowed by their writer.
      if (header.pixels.bitsStored === 16) differences[transferSyntaxUid] = greatestDifference(original, storedValues);
      else correlations.push(correlation(original, storedValues));
    }
    const base = '1.2.840.10008.1.2';
    // Of values that span 4402.
    expect(differences).toEqual({
      ...Object.fromEntries(
        ['', '.1', '.1.99', '.2', '.5', '.4.57', '.4.70', '.4.80', '.4.90'].map((uid) => [base + uid, 0]),
      ),
      [`${base}.4.81`]: expect.toSatisfy((difference: number) => difference > 0 && difference <= 5),
      [`${base}.4.91`]: expect.toSatisfy((difference: number) => difference > 0 && difference <= 60),
    });
    expect(correlations).toHaveLength(4);
    expect(Math.min(...correlations)).toBeGreaterThan(0.999);
  });

  test.for<[name: string, folder: string, reference: string, others: string[]]>([
    [
      'MR_small',
      PYDICOM,
      'MR_small.dcm',
      ['_RLE', '_bigendian', '_expb', '_implicit', '_jp2klossless', '_jpeg_ls_lossless', '_padded'].map(
        (kind) => `MR_small${kind}.dcm`,
      ),
    ],
    [
      'emri_small (multi-frame)',
      PYDICOM_DATA,
      'emri_small.dcm',
      ['_RLE', '_big_endian', '_jpeg_2k_lossless', '_jpeg_ls_lossless'].map((kind) => `emri_small${kind}.dcm`),
    ],
    ['MR2', PYDICOM_DATA, 'MR2_UNCR.dcm', ['MR2_J2KR.dcm']],
    ['693', PYDICOM_DATA, '693_UNCR.dcm', ['693_J2KR.dcm']],
    ['palette', PYDICOM_DATA, 'OBXXXX1A.dcm', ['OBXXXX1A_rle.dcm', 'OBXXXX1A_expb.dcm']],
    [
      '32 bit colour, two frames',
      PYDICOM_DATA,
      'SC_rgb_32bit_2frame.dcm',
      ['SC_rgb_expb_32bit_2frame.dcm', `../../../${PYDICOM.slice(ROOT.length + 1)}/SC_rgb_rle_32bit_2frame.dcm`],
    ],
    ['colour by JPEG 2000', PYDICOM_DATA, 'US1_UNCR.dcm', ['US1_J2KR.dcm']],
    ['colour by plane', PYDICOM_DATA, 'color-pl.dcm', ['color-px.dcm']],
  ])('%s is the same image in every lossless syntax', async ([, folder, reference, others], context) => {
    context.skip(!existsSync(folder), NOT_HERE);
    const expected = (await decode(path.join(folder, reference))).storedValues;
    const differences = await Promise.all(
      others.map(async (other) => greatestDifference(expected, (await decode(path.join(folder, other))).storedValues)),
    );
    expect(differences).toEqual(others.map(() => 0));
  });

  test('an enhanced multi-frame CT is one volume, its geometry and rescale taken from functional groups', async (context) => {
    context.skip(!existsSync(PYDICOM_DATA), NOT_HERE);
    const instance = await decode(`${PYDICOM_DATA}/eCT_Supplemental.dcm`);
    const { volume } = assembleVolume([{ header: instance.header, ...quantitativeValues(instance) }], 1e7);
    expect(volume.shape).toEqual([2, 512, 512]);
    expect(volume.spacingMm).toEqual([10, 0.388672, 0.388672]);
    const { slope, intercept } = instance.header.frames[1]!.rescale!;
    const isReversed = volume.originMm[2] !== instance.header.frames[0]!.position![2];
    const stored = instance.storedValues[(isReversed ? 0 : 512 * 512) + 512 * 256 + 256]!;
    expect(volume.voxels[512 * 512 + 512 * 256 + 256]).toBe(stored * slope + intercept);
    expect(intercept).toBe(-1024);
  });

  test('good images still decode after damaged ones, 200 times', async (context) => {
    context.skip(!existsSync(CORNERSTONE), NOT_HERE);
    const kinds = ['jpeg_ls_lossless', 'jp2klossless', 'RLE'];
    const good = kinds.map((kind) => read(`${PYDICOM}/MR_small_${kind}.dcm`));
    const expected = (await decode(`${PYDICOM}/MR_small.dcm`)).storedValues;
    const outcomes: unknown[] = [];
    const differences: number[] = [];
    for (let round = 0; round < 200; round++) {
      const damaged = good[round % good.length]!.slice();
      // Somewhere in the pixel data, different every round, with a seed that is the round.
      for (let hit = 0; hit < 12; hit++) {
        const at = damaged.length - 60 - ((round * 7919 + hit * 104_729) % 3000);
        damaged[at] = (damaged[at]! + 1 + ((round * 31 + hit) % 254)) & 0xff;
      }
      outcomes.push(await decodeInstance(damaged).catch((error: unknown) => error));
      const { storedValues } = await decodeInstance(good[(round + 1) % good.length]!);
      differences.push(greatestDifference(expected, storedValues));
    }
    expect(differences).toEqual(differences.map(() => 0));
    const errors = outcomes.filter((outcome) => outcome instanceof Error);
    expect(errors.filter((error) => !(error instanceof DomainError))).toEqual([]);
    expect(errors.length).toBeGreaterThan(50);
  });

  test('a file that ends anywhere is refused, never read as shorter', async (context) => {
    context.skip(!existsSync(CORNERSTONE), NOT_HERE);
    const wrong: string[] = [];
    for (const kind of ['RLE', 'implicit', 'bigendian', 'jpeg_ls_lossless', 'jp2klossless']) {
      const whole = read(`${PYDICOM}/MR_small_${kind}.dcm`);
      const { storedValues } = await decodeInstance(whole);
      for (let length = whole.length - 1; length > 0; length -= 1 + Math.floor(whole.length / 60)) {
        const outcome = await decodeInstance(whole.slice(0, length)).catch((error: unknown) => error);
        if (outcome instanceof DomainError) continue;
        // What follows the pixel data may be missing: then the image is the same.
        const isSame = greatestDifference(storedValues, (outcome as DecodedInstance).storedValues) === 0;
        if (!isSame || whole.length - length > 200) wrong.push(`${kind} cut to ${length} of ${whole.length}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function greatestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let greatest = 0;
  for (let i = 0; i < a.length; i++) greatest = Math.max(greatest, Math.abs(a[i]! - b[i]!));
  return greatest;
}

/** Pearson's r. */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}
