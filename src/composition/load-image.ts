import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../errors.ts';
import { readSeriesFiles, type SeriesOfFiles } from '../integrations/dicomweb/read-series-files.ts';
import { DEFAULT_READ_LIMITS, type ImageFile } from '../integrations/image-files/image-file.ts';
import { readBounded, readImageFile } from '../integrations/image-files/read-image-file.ts';
import type { ImagePresentation } from '../twins/timeline.ts';

/** An image from files of any kind that is read, with what DICOM says of it where it is DICOM. */
export interface LoadedImage extends ImageFile {
  readonly presentation: ImagePresentation | null;
  readonly patient: SeriesOfFiles['patient'];
}

export interface LoadOptions {
  /** Of a folder with several. */
  readonly seriesInstanceUid?: string;
  /** Distance of slices, rows and columns in mm, for a file that states none. */
  readonly spacingMm?: ImageFile['volume']['spacingMm'];
}

const MOST_FILES = 20_000;

/**
 * Loads an image: a folder of DICOM files, one DICOM file, NIfTI, MetaImage, PNG or TIFF. `scan.tif#3` is frame 3 of a file that
 * holds several, counted from 0.
 * @throws {DomainError} naming file and field.
 */
export async function loadImage(place: string, options: LoadOptions = {}): Promise<LoadedImage> {
  const [, named, frame] = /^(.*)#(\d+)$/s.exec(place) ?? [];
  const isFrame = named !== undefined && !existsSync(place);
  const filePath = isFrame ? named : place;
  const found = await stat(filePath).catch(() => null);
  if (found?.isDirectory()) return loadSeries(await filesBelow(filePath), options);
  const image = await readImageFile(filePath, isFrame ? Number(frame) : undefined);
  if (image === null) return loadSeries([filePath], options);
  return { ...spaced(image, filePath, options), presentation: null, patient: null };
}

function spaced(image: ImageFile, filePath: string, { spacingMm }: LoadOptions): ImageFile {
  if (spacingMm === undefined) return image;
  if (image.hasSpacing) {
    throw new DomainError('INVALID_INPUT', `${path.basename(filePath)} states its spacing itself; none may be given.`, {
      field: 'spacing',
    });
  }
  return { ...image, volume: { ...image.volume, spacingMm }, hasSpacing: true, caveats: [] };
}

async function loadSeries(
  paths: readonly string[],
  { seriesInstanceUid, spacingMm }: LoadOptions,
): Promise<LoadedImage> {
  const files = [];
  for (const file of paths) files.push(await readBounded(file));
  if (spacingMm !== undefined) {
    throw new DomainError('INVALID_INPUT', 'DICOM images state their spacing themselves; none may be given.', {
      field: 'spacing',
    });
  }
  const found = await readSeriesFiles(files, DEFAULT_READ_LIMITS.maximumVoxels, seriesInstanceUid);
  return { ...found, hasSpacing: true };
}

/** Regular files of a folder and the folders in it, in the order of their names. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  if (files.length > MOST_FILES) {
    throw new DomainError('TOO_LARGE', `${path.basename(folder)}: the folder holds more than ${MOST_FILES} files.`);
  }
  return files.sort();
}
