import { sizeOf } from '../engine/graph.ts';
import type { Batch } from '../engine/compile-train-step.ts';
import { compile } from '../engine/compile.ts';
import { randomStream } from '../cohorts/random-stream.ts';
import { imageNetwork, imageNetworkInputs, imageNetworkParameters } from '../forecasting/image/image-network.ts';
import type { NetworkSettings } from '../forecasting/image/network-settings.ts';
import { type KnownValue, sequenceInputs, stacked } from '../forecasting/image/sequence-inputs.ts';
import { imageLoss, type LossWeights, LOSS_WEIGHTS, trainingInputs } from './image-loss.ts';
import { runTraining, type TrainedWeights, type TrainingReport } from './training-run.ts';
import { horizonLimitAt } from './training-schedule.ts';

/** Images of one subject over time, aligned with each other. */
export interface ImageSeries {
  readonly key: string;
  readonly images: readonly {
    readonly day: number;
    /** [H,W,C], about 0..1. */
    readonly image: Float32Array;
    /** Standardised; null where missing. */
    readonly values: readonly (number | null)[];
  }[];
}

/** One question to a series: which images are known, and which one is asked for. */
export interface SeriesTask {
  readonly series: ImageSeries;
  /** Indices of the known images, rising; the last one is the origin. */
  readonly known: readonly number[];
  readonly target: number;
  /** What is planned in between, scaled. */
  readonly plan: readonly number[];
}

/** Days from the origin of a task to its target. */
export const intervalOf = ({ series, known, target }: SeriesTask): number =>
  series.images[target]!.day - series.images[known.at(-1)!]!.day;

export interface SeriesTraining {
  readonly settings: NetworkSettings;
  readonly train: readonly SeriesTask[];
  readonly validation: readonly SeriesTask[];
  readonly steps: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly seed: number;
  readonly identity: string;
  readonly checkpoint?: string;
  readonly weights?: LossWeights;
}

const BATCH = 8;

/** Trains an image network on tasks of any series; horizons grow over the first steps. */
export function trainOnSeries(
  training: SeriesTraining,
  report?: (progress: TrainingReport) => void,
): Promise<TrainedWeights> {
  const { settings, train, validation, steps, seed, identity, checkpoint, batch = BATCH } = training;
  const lengths = train.map(intervalOf);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const batchOf = (tasks: readonly SeriesTask[], name: number | string): Batch => {
    const random = randomStream(seed, 'series-batch', name);
    const rows = Array.from({ length: batch }, () => rowOf(tasks[random.index(tasks.length)]!, settings));
    return Object.fromEntries(
      Object.entries(trainingInputs(settings, batch)).map(([key, { shape }]) => {
        const all = new Float32Array(sizeOf(shape));
        rows.forEach((row, index) => all.set(row[key]!, index * row[key]!.length));
        return [key, all];
      }),
    );
  };
  const judges = Math.max(2, Math.min(6, Math.round(validation.length / batch)));
  return runTraining(
    {
      parameters: imageNetworkParameters(settings),
      loss: imageLoss(settings, training.weights ?? { ...LOSS_WEIGHTS, similarity: 0.05, values: 0.05 }),
      inputs: trainingInputs(settings, batch),
      batchAt: (step) => {
        const limit = horizonLimitAt(step, steps, shortest, longest);
        return batchOf(
          train.filter((_, index) => lengths[index]! <= limit),
          step,
        );
      },
      validation: Array.from({ length: judges }, (_, index) => batchOf(validation, `validation ${index}`)),
      steps,
      learningRate: training.learningRate ?? 3e-3,
      every: Math.max(20, Math.round(steps / 10)),
      patience: 5,
      seed,
      identity,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    },
    report,
  );
}

/** Inputs of the network for a task, batch 1. */
function inputsOf(
  { series, known, plan, target }: SeriesTask,
  settings: NetworkSettings,
): Record<string, Float32Array> {
  const origin = series.images[known.at(-1)!]!.day;
  return sequenceInputs(settings, {
    visits: known.map((index) => {
      const { day, image, values } = series.images[index]!;
      return {
        day: day - origin,
        image,
        values: values.map((value): KnownValue | null => (value === null ? null : { value, ageDays: 0 })),
      };
    }),
    intervalDays: series.images[target]!.day - origin,
    plan,
  });
}

function rowOf(task: SeriesTask, settings: NetworkSettings): Record<string, Float32Array> {
  const { series, known, target } = task;
  const { image, values } = series.images[target]!;
  const before = series.images[known.at(-1)!]!.values;
  const changes = Array.from({ length: settings.targets }, (_, index) => {
    const [from, to] = [before[index], values[index]];
    return typeof from === 'number' && typeof to === 'number' ? to - from : null;
  });
  return {
    ...inputsOf(task, settings),
    target: image,
    weight: new Float32Array(image.length).fill(1),
    valueTargets: Float32Array.from(changes, (change) => change ?? 0),
    valueMask: Float32Array.from(changes, (change) => (change === null ? 0 : 1)),
  };
}

/** Predicted image and changes of values of every task. */
export async function predictSeries(
  settings: NetworkSettings,
  weights: Readonly<Record<string, Float32Array>>,
  tasks: readonly SeriesTask[],
): Promise<{ readonly image: Float32Array; readonly values: Float32Array }[]> {
  const specs = Object.fromEntries(
    Object.entries(imageNetworkParameters(settings)).map(([name, { shape }]) => [name, { shape }]),
  );
  const compiled = await compile(
    (all) => ({ ...imageNetwork(settings)(all, all) }),
    { ...imageNetworkInputs(settings, BATCH), ...specs },
    { constants: Object.fromEntries(Object.keys(specs).map((name) => [name, weights[name]!])) },
  );
  const pixels = settings.height * settings.width * settings.channels;
  const answers: { image: Float32Array; values: Float32Array }[] = [];
  for (let first = 0; first < tasks.length; first += BATCH) {
    const part = tasks.slice(first, first + BATCH).map((task) => inputsOf(task, settings));
    const padded = Array.from({ length: BATCH }, (_, row) => part[Math.min(row, part.length - 1)]!);
    const found = await compiled.run(stacked(padded));
    part.forEach((_, row) =>
      answers.push({
        image: found['image']!.slice(row * pixels, (row + 1) * pixels),
        values: found['values']!.slice(row * settings.targets, (row + 1) * settings.targets),
      }),
    );
  }
  await compiled.dispose();
  return answers;
}

/**
 * The factor 0..1 on predicted changes with the least squared error on validation tasks; 0 declines. In closed form: the regression
 * of true on predicted changes through 0.
 */
export function shrinkageOf(tasks: readonly SeriesTask[], images: readonly Float32Array[]): number {
  let [both, squares] = [0, 0];
  tasks.forEach(({ series, known, target }, row) => {
    const last = series.images[known.at(-1)!]!.image;
    const truth = series.images[target]!.image;
    const image = images[row]!;
    for (let pixel = 0; pixel < last.length; pixel++) {
      const change = image[pixel]! - last[pixel]!;
      both += change * (truth[pixel]! - last[pixel]!);
      squares += change * change;
    }
  });
  return squares > 0 ? Math.min(1, Math.max(0, both / squares)) : 0;
}

/** Predicted images with their changes shrunk. */
export const shrunken = (
  tasks: readonly SeriesTask[],
  images: readonly Float32Array[],
  factor: number,
): Float32Array[] =>
  images.map((image, row) => {
    const { series, known } = tasks[row]!;
    const last = series.images[known.at(-1)!]!.image;
    return image.map((pixel, index) => last[index]! + factor * (pixel - last[index]!));
  });
