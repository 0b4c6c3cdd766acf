import { DomainError } from '../../errors.ts';

/** What a compressed frame says of itself, before any of it is decoded. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits per sample. */
  readonly precision: number;
  /** Null where the format cannot say. */
  readonly isSigned: boolean | null;
  /** True for a JPEG or JPEG-LS process that loses nothing; null where this is not read (JPEG 2000). */
  readonly isLossless: boolean | null;
}

const damaged = (what: string) => new DomainError('SOURCE_INCOMPLETE', `An image is damaged: ${what}.`);

/** Whether bytes begin with the JPEG family's start marker FFD8 (ITU-T T.81 B.1.1.3; JPEG-LS shares it). */
export const startsJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;
/** Whether bytes begin a JPEG 2000 codestream (T.800 A.4.1, FF4F) or its file wrapper (T.800 I.5.1). */
export const startsJpeg2000 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0x4f) || (bytes[4] === 0x6a && bytes[5] === 0x50);

/**
 * Refuses a codestream without its end marker: decoders fill what is missing without a word.
 * The end marker FFD9 is shared by JPEG (ITU-T T.81), JPEG-LS (T.87) and JPEG 2000 (T.800); padding may follow it.
 */
export function requireEndOfCodestream(bytes: Uint8Array): void {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  // Fill bytes FF may precede the marker only, but some writers pad with them.
  while (end > 2 && bytes[end - 1] === 0xff) end--;
  if (end < 2 || bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) throw damaged('a compressed frame ends early');
}

/**
 * Reads the frame header (SOF) of a JPEG (T.81 B.2.2) or JPEG-LS (T.87 C.2.2) codestream.
 * @throws {DomainError} SOURCE_INCOMPLETE where there is none.
 */
export function readJpegHeader(bytes: Uint8Array): CodestreamHeader {
  if (!startsJpeg(bytes)) throw damaged('a compressed frame is not JPEG');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 2;
  let header: Omit<CodestreamHeader, 'isLossless'> | null = null;
  let marker = 0;
  while (position + 4 <= bytes.length) {
    if (bytes[position] !== 0xff) throw damaged('a compressed frame has a malformed header');
    const code = bytes[position + 1]!;
    if (code === 0xff) {
      position++;
      continue;
    }
    const length = view.getUint16(position + 2);
    const isFrameHeader =
      code === 0xf7 || (code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc);
    if (isFrameHeader && position + 10 <= bytes.length) {
      marker = code;
      header = {
        precision: bytes[position + 4]!,
        rows: view.getUint16(position + 5),
        columns: view.getUint16(position + 7),
        components: bytes[position + 9]!,
        isSigned: null,
      };
      if (code !== 0xf7) break;
    }
    if (code === 0xda) break;
    position += 2 + length;
  }
  if (header === null) throw damaged('a compressed frame has no frame header');
  if (marker !== 0xf7) return { ...header, isLossless: [0xc3, 0xc7, 0xcb, 0xcf].includes(marker) };
  // The start of scan of JPEG-LS states NEAR, the greatest error of a sample (T.87 C.2.3).
  const near = bytes[position + 5 + 2 * (bytes[position + 4] ?? 0)];
  return { ...header, isLossless: near === undefined ? null : near === 0 };
}

/**
 * Finds the JPEG 2000 codestream, which some writers wrap in a JP2 file against PS3.5 A.4.4, and reads its size marker
 * (T.800 A.5.1).
 * @throws {DomainError} SOURCE_INCOMPLETE where there is none.
 */
export function readJpeg2000Header(bytes: Uint8Array): { codestream: Uint8Array; header: CodestreamHeader } {
  const start = startsJpeg2000(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('ff4fff51', 'hex')
    : -1;
  if (start < 0 || start + 50 > bytes.length) throw damaged('a compressed frame is not JPEG 2000');
  const codestream = bytes.subarray(start);
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const depth = codestream[42]!;
  return {
    codestream,
    header: {
      columns: view.getUint32(8) - view.getUint32(16),
      rows: view.getUint32(12) - view.getUint32(20),
      components: view.getUint16(40),
      precision: (depth & 0x7f) + 1,
      isSigned: (depth & 0x80) !== 0,
      isLossless: null,
    },
  };
}
