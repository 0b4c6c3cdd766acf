import { type BenchReport, describeMachine, targetOf } from '../../bench/report.ts';
import type { NetworkSettings } from '../../src/ml/forecasting/image/network-settings.ts';
import type { ImageSeries, SeriesTask } from '../../src/ml/training/image-series.ts';
import {
  answersOf,
  type HorizonBins,
  rmseRatio,
  scoreRows,
  scoreSubject,
  SERIES_BASELINES,
  type SubjectScore,
  trainVariant,
} from '../image-series/experiment.ts';
import { writeSeriesSheet } from '../image-series/picture-sheet.ts';
import { writeResults } from '../judge/write-results.ts';

/** A real movie whose frames are evenly spaced; the day of a frame is its number. */
export interface Movie {
  readonly name: string;
  readonly frames: readonly Float32Array[];
  /** Of the frames [H,W,C]; height and width multiples of 4. */
  readonly size: readonly [height: number, width: number, channels: number];
  readonly note: string;
}

const OURS = 'ConvLSTM';
const BINS: HorizonBins = [
  { name: 'next frame', until: 1 },
  { name: '2 to 4 frames', until: 4 },
];
const HISTORY = 4;
const HORIZONS = [1, 2, 4];
/** First frames that train, the next that choose; the rest judge. */
const SHARES = { train: 0.6, validation: 0.2 };
/** Test frames that are bootstrapped together. */
const BLOCK = 4;

/** One movie, split by time: the network learns from its first part and is judged on its last. */
export async function evaluateMovie(movie: Movie, { quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const seeds = quick ? [41] : [41, 42, 43];
  const steps = quick ? 150 : 500;
  const [height, width, channels] = movie.size;
  const settings: NetworkSettings = {
    encoder: 'conv-lstm',
    attention: 'factorised',
    fusion: 'film',
    head: 'residual-displacement',
    time: 'real',
    frames: HISTORY,
    height,
    width,
    channels,
    guides: 0,
    variables: 0,
    treatments: 0,
    targets: 1,
    stride: 4,
    hidden: 24,
    layers: 1,
    heads: 4,
    tubelet: 1,
    embedding: 8,
    features: 12,
    unitDays: 1,
  };
  const ends = [SHARES.train, SHARES.train + SHARES.validation].map((share) => Math.floor(share * movie.frames.length));
  const split = {
    train: tasksBetween(movie, 0, ends[0]!),
    validation: tasksBetween(movie, ends[0]!, ends[1]!),
    test: tasksBetween(movie, ends[1]!, movie.frames.length),
  };
  const scores: SubjectScore[] = [];
  const declined = new Map<string, number>();
  let sheet = '';
  for (const seed of seeds) {
    const judge = (subject: string, images: readonly Float32Array[]): void => {
      scores.push(...scoreSubject(subject, split.test, images, BINS, [channels, height, width]));
    };
    for (const [subject, of] of Object.entries(SERIES_BASELINES)) judge(subject, split.test.map(of));
    const trained = await trainVariant(movie.name, settings, split, BINS, { seed, steps });
    const images = await answersOf(trained, split.test, BINS);
    judge(OURS, images);
    for (const [bin, shrinkage] of trained.shrinkages)
      if (shrinkage === 0) declined.set(bin, (declined.get(bin) ?? 0) + 1);
    sheet = writeSeriesSheet(`${movie.name}-${seed}`, split.test, images, [height, width], 0.4, channels);
  }
  const report: BenchReport = {
    name: movie.name,
    machine: describeMachine(1),
    seeds,
    rows: scoreRows('', scores),
    targets: BINS.map(({ name }) =>
      targetOf(
        `${name}: RMSE relative to the last image, or declined`,
        rmseRatio(scores, OURS, 'last image', name),
        1,
        'max',
      ),
    ),
    notes: [
      movie.note,
      `Split by time: frames 1 to ${ends[0]} train, to ${ends[1]} choose, to ${movie.frames.length} judge; ${steps} steps.`,
      ...[...declined].map(
        ([bin, count]) => `Declined for ${bin} in ${count} of ${seeds.length} runs: validation frames showed no skill.`,
      ),
      `Pictures (the last channel): ${sheet}`,
    ],
  };
  if (!quick) writeResults(report, {});
  return report;
}

/** Questions whose origin and target lie in a part of the movie; each block of targets is a subject of the bootstrap. */
function tasksBetween({ name, frames }: Movie, from: number, to: number): SeriesTask[] {
  const series = (block: number): ImageSeries => ({
    key: `${name}/${block}`,
    images: frames.map((image, day) => ({ day, image, values: [] })),
  });
  const tasks: SeriesTask[] = [];
  for (let origin = Math.max(from, 1); origin < to; origin++) {
    for (const horizon of HORIZONS) {
      const target = origin + horizon;
      if (target >= to) continue;
      const first = Math.max(0, origin + 1 - HISTORY);
      const known = Array.from({ length: origin + 1 - first }, (_, k) => first + k);
      tasks.push({ series: series(Math.floor(target / BLOCK)), known, target, plan: [] });
    }
  }
  return tasks;
}
