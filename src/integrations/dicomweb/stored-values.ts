import { DomainError } from '../../errors.ts';
import type { PixelModule } from './instance-header.ts';

/** The values of a pixel data element, of the narrowest type that holds them. */
export type StoredValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * Reads little-endian cells of `bitsAllocated` bits into values: the stored bits alone, shifted down from the high bit,
 * with their sign extended (PS3.5 section 8.1.1). Other bits of a cell may hold overlays and are dropped.
 */
export function readStoredValues(bytes: Uint8Array, pixels: PixelModule, count: number): StoredValues {
  const { bitsAllocated, bitsStored, highBit, isSigned } = pixels;
  if (bitsAllocated === 1) return unpackBits(bytes, count);
  const values = readCells(bytes, bitsAllocated, isSigned, count);
  const shift = highBit + 1 - bitsStored;
  if (bitsStored === bitsAllocated && shift === 0) return values;
  const drop = 32 - bitsStored;
  for (let i = 0; i < count; i++) {
    const bits = (values[i]! >>> shift) << drop;
    values[i] = isSigned ? bits >> drop : bits >>> drop;
  }
  return values;
}

function readCells(bytes: Uint8Array, bitsAllocated: number, isSigned: boolean, count: number): StoredValues {
  const buffer = copyOf(bytes, (count * bitsAllocated) / 8);
  if (bitsAllocated === 8) return isSigned ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bitsAllocated === 16) return isSigned ? new Int16Array(buffer) : new Uint16Array(buffer);
  if (bitsAllocated === 32) return isSigned ? new Int32Array(buffer) : new Uint32Array(buffer);
  throw new DomainError('UNSUPPORTED', `An image with ${bitsAllocated} allocated bits per sample cannot be read.`);
}

/** The first `length` bytes in a buffer of their own: the source may be unaligned, or a view of a pool. */
export function copyOf(bytes: Uint8Array, length: number): ArrayBuffer {
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  return copy.buffer;
}

/** One bit per pixel, the least significant first (PS3.5 section 8.1.1). */
function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  const values = new Uint8Array(count);
  for (let i = 0; i < count; i++) values[i] = (bytes[i >> 3]! >> (i & 7)) & 1;
  return values;
}

/** The same cells with their bytes in the other order. */
export function swapCells(bytes: Uint8Array, bytesPerCell: number): Uint8Array {
  const copy = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % bytesPerCell)));
  if (bytesPerCell === 2) return copy.swap16();
  if (bytesPerCell === 4) return copy.swap32();
  return bytesPerCell === 8 ? copy.swap64() : copy;
}

/** Colour by plane to colour by pixel (PS3.3 C.7.6.3.1.3). */
export function interleavePlanes(
  bytes: Uint8Array,
  pixelsPerFrame: number,
  samplesPerPixel: number,
  bytesPerSample: number,
): Uint8Array {
  const output = new Uint8Array(bytes.length);
  const frameBytes = pixelsPerFrame * samplesPerPixel * bytesPerSample;
  for (let frame = 0; frame + frameBytes <= bytes.length; frame += frameBytes) {
    for (let sample = 0; sample < samplesPerPixel; sample++) {
      for (let pixel = 0; pixel < pixelsPerFrame; pixel++) {
        const from = frame + (sample * pixelsPerFrame + pixel) * bytesPerSample;
        const to = frame + (pixel * samplesPerPixel + sample) * bytesPerSample;
        for (let byte = 0; byte < bytesPerSample; byte++) output[to + byte] = bytes[from + byte]!;
      }
    }
  }
  return output;
}
