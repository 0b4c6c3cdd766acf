import { inflateSync } from 'node:zlib';
import { voxelCount } from '../../twins/volume.ts';
import { bytesPerElement, readNumbers } from './element-types.ts';
import { DEFAULT_READ_LIMITS, refusalOf, type ImageFile, type NamedBytes, type ReadLimits } from './image-file.ts';
import { readMetaImageHeader, type MetaImageHeader } from './meta-image-header.ts';

/** Gives the bytes of a file beside the one that is read. */
export type ReadBeside = (name: string) => Uint8Array;

/**
 * Reads a MetaImage of one number per voxel: `.mha`, or `.mhd` with its raw file beside it, compressed by zlib or not.
 * @throws {DomainError} naming file and field: INVALID_INPUT, UNSUPPORTED, TOO_LARGE, or SOURCE_INCOMPLETE where bytes are missing.
 */
export function readMetaImage(
  file: NamedBytes,
  beside?: ReadBeside,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
): ImageFile {
  const header = readMetaImageHeader(file, limits);
  if (header.channels !== 1) {
    throw refusalOf(file, 'ElementNumberOfChannels', `is ${header.channels}; an image has one number per voxel`, {
      reason: 'UNSUPPORTED',
    });
  }
  const { geometry, hasSpacing } = header;
  return {
    volume: { ...geometry, voxels: numbersOf(file, header, beside) },
    hasSpacing,
    caveats: hasSpacing ? [] : [`${file.name} states no distance between pixels; distances are in pixels.`],
  };
}

function numbersOf(file: NamedBytes, header: MetaImageHeader, beside?: ReadBeside): Float32Array {
  const { type, isLittleEndian, isCompressed } = header;
  const count = voxelCount(header.geometry.shape);
  const expected = count * bytesPerElement(type);
  const stored = storedBytes(file, header, beside);
  const bytes = isCompressed ? uncompressed(file, stored, expected) : stored;
  if (bytes.length < expected) {
    throw refusalOf(file, 'DimSize', `needs ${expected} bytes of numbers, but ${bytes.length} are there`, {
      reason: 'SOURCE_INCOMPLETE',
    });
  }
  return readNumbers(bytes, 0, count, type, isLittleEndian);
}

function storedBytes(file: NamedBytes, { dataFile, dataOffset }: MetaImageHeader, beside?: ReadBeside): Uint8Array {
  if (dataFile === 'LOCAL') return file.bytes.subarray(dataOffset);
  // A header must not reach into other folders.
  if (beside === undefined || !/^[^/\\:\0]+$/.test(dataFile) || /^\.+$/.test(dataFile) || /^LIST\b|%/.test(dataFile)) {
    throw refusalOf(file, 'ElementDataFile', `"${dataFile}" is neither LOCAL nor a file in the same folder`);
  }
  return beside(dataFile);
}

function uncompressed(file: NamedBytes, stored: Uint8Array, expected: number): Uint8Array {
  try {
    return inflateSync(stored, { maxOutputLength: expected + 1 });
  } catch (cause) {
    throw refusalOf(file, 'CompressedData', `is damaged, or more than the ${expected} bytes that DimSize needs`, {
      reason: 'SOURCE_INCOMPLETE',
      cause,
    });
  }
}
