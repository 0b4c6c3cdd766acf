import { data, type DicomElements, type NaturalDataset } from 'dcmjs';
import type { AdmittedPatient } from './admitted-patient.ts';
import { ISSUER_OF_PATIENT_ID } from './demo-codes.ts';
import { dicomTime, MINUTE_MS } from './hospital-calendar.ts';

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const IMPLEMENTATION_CLASS_UID = '2.25.80302813137786398554742050926734630921603366648225212145404';
const DAYS_PER_YEAR = 365.25;

/**
 * The attributes of one slice as a classic MR Image (PS3.3 A.4), without pixels. Instance numbers run against the
 * slice positions, as some scanners number them, so that order must come from geometry.
 */
export function mrImageElements(patient: AdmittedPatient, day: number, slice: number): DicomElements {
  const { identity } = patient;
  const { shape, spacingMm, originMm } = patient.synthetic.imageGeometry;
  const study = patient.studyOf(day);
  const at = dicomTime(patient.timeOfDay(day));
  const acquired = dicomTime(patient.timeOfDay(day) + 8 * MINUTE_MS);
  const born = Date.parse(identity.birthDate);
  const years = Math.floor((patient.timeOfDay(day) - born) / 86_400_000 / DAYS_PER_YEAR);
  const [depth, rows, columns] = shape;
  const [dz, dy, dx] = spacingMm;
  const [x, y, z] = originMm;
  const dataset: NaturalDataset = {
    SpecificCharacterSet: 'ISO_IR 192',
    ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
    SOPClassUID: MR_IMAGE_STORAGE,
    SOPInstanceUID: study.sopInstanceUid(slice),
    StudyDate: at.date,
    StudyTime: at.time,
    SeriesDate: acquired.date,
    SeriesTime: acquired.time,
    AcquisitionDate: acquired.date,
    AcquisitionTime: acquired.time,
    ContentDate: acquired.date,
    ContentTime: acquired.time,
    TimezoneOffsetFromUTC: at.offset,
    AccessionNumber: study.accessionNumber,
    Modality: 'MR',
    Manufacturer: 'Sequela demo hospital',
    ManufacturerModelName: 'Synthetic',
    StudyDescription: 'MR BRAIN W CONTRAST',
    SeriesDescription: 'T1 AX POST GAD',
    ReferringPhysicianName: '',
    // A name is caret-separated; its parts may not hold a caret, an equals sign or a backslash (PS3.5 6.2).
    PatientName: [identity.familyName, identity.givenName].map((part) => part.replaceAll(/[\^=\\]/g, ' ')).join('^'),
    PatientID: identity.mrn,
    IssuerOfPatientID: ISSUER_OF_PATIENT_ID,
    PatientBirthDate: identity.birthDate.replaceAll('-', ''),
    PatientSex: identity.gender === 'female' ? 'F' : 'M',
    PatientAge: `${String(years).padStart(3, '0')}Y`,
    BodyPartExamined: 'HEAD',
    ScanningSequence: 'GR',
    SequenceVariant: 'SP',
    ScanOptions: '',
    MRAcquisitionType: '2D',
    SliceThickness: dz,
    RepetitionTime: 600,
    EchoTime: 9,
    EchoTrainLength: 1,
    MagneticFieldStrength: 1.5,
    SpacingBetweenSlices: dz,
    PatientPosition: 'HFS',
    StudyInstanceUID: study.studyInstanceUid,
    SeriesInstanceUID: study.seriesInstanceUid,
    StudyID: String(day),
    SeriesNumber: 1,
    InstanceNumber: depth - slice,
    ImagePositionPatient: [x, y, z + slice * dz],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    FrameOfReferenceUID: study.frameOfReferenceUid,
    PositionReferenceIndicator: '',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    PixelSpacing: [dy, dx],
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    WindowCenter: 550,
    WindowWidth: 1100,
  };
  return data.DicomMetaDictionary.denaturalizeDataset(dataset);
}

/** One slice, pixels row by row, as a DICOM Part 10 file (PS3.10) in Explicit VR Little Endian; deterministic to the byte. */
export function mrImageFile(elements: DicomElements, pixels: Int16Array<ArrayBuffer>): Uint8Array {
  const sopInstanceUid = elements['00080018']?.Value?.[0];
  const file = new data.DicomDict({
    '00020001': { vr: 'OB', Value: [new Uint8Array([0, 1]).buffer] },
    '00020002': { vr: 'UI', Value: [MR_IMAGE_STORAGE] },
    '00020003': { vr: 'UI', Value: [sopInstanceUid] },
    '00020010': { vr: 'UI', Value: [EXPLICIT_VR_LITTLE_ENDIAN] },
    '00020012': { vr: 'UI', Value: [IMPLEMENTATION_CLASS_UID] },
  });
  file.dict = { ...elements, '7FE00010': { vr: 'OW', Value: [pixels.buffer] } };
  return new Uint8Array(file.write());
}
