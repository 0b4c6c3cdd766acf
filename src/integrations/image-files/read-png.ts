import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import {
  boundedShape,
  DEFAULT_READ_LIMITS,
  pixelGeometry,
  refusalOf,
  type ImageFile,
  type NamedBytes,
  type ReadLimits,
} from './image-file.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Samples per pixel by colour type (PNG, table 11.1). */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Whether a file that starts so is a PNG. */
export const isPng = (start: Uint8Array): boolean => SIGNATURE.every((byte, index) => start[index] === byte);

/**
 * Reads the grey values of a PNG of 8 or 16 bit as they are stored. Transparency is left out; three equal channels are one.
 *
 * The resolution that a PNG may state is that of a screen or printer, and not used: distances are in pixels.
 * @throws {DomainError} naming file and field: UNSUPPORTED where it is in colour or has fewer than 8 bit, TOO_LARGE, or
 *   SOURCE_INCOMPLETE where it is damaged.
 */
export function readPng(file: NamedBytes, limits: ReadLimits = DEFAULT_READ_LIMITS): ImageFile {
  checkChunks(file, limits);
  let decoded: ReturnType<typeof decode>;
  try {
    decoded = decode(file.bytes);
  } catch (cause) {
    throw refusalOf(file, 'PNG', 'is damaged', { reason: 'SOURCE_INCOMPLETE', cause });
  }
  const { width, height, channels, data, palette } = decoded;
  const count = width * height;
  const voxels = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = data[i * channels]!;
    const [red, green, blue] =
      palette === undefined ? sampleOf(data, i * channels, channels) : (palette[value] ?? [value, -1, -1]);
    if (red !== green || green !== blue) {
      throw refusalOf(file, 'colour type', 'shows colours; only grey images carry measured values', {
        reason: 'UNSUPPORTED',
      });
    }
    voxels[i] = red;
  }
  const caveats = [`${file.name} states no distance between pixels; distances are in pixels.`];
  return { volume: { ...pixelGeometry([1, height, width]), voxels }, hasSpacing: false, caveats };
}

const sampleOf = (data: ArrayLike<number>, at: number, channels: number): readonly [number, number, number] =>
  channels < 3 ? [data[at]!, data[at]!, data[at]!] : [data[at]!, data[at + 1]!, data[at + 2]!];

/** Sizes are known to be true and bounded before the decoder allocates anything for them. */
function checkChunks(file: NamedBytes, limits: ReadLimits): void {
  const { bytes } = file;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (field: string, what: string, cause?: unknown) =>
    refusalOf(file, field, what, { reason: 'SOURCE_INCOMPLETE', cause });
  if (bytes.length < 33 || view.getUint32(12) !== 0x49_48_44_52) throw damaged('IHDR', 'is missing');
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, samples] = [bytes[24]!, SAMPLES[bytes[25]!]];
  boundedShape(file, 'IHDR', [width, height, 1], limits);
  if ((depth !== 8 && depth !== 16) || samples === undefined) {
    throw refusalOf(file, 'IHDR', `states ${depth} bit and colour type ${bytes[25]}; grey of 8 or 16 bit is read`, {
      reason: 'UNSUPPORTED',
    });
  }
  const parts: Uint8Array[] = [];
  let offset = 8;
  for (let type = ''; type !== 'IEND';) {
    if (offset + 12 > bytes.length) throw damaged('IEND', 'is missing: the file is cut off');
    const length = view.getUint32(offset);
    type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (offset + 12 + length > bytes.length) throw damaged(type, 'is longer than the file');
    if (type === 'IDAT') parts.push(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 12 + length;
  }
  // One byte before each row says how it is filtered; interlacing has at most 7 x as many rows, each shorter.
  const expected = width * height * samples * (depth / 8) + height + 7 * (height + width) * 8;
  try {
    inflateSync(Buffer.concat(parts), { maxOutputLength: expected });
  } catch (cause) {
    throw damaged('IDAT', `is damaged, or more than the ${width} x ${height} pixels that IHDR states`, cause);
  }
}
