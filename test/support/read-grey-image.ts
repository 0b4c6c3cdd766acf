import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import dcmjsCodecs from 'dcmjs-codecs';
import { readPng as readPngFile } from '../../src/integrations/image-files/read-png.ts';

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** 0..255, row by row. */
  readonly pixels: Float32Array;
}

/** Reads a grey PNG. */
export function readPng(path: string): GreyImage {
  const { shape, voxels } = readPngFile({ name: basename(path), bytes: readFileSync(path) }).volume;
  return { width: shape[2], height: shape[1], pixels: voxels };
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
