import { readFileSync } from 'node:fs';
import dcmjsCodecs from 'dcmjs-codecs';
import { decode } from 'fast-png';

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** 0..255, row by row. */
  readonly pixels: Float32Array;
}

/** Reads an 8-bit PNG; of a coloured one the first channel. */
export function readPng(path: string): GreyImage {
  const { width, height, channels, data } = decode(readFileSync(path));
  const pixels = Float32Array.from({ length: width * height }, (_, i) => data[i * channels]!);
  return { width, height, pixels };
}

/** Reads an 8-bit grey JPEG of a known size. */
export async function readJpeg(path: string, width: number, height: number): Promise<GreyImage> {
  const { NativeCodecs, Context } = dcmjsCodecs;
  await NativeCodecs.initializeAsync();
  const context = new Context({
    width,
    height,
    bitsAllocated: 8,
    bitsStored: 8,
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    encodedBuffer: new Uint8Array(readFileSync(path)),
  });
  const decoded = NativeCodecs.decodeJpeg(context, {}).getDecodedBuffer();
  return { width, height, pixels: Float32Array.from(decoded ?? []) };
}
