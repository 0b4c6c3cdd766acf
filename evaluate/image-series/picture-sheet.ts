import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { slicesFirst } from '../../src/ml/forecasting/image/region-of-interest.ts';
import type { SeriesTask } from '../../src/ml/training/image-series.ts';
import { toDiverging, toGrey, toHeat } from '../../src/http/pictures/colour.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'out', 'evaluate');
const SCALE = 3;
const GAP = 4;

/** A plane [h,w] and how it is shown. */
export interface Panel {
  readonly plane: Float32Array;
  readonly colour: 'grey' | 'diverging' | 'heat';
  readonly low: number;
  readonly high: number;
}

/** One slice of a window [D,h,w]. */
export const planeOf = (window: Float32Array, slice: number, pixels: number): Float32Array =>
  window.slice(slice * pixels, (slice + 1) * pixels);

/** Writes rows of panels of one size as a PNG. @returns its path */
export function writeSheet(
  name: string,
  rows: readonly (readonly Panel[])[],
  [height, width]: readonly [number, number],
): string {
  const columns = Math.max(...rows.map(({ length }) => length));
  const [cellWidth, cellHeight] = [width * SCALE + GAP, height * SCALE + GAP];
  const sheet = { width: columns * cellWidth, height: rows.length * cellHeight };
  const data = new Uint8Array(sheet.width * sheet.height * 3).fill(255);
  rows.forEach((panels, row) =>
    panels.forEach(({ plane, colour, low, high }, column) => {
      const colouring = { grey: toGrey, diverging: toDiverging, heat: toHeat }[colour];
      const coloured = colouring(plane, { low, high });
      const channels = colour === 'grey' ? 1 : 3;
      for (let y = 0; y < height * SCALE; y++) {
        for (let x = 0; x < width * SCALE; x++) {
          const from = (Math.floor(y / SCALE) * width + Math.floor(x / SCALE)) * channels;
          const to = ((row * cellHeight + y) * sheet.width + column * cellWidth + x) * 3;
          for (let channel = 0; channel < 3; channel++) {
            data[to + channel] = coloured[from + (channels === 1 ? 0 : channel)]!;
          }
        }
      }
    }),
  );
  mkdirSync(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${name}.png`);
  writeFileSync(file, encode({ ...sheet, data, channels: 3, depth: 8 }));
  return path.relative(path.join(FOLDER, '..', '..'), file);
}

const ROWS = 8;
/** A share of the pixels of a sheet may be brighter than white. */
const BRIGHTEST = 0.002;

/**
 * History, truth, prediction and changes of one channel: of each eighth of the tasks the one with the largest change, all in one
 * range of brightness. @returns the file's path
 */
export function writeSeriesSheet(
  name: string,
  tasks: readonly SeriesTask[],
  images: readonly Float32Array[],
  [height, width]: readonly [number, number],
  extent: number,
  channels = 1,
): string {
  const shown = (image: Float32Array): Float32Array =>
    slicesFirst(image, [channels, height, width]).slice(-height * width);
  const lastOf = ({ series, known }: SeriesTask): Float32Array => series.images[known.at(-1)!]!.image;
  const truthOf = ({ series, target }: SeriesTask): Float32Array => series.images[target]!.image;
  const chosen = Array.from({ length: Math.min(ROWS, tasks.length) }, (_, part) => {
    const [first, end] = [part, part + 1].map((at) => Math.floor((at * tasks.length) / Math.min(ROWS, tasks.length)));
    const changes = tasks.slice(first, end).map((task) => {
      const last = shown(lastOf(task));
      return shown(truthOf(task)).reduce((sum, pixel, index) => sum + (pixel - last[index]!) ** 2, 0);
    });
    return first! + changes.indexOf(Math.max(...changes));
  });
  const bright = Float32Array.from(chosen.flatMap((row) => Array.from(shown(truthOf(tasks[row]!))))).sort();
  const high = Math.max(1e-3, bright[Math.floor((1 - BRIGHTEST) * (bright.length - 1))]!);
  const rows = chosen.map((row): Panel[] => {
    const { series, known } = tasks[row]!;
    const last = lastOf(tasks[row]!);
    const truth = truthOf(tasks[row]!);
    const before = series.images[known.at(-2) ?? known.at(-1)!]!.image;
    const change = (image: Float32Array): Panel => ({
      plane: shown(image.map((pixel, index) => pixel - last[index]!)),
      colour: 'diverging',
      low: -extent,
      high: extent,
    });
    const greys = [before, last, truth, images[row]!].map((image): Panel => ({
      plane: shown(image),
      colour: 'grey',
      low: 0,
      high,
    }));
    return greys.concat([change(truth), change(images[row]!)]);
  });
  return writeSheet(name, rows, [height, width]);
}
