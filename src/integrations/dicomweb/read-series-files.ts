import { DomainError } from '../../errors.ts';
import type { ImagePresentation } from '../../twins/timeline.ts';
import type { Volume } from '../../twins/volume.ts';
import { assembleVolume, type QuantitativeInstance } from './assemble-volume.ts';
import { decodeInstance, DEFAULT_DECODE_LIMITS } from './decode-instance.ts';
import { readElements } from './elements.ts';
import { hasPart10Preamble, splitPart10 } from './part10.ts';
import { quantitativeValues } from './quantitative-values.ts';

/** A file by its name without folders, which may say where it lies. */
export interface SeriesFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One series from files, and what only its headers know. */
export interface SeriesOfFiles {
  readonly volume: Volume;
  readonly presentation: ImagePresentation;
  /** PatientID and its issuer; null where the images state none. */
  readonly patient: { readonly id: string; readonly issuer: string | null } | null;
  readonly caveats: readonly string[];
}

interface ImageOfSeries extends SeriesFile {
  readonly seriesInstanceUid: string;
  readonly description: string;
}

/**
 * Reads one series from DICOM files (PS3.10) as a volume, by the same decoder and rules as images from an archive. What is no
 * DICOM or no image, such as a DICOMDIR, is passed over.
 * @param seriesInstanceUid which series, where there are several.
 * @throws {DomainError} naming the file; NOT_FOUND where no image is left, INVALID_INPUT where there are several series and none is
 *   named, and as the decoder and the assembly do.
 */
export async function readSeriesFiles(
  files: readonly SeriesFile[],
  maximumVoxels: number,
  seriesInstanceUid?: string,
): Promise<SeriesOfFiles> {
  const images = files.flatMap(imageOf);
  const series = [...new Set(images.map((image) => image.seriesInstanceUid))];
  const wanted = seriesInstanceUid ?? series[0];
  const chosen = images.filter((image) => image.seriesInstanceUid === wanted);
  if (chosen.length === 0) {
    const what = seriesInstanceUid === undefined ? 'of any kind that is read' : `of the series ${seriesInstanceUid}`;
    throw new DomainError('NOT_FOUND', `${files.length === 1 ? files[0]!.name : 'The folder'} holds no image ${what}.`);
  }
  if (seriesInstanceUid === undefined && series.length > 1) {
    const listed = series.map((uid) => {
      const [first, ...rest] = images.filter((image) => image.seriesInstanceUid === uid);
      return `${uid} (${first!.description || 'no description'}, ${rest.length + 1} files)`;
    });
    throw new DomainError(
      'INVALID_INPUT',
      `The files are of ${series.length} series; name one of them: ${listed.join('; ')}.`,
      {
        field: 'seriesInstanceUid',
      },
    );
  }
  const instances: (QuantitativeInstance & { readonly caveats: readonly string[] })[] = [];
  let voxels = 0;
  for (const image of chosen) {
    const instance = await inFile(image, async () => {
      const decoded = await decodeInstance(image.bytes, DEFAULT_DECODE_LIMITS);
      return { header: decoded.header, caveats: decoded.caveats, ...quantitativeValues(decoded) };
    });
    voxels += instance.values.length;
    if (voxels > maximumVoxels) {
      throw new DomainError('TOO_LARGE', `The series has more than ${maximumVoxels} voxels.`);
    }
    instances.push(instance);
  }
  const { volume, caveats } = assembleVolume(instances, maximumVoxels);
  const { header } = instances[0]!;
  return {
    volume,
    presentation: header.presentation,
    patient: header.patientId === null ? null : { id: header.patientId, issuer: header.issuerOfPatientId },
    caveats: [...new Set([...caveats, ...instances.flatMap((instance) => instance.caveats)])],
  };
}

function imageOf(file: SeriesFile): readonly ImageOfSeries[] {
  if (!hasPart10Preamble(file.bytes)) return [];
  const elements = (() => {
    try {
      const part10 = splitPart10(file.bytes, DEFAULT_DECODE_LIMITS.maximumDecodedBytes);
      return part10.pixelData === null ? null : readElements(part10.header);
    } catch (error) {
      throw namingFile(file, error);
    }
  })();
  if (elements === null) return [];
  return [
    {
      ...file,
      seriesInstanceUid: elements.text('0020000E') ?? '',
      description: elements.text('0008103E') ?? '',
    },
  ];
}

async function inFile<T>(file: SeriesFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw namingFile(file, error);
  }
}

const namingFile = ({ name }: SeriesFile, error: unknown): unknown =>
  error instanceof DomainError ? new DomainError(error.reason, `${name}: ${error.message}`, { cause: error }) : error;
