import { readFile, stat } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { largestFileBytes } from './element-types.ts';
import { DEFAULT_READ_LIMITS, refusalOf, type ImageFile, type NamedBytes, type ReadLimits } from './image-file.ts';
import { isMetaImage } from './meta-image-header.ts';
import { readMetaImage } from './read-meta-image.ts';
import { chosenFrame, inflated, isNifti, readNifti } from './read-nifti.ts';
import { isPng, readPng } from './read-png.ts';
import { readTiff } from './read-tiff.ts';
import { isTiff } from './tiff-directory.ts';

/**
 * Reads NIfTI (`.nii`, `.nii.gz`), MetaImage (`.mha`, `.mhd`), PNG or TIFF, told apart by what the file holds, never by its name.
 * @param frame of a file that holds several, counted from 0.
 * @returns null where it is none of these.
 * @throws {DomainError} naming file and field, as the readers of the formats do; NOT_FOUND where there is no such file.
 */
export async function readImageFile(
  filePath: string,
  frame?: number,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
): Promise<ImageFile | null> {
  const file = await readBounded(filePath, limits);
  const { bytes } = file;
  if (isPng(bytes) || isMetaImage(bytes)) {
    chosenFrame(file, 1, frame);
    const beside = (name: string) => readBeside(path.join(path.dirname(filePath), name), file);
    return isPng(bytes) ? readPng(file, limits) : readMetaImage(file, beside, limits);
  }
  if (isTiff(bytes)) return readTiff(file, frame, limits);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isNifti(isGzip ? inflated(file, limits) : bytes) ? readNifti(file, frame, limits) : null;
}

/**
 * The bytes of a file.
 * @throws {DomainError} NOT_FOUND, or TOO_LARGE where no image within the limits takes so many.
 */
export async function readBounded(filePath: string, limits: ReadLimits = DEFAULT_READ_LIMITS): Promise<NamedBytes> {
  const name = path.basename(filePath);
  const found = await stat(filePath).catch((cause: unknown) => {
    throw refusalOf({ name }, 'path', 'leads to no file that can be read', { reason: 'NOT_FOUND', cause });
  });
  if (!found.isFile()) throw refusalOf({ name }, 'path', 'is no file');
  if (found.size > largestFileBytes(limits)) {
    throw refusalOf({ name }, 'size', `is ${found.size} bytes; ${largestFileBytes(limits)} are the most that is read`, {
      reason: 'TOO_LARGE',
    });
  }
  return { name, bytes: await readFile(filePath) };
}

function readBeside(filePath: string, header: { readonly name: string }): Uint8Array {
  try {
    return readFileSync(filePath);
  } catch (cause) {
    throw refusalOf(header, 'ElementDataFile', `"${path.basename(filePath)}" is not beside it`, {
      reason: 'NOT_FOUND',
      cause,
    });
  }
}
