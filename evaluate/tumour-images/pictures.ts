import { binOf, type LesionModel } from '../../src/ml/forecasting/image/lesion-model.ts';
import { type Panel, planeOf, writeSheet } from '../image-series/picture-sheet.ts';
import type { Answered } from './judge-forecasts.ts';

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
