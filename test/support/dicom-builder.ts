import { createHash } from 'node:crypto';
import { data, log } from 'dcmjs';

log.getLogger('validation.dcmjs').setLevel('silent');

/** A UID that is the same for the same words: `2.25.` and 128 bits of their hash (PS3.5 annex B.2). */
export function uidOf(...words: readonly string[]): string {
  const digest = createHash('sha256').update(words.join('|')).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${digest.subarray(0, 16).toString('hex')}`)}`;
}

export const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

/** Writes a Part 10 file in Explicit VR Little Endian. `dataset` is by keyword; `PixelData` is a list of buffers. */
export function writeDicom(dataset: Readonly<Record<string, unknown>>): Uint8Array {
  const uid = (value: unknown) => ({ vr: 'UI', Value: [value] });
  const file = new data.DicomDict({
    '00020001': { vr: 'OB', Value: [new Uint8Array([0, 1]).buffer] },
    '00020002': uid(dataset['SOPClassUID']),
    '00020003': uid(dataset['SOPInstanceUID']),
    '00020010': uid('1.2.840.10008.1.2.1'),
    '00020012': uid('2.25.80302813137786398554742050926734630921603366648225212145404'),
  });
  const rounded = Object.entries(dataset).map(([keyword, value]) => [
    keyword,
    Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'number' ? decimal(one) : one)) : value,
  ]);
  file.dict = data.DicomMetaDictionary.denaturalizeDataset({
    _vrMap: { PixelData: 'OW' },
    ...Object.fromEntries(rounded),
  });
  return new Uint8Array(file.write());
}

/**
 * A small axial MR slice that every check accepts; `changes` replaces attributes by keyword, undefined removes one.
 * Its pixels are a ramp that differs from slice to slice.
 */
export function mrSlice(index: number, changes: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const rows = 4;
  const columns = 6;
  const pixels = Int16Array.from({ length: rows * columns }, (_, n) => index * 100 + n);
  const dataset: Record<string, unknown> = {
    SOPClassUID: MR_IMAGE_STORAGE,
    SOPInstanceUID: uidOf('slice', String(index)),
    StudyInstanceUID: uidOf('study'),
    SeriesInstanceUID: uidOf('series'),
    FrameOfReferenceUID: uidOf('frame of reference'),
    PatientID: 'P1',
    IssuerOfPatientID: 'HOSP1',
    PatientName: 'Test^Patient',
    StudyDate: '20240110',
    StudyTime: '101500',
    TimezoneOffsetFromUTC: '+0100',
    Modality: 'MR',
    SeriesDescription: 'T1w',
    ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
    ImagePositionPatient: [-10, -20, 2.5 * index],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    PixelSpacing: [0.75, 0.5],
    SliceThickness: 2,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    PixelData: [pixels.buffer],
    ...changes,
  };
  for (const [keyword, value] of Object.entries(dataset)) if (value === undefined) delete dataset[keyword];
  return writeDicom(dataset);
}

/** A number that a decimal string of 16 characters holds exactly (PS3.5 table 6.2-1, DS). */
export function decimal(value: number): number {
  for (let digits = 15; digits > 0; digits--) {
    const rounded = Number(value.toPrecision(digits));
    if (String(rounded).length <= 16) return rounded;
  }
  return 0;
}
