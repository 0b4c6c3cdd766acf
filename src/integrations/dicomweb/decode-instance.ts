import { inflateRawSync } from 'node:zlib';
import { DomainError } from '../../errors.ts';
import { decodeCompressedFrame } from './codecs.ts';
import { startsJpeg, startsJpeg2000 } from './codestream.ts';
import { readElements } from './elements.ts';
import { framesFrom } from './fragments.ts';
import { readInstanceHeader } from './instance-header.ts';
import type { InstanceHeader, PixelModule } from './instance-header.ts';
import { DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, splitPart10 } from './part10.ts';
import type { Part10, PixelDataElement } from './part10.ts';
import { decodeRle } from './rle.ts';
import { copyOf, interleavePlanes, readStoredValues, swapCells } from './stored-values.ts';
import type { StoredValues } from './stored-values.ts';

export interface DecodedInstance {
  readonly header: InstanceHeader;
  readonly transferSyntaxUid: string;
  /** [frames, rows, columns, samples], the last fastest, before rescale; float pixel data are already values. */
  readonly storedValues: StoredValues;
  readonly caveats: readonly string[];
}

export interface DecodeLimits {
  /** Bytes of the decoded pixels of one instance, and of an inflated data set. */
  readonly maximumDecodedBytes: number;
}
export const DEFAULT_DECODE_LIMITS: DecodeLimits = { maximumDecodedBytes: 1024 ** 3 };

/**
 * Decodes one DICOM file (PS3.10) of any classic transfer syntax to its stored values, or refuses it with the reason.
 *
 * Nothing is trusted that can be checked: element lengths, the number of bytes and of frames, the size that each
 * codestream states, and its end. The size is bounded before anything is allocated.
 * @throws {DomainError} SOURCE_INCOMPLETE (damaged), UNSUPPORTED (cannot be read) or TOO_LARGE.
 */
export async function decodeInstance(
  bytes: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): Promise<DecodedInstance> {
  const file = splitPart10(bytes, limits.maximumDecodedBytes);
  if (file.pixelData === null) throw new DomainError('UNSUPPORTED', 'A file of the series holds no image.');
  const header = readInstanceHeader(readElements(file.header), file.transferSyntax);
  const { pixels } = header;
  const samples = pixels.rows * pixels.columns * pixels.samplesPerPixel * pixels.numberOfFrames;
  const decodedBytes = samples * Math.max(1, pixels.bitsAllocated / 8);
  if (decodedBytes > limits.maximumDecodedBytes) {
    throw new DomainError(
      'TOO_LARGE',
      `An image decodes to ${decodedBytes} bytes; ${limits.maximumDecodedBytes} are allowed.`,
    );
  }
  const { transferSyntaxUid } = file;
  if (file.pixelData.kind === 'native')
    return { transferSyntaxUid, ...readNative(file, file.pixelData, header, samples) };
  return { transferSyntaxUid, ...(await readEncapsulated(file, file.pixelData, header, samples)) };
}

function readNative(
  file: Part10,
  element: PixelDataElement & { kind: 'native' },
  header: InstanceHeader,
  samples: number,
): Omit<DecodedInstance, 'transferSyntaxUid'> {
  const { pixels } = header;
  if (file.transferSyntax.pixels !== 'native') {
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: its pixel data is not compressed as stated.');
  }
  if (pixels.photometricInterpretation === 'YBR_FULL_422' || pixels.photometricInterpretation === 'YBR_PARTIAL_422') {
    throw new DomainError('UNSUPPORTED', 'An uncompressed colour image with subsampled chrominance cannot be read.');
  }
  const isFloat = element.tag === FLOAT_PIXEL_DATA || element.tag === DOUBLE_FLOAT_PIXEL_DATA;
  const bits =
    element.tag === DOUBLE_FLOAT_PIXEL_DATA ? 64 : element.tag === FLOAT_PIXEL_DATA ? 32 : pixels.bitsAllocated;
  const expected = Math.ceil((samples * bits) / 8);
  if (element.bytes.length < expected) {
    throw new DomainError(
      'SOURCE_INCOMPLETE',
      `An image is damaged: ${expected} bytes of pixel data were expected, ${element.bytes.length} are there.`,
    );
  }
  // One byte pads the element to an even length.
  const caveats =
    element.bytes.length > expected + 1
      ? ['An image holds more pixel data than its size needs; the rest was ignored.']
      : [];
  let bytes = element.bytes.subarray(
    0,
    expected + (expected % 2 === 0 ? 0 : Math.min(1, element.bytes.length - expected)),
  );
  if (file.transferSyntax.encoding === 'explicit-big') {
    // In big endian, 8-bit cells written as words come in swapped pairs (PS3.5 section 8.1.2).
    bytes = swapCells(bytes, bits > 8 ? bits / 8 : element.vr === 'OW' ? 2 : 1);
  }
  if (pixels.samplesPerPixel > 1 && pixels.planarConfiguration === 1) {
    bytes = interleavePlanes(bytes, pixels.rows * pixels.columns, pixels.samplesPerPixel, bits / 8);
  }
  if (!isFloat) return { header, storedValues: readStoredValues(bytes, pixels, samples), caveats };
  const buffer = copyOf(bytes, expected);
  return { header, storedValues: bits === 32 ? new Float32Array(buffer) : new Float64Array(buffer), caveats };
}

async function readEncapsulated(
  file: Part10,
  element: PixelDataElement & { kind: 'encapsulated' },
  header: InstanceHeader,
  samples: number,
): Promise<Omit<DecodedInstance, 'transferSyntaxUid'>> {
  const { pixels } = header;
  const { name, pixels: kind } = file.transferSyntax;
  if (kind === 'native') {
    throw new DomainError(
      'SOURCE_INCOMPLETE',
      'An image is damaged: its pixel data is compressed, against what it states.',
    );
  }
  if (kind === 'undecodable') throw new DomainError('UNSUPPORTED', `Images compressed as ${name} cannot be read.`);
  if (pixels.bitsAllocated < 8) {
    throw new DomainError(
      'UNSUPPORTED',
      `A compressed image with ${pixels.bitsAllocated} bit per pixel cannot be read.`,
    );
  }
  const startsCodestream =
    kind === 'rle' || kind === 'deflated-frame' || kind === 'jpeg-xl'
      ? null
      : (bytes: Uint8Array) => startsJpeg(bytes) || startsJpeg2000(bytes);
  const frames = framesFrom(element.fragments, element.frameOffsets, pixels.numberOfFrames, startsCodestream);
  const pixelsPerFrame = pixels.rows * pixels.columns;
  const bytesPerSample = Math.ceil(pixels.bitsAllocated / 8);
  const frameBytes = pixelsPerFrame * pixels.samplesPerPixel * bytesPerSample;
  const bytes = new Uint8Array(frameBytes * pixels.numberOfFrames);
  let isLossy = header.isLossy;
  let photometricInterpretation = pixels.photometricInterpretation;
  for (const [index, frame] of frames.entries()) {
    if (kind === 'rle') {
      bytes.set(decodeRle(frame, pixelsPerFrame, pixels.samplesPerPixel, bytesPerSample), index * frameBytes);
      continue;
    }
    if (kind === 'deflated-frame') {
      bytes.set(inflateFrame(frame, frameBytes), index * frameBytes);
      continue;
    }
    const decoded = await decodeCompressedFrame(frame, kind, pixels);
    bytes.set(decoded.bytes, index * frameBytes);
    isLossy ||= decoded.header?.isLossless === false;
    photometricInterpretation = decoded.photometricInterpretation;
  }
  const decodedPixels: PixelModule = { ...pixels, photometricInterpretation, planarConfiguration: 0 };
  const storedValues = readStoredValues(bytes, decodedPixels, samples);
  return { header: { ...header, isLossy, pixels: decodedPixels }, storedValues, caveats: [] };
}

/** PS3.5 A.4.14: one raw deflate stream per frame. */
function inflateFrame(frame: Uint8Array, frameBytes: number): Uint8Array {
  let inflated: Uint8Array;
  try {
    inflated = inflateRawSync(frame, { maxOutputLength: frameBytes + 1 });
  } catch (cause) {
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: a deflated frame cannot be inflated.', { cause });
  }
  if (inflated.length < frameBytes)
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: a frame ends early.');
  return inflated.subarray(0, frameBytes);
}
