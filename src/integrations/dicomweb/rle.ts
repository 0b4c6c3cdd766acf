import { DomainError } from '../../errors.ts';

const damaged = (what: string) => new DomainError('SOURCE_INCOMPLETE', `An image is damaged: ${what}.`);

/**
 * Decodes one RLE frame (PS3.5 annex G): byte planes, most significant first, per sample.
 *
 * Written here rather than left to the codec library because that one does not notice a segment that ends early.
 * @returns samples interleaved by pixel, little endian.
 * @throws {DomainError} SOURCE_INCOMPLETE where the segments do not give exactly the pixels that the header states.
 */
export function decodeRle(
  frame: Uint8Array,
  pixelsPerFrame: number,
  samplesPerPixel: number,
  bytesPerSample: number,
): Uint8Array {
  const segmentCount = samplesPerPixel * bytesPerSample;
  if (frame.length < 64) throw damaged('an RLE frame lacks its header');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== segmentCount) {
    throw damaged(`an RLE frame has ${view.getUint32(0, true)} segments where ${segmentCount} were expected`);
  }
  const output = new Uint8Array(pixelsPerFrame * segmentCount);
  for (let segment = 0; segment < segmentCount; segment++) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segmentCount ? view.getUint32(8 + segment * 4, true) : frame.length;
    if (start < 64 || end > frame.length || start > end) throw damaged('an RLE segment lies outside its frame');
    const sample = Math.floor(segment / bytesPerSample);
    const byteOfSample = bytesPerSample - 1 - (segment % bytesPerSample);
    const first = sample * bytesPerSample + byteOfSample;
    unpackSegment(frame.subarray(start, end), output, first, segmentCount, pixelsPerFrame);
  }
  return output;
}

/** PackBits: n >= 0 copies n+1 bytes, n in -127..-1 repeats the next byte 1-n times, -128 does nothing. */
function unpackSegment(segment: Uint8Array, output: Uint8Array, first: number, stride: number, count: number): void {
  let position = 0;
  let written = 0;
  while (written < count && position < segment.length) {
    const control = segment[position++]!;
    if (control === 128) continue;
    const isRun = control > 128;
    const length = isRun ? 257 - control : control + 1;
    if (position + (isRun ? 1 : length) > segment.length || written + length > count) {
      throw damaged('an RLE segment does not fit its image');
    }
    for (let i = 0; i < length; i++) output[first + (written + i) * stride] = segment[isRun ? position : position + i]!;
    position += isRun ? 1 : length;
    written += length;
  }
  if (written < count) throw damaged(`an RLE segment holds ${written} of ${count} pixels`);
}
