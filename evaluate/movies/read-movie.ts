import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '../../src/errors.ts';
import { readTiffStack } from '../../src/integrations/image-files/read-tiff.ts';

const DATA = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'microscopy');

/** The pages of one channel as numbers. */
export interface Pages {
  readonly width: number;
  readonly height: number;
  readonly pages: readonly Float32Array[];
}

/** Reads a stack of the real data beside the project. @throws {ConfigurationError} where the data are absent. */
export async function readPages(...names: readonly string[]): Promise<Pages> {
  const file = path.join(DATA, ...names);
  const bytes = await readFile(file).catch(() => {
    throw new ConfigurationError('the real data are absent', [
      `there is no ../shared/data/microscopy/${names.join('/')}`,
    ]);
  });
  const stack = readTiffStack({ name: names.at(-1)!, bytes });
  return {
    width: stack[0]!.width,
    height: stack[0]!.height,
    pages: stack.map(({ pixels }) => Float32Array.from(pixels)),
  };
}

/** Means over blocks of `factor` x `factor` pixels, cut to multiples of 4, channels last; `white` becomes 1. */
export function shrunk(
  channels: readonly Pages[],
  factor: number,
  white: readonly number[],
): { readonly frames: Float32Array[]; readonly size: readonly [number, number, number] } {
  const { width, height, pages } = channels[0]!;
  const [rows, columns] = [height, width].map((extent) => Math.floor(extent / factor / 4) * 4) as [number, number];
  const frames = pages.map((_, page) => {
    const image = new Float32Array(rows * columns * channels.length);
    channels.forEach((channel, index) => {
      const from = channel.pages[page]!;
      const scale = 1 / (white[index]! * factor * factor);
      for (let y = 0; y < rows * factor; y++) {
        for (let x = 0; x < columns * factor; x++) {
          const pixel = Math.floor(y / factor) * columns + Math.floor(x / factor);
          image[pixel * channels.length + index]! += from[y * width + x]! * scale;
        }
      }
    });
    return image;
  });
  return { frames, size: [rows, columns, channels.length] };
}

/** A share of the pixels of all pages is brighter. */
export function brighterThan(pages: readonly Float32Array[], share: number): number {
  const all = Float32Array.from(
    pages.flatMap((page) => Array.from(page.filter((_, pixel) => pixel % 11 === 0))),
  ).sort();
  return Math.max(1e-6, all[Math.floor((1 - share) * (all.length - 1))]!);
}
