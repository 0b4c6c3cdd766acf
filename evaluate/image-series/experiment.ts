import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BenchRow } from '../../bench/report.ts';
import type { NetworkSettings } from '../../src/ml/forecasting/image/network-settings.ts';
import { meanOf } from '../../src/ml/forecasting/image/sequence-inputs.ts';
import { slicesFirst } from '../../src/ml/forecasting/image/region-of-interest.ts';
import { boundedTrend, trendWeights } from '../../src/ml/forecasting/trend.ts';
import {
  intervalOf,
  predictSeries,
  type SeriesTask,
  shrinkageOf,
  shrunken,
  trainOnSeries,
} from '../../src/ml/training/image-series.ts';
import { progressLine } from '../../src/ml/training/progress-line.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';
import { type Estimate, ratioOverPatients } from '../judge/bootstrap.ts';
import { type ImageScore, scoreImage } from './image-scores.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', '.sequela', 'evaluate');

/** Tasks of the subjects that train, choose and judge. */
export interface SplitTasks {
  readonly train: readonly SeriesTask[];
  readonly validation: readonly SeriesTask[];
  readonly test: readonly SeriesTask[];
}

/** Ends of the ranges of horizons that are judged apart, in days, with a name each. */
export type HorizonBins = readonly { readonly name: string; readonly until: number }[];

/** One image with its score. */
export interface SubjectScore extends ImageScore {
  readonly subject: string;
  readonly key: string;
  readonly bin: string;
}

export const lastImageOf = ({ series, known }: SeriesTask): Float32Array => series.images[known.at(-1)!]!.image;
export const truthOf = ({ series, target }: SeriesTask): Float32Array => series.images[target]!.image;

/** What anybody could forecast without a model. */
export const SERIES_BASELINES: Readonly<Record<string, (task: SeriesTask) => Float32Array>> = {
  'last image': lastImageOf,
  'mean of history': ({ series, known }) => meanOf(known.map((index) => series.images[index]!.image)),
  'linear extrapolation': (task) => {
    const images = task.known.slice(-4).map((index) => task.series.images[index]!);
    const last = lastImageOf(task);
    const weights = trendWeights(images.map(({ day }) => day));
    if (weights === null) return last;
    const history = new Float64Array(images.length);
    return last.map((pixel, index) => {
      images.forEach(({ image }, k) => (history[k] = image[index]!));
      return pixel + boundedTrend(history, weights, pixel, intervalOf(task));
    });
  },
};

/** A network that was trained, and how far its changes are trusted by range of horizons. */
export interface Trained {
  readonly settings: NetworkSettings;
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly shrinkages: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** Trains one variant; interrupted, it is continued by the next run. */
export async function trainVariant(
  name: string,
  settings: NetworkSettings,
  tasks: Pick<SplitTasks, 'train' | 'validation'>,
  bins: HorizonBins,
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Promise<Trained> {
  const started = performance.now();
  mkdirSync(FOLDER, { recursive: true });
  const identity = JSON.stringify({ name, settings, seed, steps, tasks: tasks.train.length });
  const checkpoint = `${name.replaceAll(/[^a-z0-9]+/gi, '-')}-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}`;
  const { weights } = await trainOnSeries(
    {
      settings,
      ...tasks,
      steps,
      seed,
      identity,
      checkpoint: path.join(FOLDER, `${checkpoint}.safetensors`),
    },
    (report) => report.point !== null && console.error(progressLine(name, report)),
  );
  const shrinkages = new Map<string, number>();
  const answers = await predictSeries(settings, weights, tasks.validation);
  for (const { name: bin } of bins) {
    const rows = tasks.validation.flatMap((task, row) => (binOf(bins, task) === bin ? [row] : []));
    const chosen = rows.map((row) => tasks.validation[row]!);
    shrinkages.set(
      bin,
      shrinkageOf(
        chosen,
        rows.map((row) => answers[row]!.image),
      ),
    );
  }
  return { settings, weights, shrinkages, seconds: (performance.now() - started) / 1000 };
}

const binOf = (bins: HorizonBins, task: SeriesTask): string =>
  (bins.find(({ until }) => intervalOf(task) <= until) ?? bins.at(-1)!).name;

/** Images of a trained variant, its changes shrunk to what validation showed. */
export async function answersOf(
  { settings, weights, shrinkages }: Trained,
  tasks: readonly SeriesTask[],
  bins: HorizonBins,
): Promise<Float32Array[]> {
  const answers = await predictSeries(settings, weights, tasks);
  return tasks.map((task, row) => shrunken([task], [answers[row]!.image], shrinkages.get(binOf(bins, task)) ?? 0)[0]!);
}

/** Scores of one subject's images. @param shape [C,H,W], channels as slices. */
export const scoreSubject = (
  subject: string,
  tasks: readonly SeriesTask[],
  images: readonly Float32Array[],
  bins: HorizonBins,
  shape: VolumeShape,
): SubjectScore[] =>
  tasks.map((task, row) => ({
    ...scoreImage(slicesFirst(images[row]!, shape), {
      last: slicesFirst(lastImageOf(task), shape),
      truth: slicesFirst(truthOf(task), shape),
      shape,
    }),
    subject,
    key: task.series.key,
    bin: binOf(bins, task),
  }));

const sums = (scores: readonly SubjectScore[], of: (score: SubjectScore) => number): number[] =>
  [...Map.groupBy(scores, ({ key }) => key).values()].map((own) => own.reduce((sum, one) => sum + of(one), 0));

/** NRMSE, PSNR, SSIM, Delta-RMAE and correlation of change, by range of horizons and subject; intervals by bootstrap over subjects. */
export function scoreRows(prefix: string, scores: readonly SubjectScore[]): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const [name, own] of Map.groupBy(scores, ({ bin, subject }) => `${bin}\n${subject}`)) {
    const [bin, subject] = name.split('\n') as [string, string];
    const add = (metric: string, unit: string, estimate: Pick<BenchRow, 'value' | 'low' | 'high'>): void => {
      rows.push({ case: `${prefix}${bin}`, subject, metric, unit, ...estimate });
    };
    const mean = (of: (score: SubjectScore) => number, among = own): Estimate =>
      ratioOverPatients(
        sums(among, of),
        sums(among, () => 1),
      );
    const mse = mean(({ squaredError }) => squaredError);
    add('NRMSE', 'of range', { value: Math.sqrt(mse.value), low: Math.sqrt(mse.low), high: Math.sqrt(mse.high) });
    add('PSNR', 'dB', { value: -10 * Math.log10(mse.value) });
    // No window of the similarity fits into a narrow image.
    if (own.every(({ ssim }) => Number.isFinite(ssim))) {
      add(
        'SSIM',
        '',
        mean(({ ssim }) => ssim),
      );
    }
    const errors = sums(own, ({ changeError }) => changeError);
    const changes = sums(own, ({ change }) => change);
    if (changes.some((change) => change > 0)) add('Delta-RMAE', '', ratioOverPatients(errors, changes));
    const correlated = own.filter(({ correlation }) => correlation !== null);
    if (correlated.length > 0)
      add(
        'correlation of change',
        '',
        mean(({ correlation }) => correlation!, correlated),
      );
  }
  return rows;
}

/** Root of the ratio of two subjects' squared errors. */
export function rmseRatio(scores: readonly SubjectScore[], subject: string, other: string, bin?: string): number {
  const total = (of: string): number =>
    scores
      .filter((score) => score.subject === of && (bin === undefined || score.bin === bin))
      .reduce((sum, { squaredError }) => sum + squaredError, 0);
  return Math.sqrt(total(subject) / total(other));
}
