import { inflateSync } from 'node:zlib';
import { refusalOf, type NamedBytes, type ReadLimits } from './image-file.ts';

/** Bytes of one value by type (TIFF 6.0, section 2). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const MOST_PAGES = 100_000;
const MOST_ENTRIES = 1024;
const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  colour: 262,
  stripOffsets: 273,
  samples: 277,
  stripBytes: 279,
  tileOffsets: 324,
  tileBytes: 325,
  sampleFormat: 339,
} as const;
const NONE = 1;
const LZW = 5;
const DEFLATE = new Set([8, 32_946]);
/** LZW makes data longer by half at worst. */
const LZW_GROWTH = 1.5;

/** What a page of a TIFF file states of itself, checked. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** 1 whole, 2 signed, 3 floating point. */
  readonly sampleFormat: number;
}

/** Whether a file that starts so is a classic TIFF. */
export const isTiff = (start: Uint8Array): boolean => {
  const magic = String.fromCharCode(...start.subarray(0, 4));
  return magic === 'II*\0' || magic === 'MM\0*';
};

/**
 * Reads the directories of a TIFF file without its pixels: every length and offset lies in the file, the chain of pages ends,
 * and pixels take as many bytes as sizes state. The decoder is given what passes.
 * @throws {DomainError} naming file and field: INVALID_INPUT, UNSUPPORTED, TOO_LARGE or SOURCE_INCOMPLETE.
 */
export function readTiffPages(file: NamedBytes, limits: ReadLimits): readonly TiffPage[] {
  const { bytes } = file;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === 0x49;
  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  let voxels = 0;
  for (let offset = uint32(4, 'header'); offset !== 0;) {
    const name = `page ${pages.length}`;
    if (seen.has(offset)) throw refusalOf(file, name, 'leads back to a page before it: the file has no end');
    seen.add(offset);
    if (pages.length >= MOST_PAGES) {
      throw refusalOf(file, 'pages', `are more than ${MOST_PAGES}`, { reason: 'TOO_LARGE' });
    }
    const { page, next } = pageAt(offset, name);
    voxels += page.width * page.height;
    if (voxels > limits.maximumVoxels) {
      throw refusalOf(file, name, `brings the file above ${limits.maximumVoxels} pixels, the most that is read`, {
        reason: 'TOO_LARGE',
      });
    }
    pages.push(page);
    offset = next;
  }
  if (pages.length === 0) throw refusalOf(file, 'pages', 'are missing', { reason: 'SOURCE_INCOMPLETE' });
  return pages;

  function uint16(at: number, field: string): number {
    if (at + 2 > bytes.length)
      throw refusalOf(file, field, 'lies behind the end of the file', { reason: 'SOURCE_INCOMPLETE' });
    return view.getUint16(at, isLittle);
  }

  function uint32(at: number, field: string): number {
    if (at + 4 > bytes.length)
      throw refusalOf(file, field, 'lies behind the end of the file', { reason: 'SOURCE_INCOMPLETE' });
    return view.getUint32(at, isLittle);
  }

  function pageAt(offset: number, name: string): { page: TiffPage; next: number } {
    const count = uint16(offset, name);
    if (count > MOST_ENTRIES)
      throw refusalOf(file, name, `has ${count} fields; ${MOST_ENTRIES} are the most that is read`);
    const fields = new Map<number, readonly number[]>();
    for (let entry = 0; entry < count; entry++) {
      const at = offset + 2 + 12 * entry;
      const tag = uint16(at, name);
      const type = uint16(at + 2, name);
      const values = uint32(at + 4, name);
      const size = TYPE_BYTES[type] ?? 0;
      if (size === 0) continue;
      const start = size * values > 4 ? uint32(at + 8, name) : at + 8;
      if (start + size * values > bytes.length) {
        throw refusalOf(file, `${name}, tag ${tag}`, 'lies behind the end of the file', {
          reason: 'SOURCE_INCOMPLETE',
        });
      }
      if (Object.values(TAG).some((known) => known === tag) && (type === 3 || type === 4)) {
        const read = type === 3 ? uint16 : uint32;
        fields.set(
          tag,
          Array.from({ length: values }, (_, n) => read(start + n * size, name)),
        );
      }
    }
    return { page: checkedPage(fields, name), next: uint32(offset + 2 + 12 * count, name) };
  }

  function checkedPage(fields: ReadonlyMap<number, readonly number[]>, name: string): TiffPage {
    const one = (tag: number, otherwise: number): number => fields.get(tag)?.[0] ?? otherwise;
    const [width, height, bits] = [one(TAG.width, 0), one(TAG.height, 0), one(TAG.bits, 1)];
    const sampleFormat = one(TAG.sampleFormat, 1);
    if (width < 1 || height < 1) throw refusalOf(file, name, `states a size of ${width} x ${height}`);
    if (width * height > limits.maximumVoxels) {
      throw refusalOf(
        file,
        name,
        `states ${width} x ${height} pixels; ${limits.maximumVoxels} are the most that is read`,
        {
          reason: 'TOO_LARGE',
        },
      );
    }
    const isRead =
      (bits === 8 && sampleFormat === 1) || (bits === 16 && sampleFormat <= 2) || (bits === 32 && sampleFormat === 3);
    if (!isRead || one(TAG.samples, 1) !== 1 || one(TAG.colour, 1) > 1) {
      throw refusalOf(file, name, 'is not grey with whole numbers of 8 or 16 bit or floating point of 32', {
        reason: 'UNSUPPORTED',
      });
    }
    requirePixels(fields, name, (width * height * bits) / 8);
    return { width, height, bits, sampleFormat };
  }

  function requirePixels(fields: ReadonlyMap<number, readonly number[]>, name: string, expected: number): void {
    const starts = fields.get(TAG.stripOffsets) ?? fields.get(TAG.tileOffsets) ?? [];
    const lengths = fields.get(TAG.stripBytes) ?? fields.get(TAG.tileBytes) ?? [];
    if (starts.length === 0 || starts.length !== lengths.length) {
      throw refusalOf(file, name, 'does not say where its pixels lie', { reason: 'SOURCE_INCOMPLETE' });
    }
    const compression = fields.get(TAG.compression)?.[0] ?? NONE;
    let there = 0;
    for (const [index, start] of starts.entries()) {
      const length = lengths[index]!;
      if (start + length > bytes.length) {
        throw refusalOf(file, name, 'has pixels behind the end of the file', { reason: 'SOURCE_INCOMPLETE' });
      }
      there += DEFLATE.has(compression)
        ? inflatedLength(bytes.subarray(start, start + length), name, expected)
        : length;
    }
    if (compression !== NONE && compression !== LZW && !DEFLATE.has(compression)) {
      throw refusalOf(file, name, `is compressed by method ${compression}; none, LZW and deflate are read`, {
        reason: 'UNSUPPORTED',
      });
    }
    if (compression === LZW ? there > LZW_GROWTH * expected + 1024 * starts.length : there < expected) {
      throw refusalOf(file, name, `needs ${expected} bytes of pixels, but ${there} are there`, {
        reason: 'SOURCE_INCOMPLETE',
      });
    }
  }

  /** A tile may be larger than the page. */
  function inflatedLength(part: Uint8Array, name: string, expected: number): number {
    try {
      return inflateSync(part, { maxOutputLength: 4 * expected + 2 ** 20 }).length;
    } catch (cause) {
      throw refusalOf(file, name, 'has damaged pixels', { reason: 'SOURCE_INCOMPLETE', cause });
    }
  }
}
