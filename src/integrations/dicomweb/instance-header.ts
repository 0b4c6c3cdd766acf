import { DomainError } from '../../errors.ts';
import type { ImagePresentation } from '../../twins/timeline.ts';
import type { Elements } from './elements.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';
import { isDerivedImage } from './derived-image.ts';
import { framesOf } from './frame-description.ts';
import type { FrameDescription } from './frame-description.ts';

/** The image pixel module (PS3.3 C.7.6.3), checked. */
export interface PixelModule {
  readonly rows: number;
  readonly columns: number;
  readonly numberOfFrames: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: 0 | 1;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
}

/** What an instance says about itself, without its pixels. Dates and times are still as DICOM spells them. */
export interface InstanceHeader {
  readonly sopClassUid: string | null;
  readonly sopInstanceUid: string | null;
  readonly seriesInstanceUid: string | null;
  readonly studyInstanceUid: string | null;
  readonly frameOfReferenceUid: string | null;
  readonly patientId: string | null;
  readonly issuerOfPatientId: string | null;
  readonly modality: string | null;
  readonly pixels: PixelModule;
  readonly frames: readonly FrameDescription[];
  /** Stored values that stand for "no measurement" (0028,0120 to 0028,0121); null where the image has none. */
  readonly padding: { readonly low: number; readonly high: number } | null;
  readonly hasModalityLut: boolean;
  readonly isLossy: boolean;
  readonly isDerived: boolean;
  readonly isLocalizer: boolean;
  readonly presentation: ImagePresentation;
  readonly acquisitionDateTime: string | null;
  /** [date, time] of the acquisition, the series and the study; either may be absent. */
  readonly dates: readonly (readonly [date: string | null, time: string | null])[];
  readonly timezoneOffset: string | null;
}

/**
 * @param syntax the transfer syntax, which says whether compression lost anything.
 * @throws {DomainError} UNSUPPORTED where it is no image, SOURCE_INCOMPLETE where it lacks what pixels need.
 */
export function readInstanceHeader(elements: Elements, syntax: TransferSyntax): InstanceHeader {
  const pixels = readPixelModule(elements);
  const imageType = elements.texts('00080008').map((value) => value.toUpperCase());
  return {
    sopClassUid: elements.text('00080016'),
    sopInstanceUid: elements.text('00080018'),
    seriesInstanceUid: elements.text('0020000E'),
    studyInstanceUid: elements.text('0020000D'),
    frameOfReferenceUid: elements.text('00200052'),
    patientId: elements.text('00100020'),
    issuerOfPatientId: elements.text('00100021'),
    modality: elements.text('00080060'),
    pixels,
    frames: framesOf(elements, pixels.numberOfFrames),
    padding: paddingOf(elements, pixels),
    hasModalityLut: elements.items('00283000').length > 0,
    isLossy: syntax.isLossy === true || elements.text('00282110') === '01',
    isDerived: isDerivedImage(elements),
    isLocalizer: imageType.includes('LOCALIZER'),
    presentation: presentationOf(elements, pixels),
    acquisitionDateTime: elements.text('0008002A') ?? sharedFrameDateTime(elements),
    dates: [
      [elements.text('00080022'), elements.text('00080032')],
      [elements.text('00080021'), elements.text('00080031')],
      [elements.text('00080020'), elements.text('00080030')],
    ],
    timezoneOffset: elements.text('00080201'),
  };
}

function readPixelModule(elements: Elements): PixelModule {
  const required = (tag: string, name: string, minimum: number, maximum: number): number => {
    const value = elements.number(tag);
    if (value === null || !Number.isInteger(value) || value < minimum || value > maximum) {
      throw new DomainError(
        'SOURCE_INCOMPLETE',
        `An image is damaged: its ${name} is ${value === null ? 'missing' : 'impossible'}.`,
      );
    }
    return value;
  };
  const optional = (tag: string, name: string, absent: number, minimum: number, maximum: number): number =>
    elements.number(tag) === null ? absent : required(tag, name, minimum, maximum);

  const bitsAllocated = required('00280100', 'number of allocated bits', 1, 64);
  const bitsStored = optional('00280101', 'number of stored bits', bitsAllocated, 1, bitsAllocated);
  return {
    rows: required('00280010', 'number of rows', 1, 65_535),
    columns: required('00280011', 'number of columns', 1, 65_535),
    numberOfFrames: optional('00280008', 'number of frames', 1, 1, 1_000_000),
    samplesPerPixel: optional('00280002', 'number of samples per pixel', 1, 1, 4),
    photometricInterpretation: elements.text('00280004')?.toUpperCase() ?? 'MONOCHROME2',
    planarConfiguration: optional('00280006', 'planar configuration', 0, 0, 1) as 0 | 1,
    bitsAllocated,
    bitsStored,
    highBit: optional('00280102', 'high bit', bitsStored - 1, bitsStored - 1, bitsAllocated - 1),
    isSigned: optional('00280103', 'pixel representation', 0, 0, 1) === 1,
  };
}

function paddingOf(elements: Elements, pixels: PixelModule): InstanceHeader['padding'] {
  const value = elements.number('00280120');
  if (value === null) return null;
  const limit = elements.number('00280121') ?? value;
  // The VR of both is US or SS by pixel representation, which an implicit VR reader may take for unsigned.
  const signed = (bits: number) =>
    pixels.isSigned && bits >= 2 ** (pixels.bitsAllocated - 1) ? bits - 2 ** pixels.bitsAllocated : bits;
  return { low: Math.min(signed(value), signed(limit)), high: Math.max(signed(value), signed(limit)) };
}

function presentationOf(elements: Elements, { photometricInterpretation }: PixelModule): ImagePresentation {
  const [columns, rows] = elements.texts('00200020');
  return {
    laterality: lateralityOf(elements),
    isInverted: photometricInterpretation === 'MONOCHROME1',
    patientOrientation:
      columns === undefined || rows === undefined ? null : [columns.toUpperCase(), rows.toUpperCase()],
    viewPosition: elements.text('00185101')?.toUpperCase() ?? null,
  };
}

function lateralityOf(elements: Elements): 'R' | 'L' | null {
  const shared = elements.items('52009229')[0];
  const anatomy = shared?.items('00209071')[0];
  const value = elements.text('00200062') ?? elements.text('00200060') ?? anatomy?.text('00209072') ?? null;
  return value === 'R' || value === 'L' ? value : null;
}

function sharedFrameDateTime(elements: Elements): string | null {
  return elements.items('52009230')[0]?.items('00209111')[0]?.text('00189074') ?? null;
}
