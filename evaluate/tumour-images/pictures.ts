import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { binOf, type LesionModel } from '../../src/ml/forecasting/image/lesion-model.ts';
import type { Answered } from './judge-forecasts.ts';
import { toDiverging, toGrey, toHeat } from '../../src/http/pictures/colour.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'out', 'evaluate');
const SCALE = 3;
const GAP = 4;

/** A plane [h,w] and how it is shown. */
interface Panel {
  readonly plane: Float32Array;
  readonly colour: 'grey' | 'diverging' | 'heat';
  readonly low: number;
  readonly high: number;
}

/** One slice of a window [D,h,w]. */
const planeOf = (window: Float32Array, slice: number, pixels: number): Float32Array =>
  window.slice(slice * pixels, (slice + 1) * pixels);

/** Writes rows of panels of one size as a PNG. @returns its path */
function writeSheet(
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

/** History, truth, prediction, changes and uncertainty of a few answers at their lesion's middle slice. @returns the file's path */
export function drawPictures(name: string, answered: readonly Answered[], bins: LesionModel['bins']): string {
  const chosen = [7, 14, 28, 56].flatMap((days) =>
    answered
      .filter(({ task }) => task.horizonDays === days)
      .toSorted((a, b) => changeOf(b) - changeOf(a))
      .slice(0, 2),
  );
  const rows = chosen.map(({ task, question, prediction, truth }) => {
    const [, height, width] = task.record.shape;
    const last = question.history.at(-1)!;
    const slice = Math.round(last.lesion.centre?.[0] ?? 0);
    const plane = (window: Float32Array): Float32Array => planeOf(window, slice, height * width);
    const grey = (window: Float32Array): Panel => ({ plane: plane(window), colour: 'grey', low: 0, high: 1.1 });
    const change = (window: Float32Array): Panel => ({
      plane: plane(window.map((voxel, index) => voxel - last.image[index]!)),
      colour: 'diverging',
      low: -0.6,
      high: 0.6,
    });
    const factor = binOf(bins, task.horizonDays)!.factors.find(({ coverage }) => coverage === 0.9)!.factor;
    const before = question.history.at(-2) ?? last;
    return [
      grey(before.image),
      grey(last.image),
      grey(truth),
      grey(prediction.image),
      change(truth),
      change(prediction.image),
      { plane: plane(prediction.scale.map((scale) => factor * scale)), colour: 'heat', low: 0, high: 0.6 },
    ] satisfies Panel[];
  });
  const [, height, width] = chosen[0]!.task.record.shape;
  return writeSheet(name, rows, [height, width]);
}

const changeOf = ({ wanted, question }: Answered): number =>
  Math.abs(Math.log(wanted / question.history.at(-1)!.lesion.voxels));
