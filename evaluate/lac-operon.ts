import path from 'node:path';
import { type BenchReport, type BenchRow, describeMachine, targetOf } from '../bench/report.ts';
import type { NetworkSettings } from '../src/ml/forecasting/image/network-settings.ts';
import { splitByPatient } from '../src/ml/training/patient-split.ts';
import type { SeriesTask } from '../src/ml/training/image-series.ts';
import {
  answersOf,
  type HorizonBins,
  rmseRatio,
  scoreRows,
  scoreSubject,
  SERIES_BASELINES,
  type SubjectScore,
  trainVariant,
} from './image-series/experiment.ts';
import { writeSeriesSheet } from './image-series/picture-sheet.ts';
import { type OperonSeries, operonTasks, simulatedStacks } from './lac-operon/operon-series.ts';
import { readStacks } from './lac-operon/read-stacks.ts';
import { writeResults } from './judge/write-results.ts';

const SEEDS = [41, 42, 43];
/** As many as the seed had. */
const STACKS = 156;
const BINS: HorizonBins = [{ name: 'next frame', until: Infinity }];
const UNIT_DAYS = 30 / 1440;

const networkFor = ([height, width, channels]: OperonSeries['size'], values: number): NetworkSettings => ({
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'st-film',
  head: 'residual-displacement',
  time: 'real',
  frames: 8,
  height,
  width,
  channels,
  guides: 0,
  variables: values + 1,
  treatments: 1,
  targets: Math.max(1, values),
  stride: 4,
  hidden: 32,
  layers: 1,
  heads: 4,
  tubelet: 1,
  embedding: 12,
  features: 16,
  unitDays: UNIT_DAYS,
});

/** Images of the history that each of the seed's models sees, and its head. */
const MODELS = {
  'Model 1 (8 frames)': { frames: 8, head: 'residual-displacement' },
  'Model 2 (3 frames)': { frames: 3, head: 'residual-displacement' },
  'Model 3 (1 frame)': { frames: 1, head: 'residual-displacement' },
  'Model 1, direct head': { frames: 8, head: 'direct' },
} as const;
const BEST = 'Model 1 (8 frames)';
const SHUFFLED = 'Model 1, conditions shuffled';

/**
 * The seed's experiment: the next frame of E. coli in a mother machine from the frames and conditions so far, ConvLSTM with
 * ST-FiLM, 64/16/20 by stack. On simulated stacks, or on real ones with `--data FOLDER`: TIFF stacks and `conditions.csv`.
 */
export default async function lacOperon({
  quick,
  data,
}: {
  readonly quick: boolean;
  readonly data?: string | undefined;
}): Promise<BenchReport> {
  const real = data === undefined ? null : await readStacks(path.resolve(data));
  const seeds = quick || real !== null ? SEEDS.slice(0, 1) : SEEDS;
  // More than this three seeds of four networks take hours on two cores.
  const steps = 200;
  const scores: SubjectScore[] = [];
  let sheet = '';
  for (const seed of seeds) {
    const stacks = real ?? simulatedStacks(seed, STACKS);
    const { size } = stacks[0]!;
    const { parts } = splitByPatient(
      stacks.map(({ key }) => key),
      seed,
      { validation: 0.16, test: 0.2 },
    );
    const own = (part: keyof typeof parts): OperonSeries[] => stacks.filter(({ key }) => parts[part].includes(key));
    const tasks = (part: keyof typeof parts, frames: number): SeriesTask[] =>
      own(part).flatMap((one) => operonTasks(one, frames));
    const shape = [size[2], size[0], size[1]] as const;
    const judge = (subject: string, asked: readonly SeriesTask[], images: readonly Float32Array[]): void => {
      scores.push(...scoreSubject(subject, asked, images, BINS, shape));
    };
    const test = tasks('test', 4);
    for (const [subject, of] of Object.entries(SERIES_BASELINES)) judge(subject, test, test.map(of));
    for (const [subject, { frames, head }] of Object.entries(MODELS)) {
      const settings = { ...networkFor(size, stacks[0]!.images[0]!.values.length), frames, head };
      const split = { train: tasks('train', frames), validation: tasks('validation', frames) };
      const trained = await trainVariant(`lac-operon ${subject}`, settings, split, BINS, { seed, steps });
      const asked = tasks('test', frames);
      const images = await answersOf(trained, asked, BINS);
      judge(subject, asked, images);
      if (subject !== BEST) continue;
      sheet = writeSeriesSheet(`lac-operon-${seed}`, asked, images, [size[0], size[1]], 0.3, size[2]);
      const stacksOfTest = own('test');
      const shuffled = stacksOfTest.flatMap((one, index) => {
        const other = stacksOfTest[(index + 1) % stacksOfTest.length]!;
        return operonTasks(one, frames, (interval) => other.lactose[interval] ?? 0);
      });
      judge(SHUFFLED, shuffled, await answersOf(trained, shuffled, BINS));
    }
  }
  const lossOf = (subject: string): number => {
    const of = scores.filter((score) => score.subject === subject);
    return of.reduce((sum, { squaredError, ssim }) => sum + squaredError + 1 - ssim, 0) / of.length;
  };
  const subjects = [...new Set(scores.map(({ subject }) => subject))];
  const losses = subjects.map((subject): BenchRow => ({
    case: 'next frame',
    subject,
    metric: 'MSE + 1 - SSIM',
    value: lossOf(subject),
    unit: '',
  }));
  const report: BenchReport = {
    name: 'lac-operon',
    machine: describeMachine(1),
    seeds,
    rows: [...scoreRows('', scores), ...losses],
    targets: [
      targetOf('RMSE of Model 1 relative to the last image', rmseRatio(scores, BEST, 'last image'), 0.84, 'max'),
      targetOf(
        'RMSE of Model 1 relative to linear extrapolation',
        rmseRatio(scores, BEST, 'linear extrapolation'),
        0.999,
        'max',
      ),
      targetOf('RMSE with conditions shuffled relative to Model 1', rmseRatio(scores, SHUFFLED, BEST), 1.001, 'min'),
      targetOf('loss of Model 1 relative to Model 2', lossOf(BEST) / lossOf('Model 2 (3 frames)'), 1, 'max'),
      targetOf('loss of Model 1 relative to Model 3', lossOf(BEST) / lossOf('Model 3 (1 frame)'), 1, 'max'),
    ],
    notes: [
      real === null
        ? `${STACKS} simulated stacks of 12 frames per seed, 64 x 16 pixels of 0.44 micrometres, phase contrast and GFP; ${steps} steps per model.`
        : `${real.length} stacks of ${data}; ${steps} steps per model.`,
      'The seed names Model 1 long-term and Models 2 and 3 short-term; here they differ in the frames that they see, and else in nothing.',
      'Conditions shuffled: the trained Model 1 asked with the conditions of another stack.',
      `Pictures (the last channel): ${sheet}`,
    ],
  };
  if (!quick && real === null) writeResults(report, {});
  return report;
}
