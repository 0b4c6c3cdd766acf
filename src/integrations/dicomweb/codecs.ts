import dcmjsCodecs from 'dcmjs-codecs';
import { DomainError } from '../../errors.ts';
import { readJpeg2000Header, readJpegHeader, requireEndOfCodestream } from './codestream.ts';
import type { CodestreamHeader } from './codestream.ts';
import type { PixelModule } from './instance-header.ts';

const { Context, NativeCodecs } = dcmjsCodecs;
dcmjsCodecs.log.setLevel('silent');

export type CompressedPixels = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl';

type CodecContext = InstanceType<typeof Context>;

export interface DecodedFrame {
  /** Samples interleaved by pixel, little endian, `ceil(bitsAllocated / 8)` bytes each. */
  readonly bytes: Uint8Array;
  readonly header: CodestreamHeader | null;
  readonly photometricInterpretation: string;
}

/**
 * Decodes one compressed frame, after the codestream's own size was found to be the one that the file states.
 *
 * The codecs share one WebAssembly memory that a failed decode corrupts: good frames then fail. So the module is thrown
 * away after every error and made anew for the next frame.
 * @throws {DomainError} SOURCE_INCOMPLETE for a damaged frame, UNSUPPORTED for one that cannot be held.
 */
export async function decodeCompressedFrame(
  frame: Uint8Array,
  kind: CompressedPixels,
  pixels: PixelModule,
): Promise<DecodedFrame> {
  if (pixels.bitsAllocated !== 8 && pixels.bitsAllocated !== 16) {
    throw new DomainError(
      'UNSUPPORTED',
      `A compressed image with ${pixels.bitsAllocated} bits per sample cannot be read.`,
    );
  }
  const { codestream, header } = inspect(frame, kind);
  if (header !== null) requireSameShape(header, pixels);
  while (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  const context = new Context({
    width: pixels.columns,
    height: pixels.rows,
    bitsAllocated: pixels.bitsAllocated,
    bitsStored: pixels.bitsStored,
    samplesPerPixel: pixels.samplesPerPixel,
    pixelRepresentation: pixels.isSigned ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: pixels.photometricInterpretation,
    encodedBuffer: codestream,
  });
  try {
    const decoded = DECODERS[kind](context);
    const bytes = decoded.getDecodedBuffer();
    const expected = pixels.rows * pixels.columns * pixels.samplesPerPixel * (pixels.bitsAllocated / 8);
    if (bytes?.length !== expected) {
      throw new Error(`a frame decoded to ${bytes?.length ?? 0} bytes where ${expected} were expected`);
    }
    const stated = decoded.getPhotometricInterpretation() ?? pixels.photometricInterpretation;
    // The reversible and irreversible colour transforms are part of JPEG 2000 and undone by its decoder.
    const photometricInterpretation = stated === 'YBR_RCT' || stated === 'YBR_ICT' ? 'RGB' : stated;
    return { bytes, header, photometricInterpretation };
  } catch (cause) {
    NativeCodecs.release();
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: a compressed frame cannot be decoded.', { cause });
  }
}

const DECODERS: Readonly<Record<CompressedPixels, (context: CodecContext) => CodecContext>> = {
  jpeg: (context) => NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb: false }),
  'jpeg-ls': (context) => NativeCodecs.decodeJpegLs(context),
  'jpeg-2000': (context) => NativeCodecs.decodeJpeg2000(context),
  htj2k: (context) => NativeCodecs.decodeHtJpeg2000(context),
  'jpeg-xl': (context) => NativeCodecs.decodeJpegXl(context),
};

function inspect(
  frame: Uint8Array,
  kind: CompressedPixels,
): { codestream: Uint8Array; header: CodestreamHeader | null } {
  if (kind === 'jpeg-xl') return { codestream: frame, header: null };
  requireEndOfCodestream(frame);
  if (kind === 'jpeg' || kind === 'jpeg-ls') return { codestream: frame, header: readJpegHeader(frame) };
  return readJpeg2000Header(frame);
}

function requireSameShape(header: CodestreamHeader, pixels: PixelModule): void {
  const found = `${header.rows}x${header.columns}x${header.components}`;
  const stated = `${pixels.rows}x${pixels.columns}x${pixels.samplesPerPixel}`;
  if (found !== stated) {
    throw new DomainError('SOURCE_INCOMPLETE', `An image is damaged: it states ${stated} and a frame has ${found}.`);
  }
  if (header.precision > pixels.bitsAllocated) {
    throw new DomainError(
      'SOURCE_INCOMPLETE',
      `An image is damaged: it states ${pixels.bitsAllocated} bits per sample and a frame has ${header.precision}.`,
    );
  }
}
