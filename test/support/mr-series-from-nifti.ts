import { decimal, MR_IMAGE_STORAGE, uidOf, writeDicom } from './dicom-builder.ts';
import { readNifti } from './read-nifti.ts';
import type { Volume } from '../../src/twins/volume.ts';

export interface MrSeriesOptions {
  readonly patientId: string;
  readonly issuerOfPatientId: string;
  readonly patientName?: string;
  readonly patientBirthDate?: string;
  readonly patientSex?: 'M' | 'F' | 'O';
  /** `YYYYMMDD`. */
  readonly studyDate: string;
  /** `HHMMSS`. */
  readonly studyTime?: string;
  readonly accessionNumber?: string;
  readonly studyDescription?: string;
  readonly seriesDescription: string;
  /** Defaults to `BRAIN`. */
  readonly bodyPartExamined?: string;
}

export interface MrSeries {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** One Part 10 file per slice, in the order of the slice axis. */
  readonly files: readonly Uint8Array[];
}

/** `mrSeriesFromVolume` of a NIfTI-1 file (`.nii.gz`). */
export const mrSeriesFromNifti = (niftiPath: string, options: MrSeriesOptions): MrSeries =>
  mrSeriesFromVolume(readNifti(niftiPath), options);

/**
 * A classic MR series (PS3.3 A.4) with the geometry of a volume. Values are int16, rescaled only where they do not fit.
 *
 * UIDs follow from the options, so that the same call gives the same files. InstanceNumber runs against the position,
 * as it does from some scanners.
 */
export function mrSeriesFromVolume(volume: Volume, options: MrSeriesOptions): MrSeries {
  const [depth, rows, columns] = volume.shape;
  const [dz, dy, dx] = volume.spacingMm;
  const directionOf = (column: number) => [0, 1, 2].map((row) => volume.direction[row * 3 + column]!);
  const [alongColumns, alongRows, alongSlices] = [directionOf(0), directionOf(1), directionOf(2)] as const;
  const { stored, slope, intercept } = toInt16(volume.voxels);
  const key = [options.issuerOfPatientId, options.patientId, options.studyDate];
  const studyInstanceUid = uidOf('study', ...key);
  const seriesInstanceUid = uidOf('series', ...key, options.seriesDescription);
  const time = options.studyTime ?? '101500';
  const files = Array.from({ length: depth }, (_, slice) =>
    writeDicom({
      SOPClassUID: MR_IMAGE_STORAGE,
      SOPInstanceUID: uidOf(seriesInstanceUid, String(slice)),
      StudyInstanceUID: studyInstanceUid,
      SeriesInstanceUID: seriesInstanceUid,
      FrameOfReferenceUID: uidOf('frame of reference', ...key),
      PositionReferenceIndicator: '',
      SpecificCharacterSet: 'ISO_IR 192',
      PatientName: options.patientName ?? 'Anonymous^Patient',
      PatientID: options.patientId,
      IssuerOfPatientID: options.issuerOfPatientId,
      PatientBirthDate: options.patientBirthDate ?? '',
      PatientSex: options.patientSex ?? '',
      StudyDate: options.studyDate,
      StudyTime: time,
      SeriesDate: options.studyDate,
      SeriesTime: time,
      AcquisitionDate: options.studyDate,
      AcquisitionTime: time,
      ContentDate: options.studyDate,
      ContentTime: time,
      TimezoneOffsetFromUTC: '+0000',
      AccessionNumber: options.accessionNumber ?? '',
      ReferringPhysicianName: '',
      StudyID: '1',
      StudyDescription: options.studyDescription ?? 'MR',
      Modality: 'MR',
      BodyPartExamined: options.bodyPartExamined ?? 'BRAIN',
      Manufacturer: 'Unknown',
      SeriesNumber: 1,
      SeriesDescription: options.seriesDescription,
      PatientPosition: 'HFS',
      ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
      ScanningSequence: 'RM',
      SequenceVariant: 'NONE',
      ScanOptions: '',
      MRAcquisitionType: '3D',
      EchoTime: '',
      RepetitionTime: '',
      EchoTrainLength: '',
      InstanceNumber: depth - slice,
      ImagePositionPatient: volume.originMm.map((value, n) => decimal(value + slice * dz * alongSlices[n]!)),
      ImageOrientationPatient: [...alongColumns, ...alongRows].map(decimal),
      PixelSpacing: [decimal(dy), decimal(dx)],
      SliceThickness: decimal(dz),
      SpacingBetweenSlices: decimal(dz),
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: columns,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      // Not in the classic MR module, but scanners send them and readers use them.
      ...(slope === 1 && intercept === 0
        ? {}
        : { RescaleSlope: decimal(slope), RescaleIntercept: decimal(intercept), RescaleType: 'US' }),
      PixelData: [stored.slice(slice * rows * columns, (slice + 1) * rows * columns).buffer],
    }),
  );
  return { studyInstanceUid, seriesInstanceUid, files };
}

/** Values as they are where they are whole and fit, else spread over the range of int16. */
function toInt16(values: Float32Array): { stored: Int16Array; slope: number; intercept: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (values.every(Number.isInteger) && low >= -32_768 && high <= 32_767)
    return { stored: Int16Array.from(values), slope: 1, intercept: 0 };
  const slope = high > low ? decimal((high - low) / 65_000) : 1;
  const intercept = decimal((high + low) / 2);
  return { stored: Int16Array.from(values, (value) => Math.round((value - intercept) / slope)), slope, intercept };
}
