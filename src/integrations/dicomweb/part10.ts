import { inflateRawSync } from 'node:zlib';
import { DomainError } from '../../errors.ts';
import { ElementReader, UNDEFINED_LENGTH } from './element-reader.ts';
import { readFragments } from './fragments.ts';
import type { Fragment } from './fragments.ts';
import { transferSyntaxOf } from './transfer-syntaxes.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';

/** The pixel data of a file, still as it was transferred. */
export type PixelDataElement =
  | { readonly kind: 'native'; readonly tag: number; readonly vr: string | null; readonly bytes: Uint8Array }
  | {
      readonly kind: 'encapsulated';
      /** Byte offsets of the frames from the first fragment's item tag; empty where the file states none. */
      readonly frameOffsets: readonly number[];
      readonly fragments: readonly Fragment[];
    };

/** A DICOM file cut in two: the elements before the pixels, and the pixels. */
export interface Part10 {
  readonly transferSyntax: TransferSyntax;
  readonly transferSyntaxUid: string;
  /** A small Part 10 file in one of the three uncompressed syntaxes that holds every element before the pixel data. */
  readonly header: Uint8Array;
  readonly pixelData: PixelDataElement | null;
}

export const FLOAT_PIXEL_DATA = 0x7fe00008;
export const DOUBLE_FLOAT_PIXEL_DATA = 0x7fe00009;
const PIXEL_DATA = 0x7fe00010;
const EXTENDED_OFFSET_TABLE = 0x7fe00001;
const TRANSFER_SYNTAX_UID = 0x00020010;

const PLAIN_UID = {
  'implicit-little': '1.2.840.10008.1.2',
  'explicit-little': '1.2.840.10008.1.2.1',
  'explicit-big': '1.2.840.10008.1.2.2',
} as const;

/** Whether bytes start as a DICOM file does: `DICM` behind 128 bytes (PS3.10 section 7.1). */
export const hasPart10Preamble = (bytes: Uint8Array): boolean =>
  bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d;

/**
 * Splits a DICOM file (PS3.10 section 7) and proves that every top-level element lies inside it, which the DICOM
 * library does not: it reads a truncated value as a shorter one.
 *
 * @param bytes the file as it was retrieved.
 * @param maximumInflatedBytes bound on a deflated data set.
 * @throws {DomainError} SOURCE_INCOMPLETE where the file ends early or is not DICOM, UNSUPPORTED for an unknown
 *   transfer syntax, TOO_LARGE for a deflate bomb.
 */
export function splitPart10(bytes: Uint8Array, maximumInflatedBytes: number): Part10 {
  if (!hasPart10Preamble(bytes)) {
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is not a DICOM file: it lacks the DICM marker.');
  }
  const { transferSyntaxUid, datasetStart } = readFileMeta(bytes);
  const transferSyntax = transferSyntaxOf(transferSyntaxUid);
  if (transferSyntax === null) {
    throw new DomainError('UNSUPPORTED', 'An image is stored in a transfer syntax that this server does not know.');
  }
  const rest = bytes.subarray(datasetStart);
  const dataset = transferSyntax.isDeflated ? inflate(rest, maximumInflatedBytes) : rest;
  const { headerEnd, pixelData } = locatePixelData(dataset, transferSyntax);
  const header = Buffer.concat([fileMeta(PLAIN_UID[transferSyntax.encoding]), dataset.subarray(0, headerEnd)]);
  return { transferSyntax, transferSyntaxUid, header, pixelData };
}

function readFileMeta(bytes: Uint8Array): { transferSyntaxUid: string; datasetStart: number } {
  const reader = new ElementReader(bytes, 'explicit-little', 132);
  let transferSyntaxUid: string | null = null;
  // The stated group length is often wrong; the group number is not.
  while (reader.remaining >= 8 && reader.peekGroup() === 0x0002) {
    const element = reader.readElementHeader();
    if (element.length === UNDEFINED_LENGTH) {
      throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: its file header is malformed.');
    }
    const value = reader.take(element);
    if (element.tag === TRANSFER_SYNTAX_UID) {
      transferSyntaxUid = Buffer.from(value)
        .toString('latin1')
        .replace(/[\0 ]+$/, '');
    }
  }
  if (transferSyntaxUid === null) {
    throw new DomainError('SOURCE_INCOMPLETE', 'An image does not state its transfer syntax.');
  }
  return { transferSyntaxUid, datasetStart: reader.offset };
}

function inflate(bytes: Uint8Array, maximumBytes: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maximumBytes });
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new DomainError('TOO_LARGE', `An image inflates to more than ${maximumBytes} bytes.`, { cause });
    }
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: its deflated data cannot be inflated.', { cause });
  }
}

function locatePixelData(
  dataset: Uint8Array,
  syntax: TransferSyntax,
): { headerEnd: number; pixelData: PixelDataElement | null } {
  const reader = new ElementReader(dataset, syntax.encoding, 0);
  let extendedOffsets: readonly number[] = [];
  while (reader.remaining > 0) {
    const headerEnd = reader.offset;
    // Some writers pad the file with zeros after the last element.
    if (reader.restIsZero()) return { headerEnd, pixelData: null };
    const element = reader.readElementHeader();
    if (element.tag === EXTENDED_OFFSET_TABLE) {
      extendedOffsets = readOffsets64(reader.take(element));
      continue;
    }
    if (element.tag === FLOAT_PIXEL_DATA || element.tag === DOUBLE_FLOAT_PIXEL_DATA || element.tag === PIXEL_DATA) {
      if (element.length !== UNDEFINED_LENGTH) {
        const { tag, vr } = element;
        return { headerEnd, pixelData: { kind: 'native', tag, vr, bytes: reader.take(element) } };
      }
      const { frameOffsets, fragments } = readFragments(dataset, reader.offset);
      const offsets = extendedOffsets.length > 0 ? extendedOffsets : frameOffsets;
      return { headerEnd, pixelData: { kind: 'encapsulated', frameOffsets: offsets, fragments } };
    }
    reader.skip(element);
  }
  return { headerEnd: reader.offset, pixelData: null };
}

function readOffsets64(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 8) }, (_, index) =>
    Number(view.getBigUint64(index * 8, true)),
  );
}

/** A preamble and the smallest file meta group that names `transferSyntaxUid` (PS3.10 section 7.1). */
function fileMeta(transferSyntaxUid: string): Uint8Array {
  const uid = transferSyntaxUid.length % 2 === 0 ? transferSyntaxUid : `${transferSyntaxUid}\0`;
  const meta = Buffer.alloc(132 + 12 + 8 + uid.length);
  meta.write('DICM', 128, 'latin1');
  meta.writeUInt16LE(0x0002, 132);
  meta.write('UL', 136, 'latin1');
  meta.writeUInt16LE(4, 138);
  meta.writeUInt32LE(8 + uid.length, 140);
  meta.writeUInt16LE(0x0002, 144);
  meta.writeUInt16LE(0x0010, 146);
  meta.write('UI', 148, 'latin1');
  meta.writeUInt16LE(uid.length, 150);
  meta.write(uid, 152, 'latin1');
  return meta;
}
