import { type BenchReport, type BenchRow, describeMachine, targetOf } from '../bench/report.ts';
import { randomStream } from '../src/ml/cohorts/random-stream.ts';
import { imageNetworkParameters } from '../src/ml/forecasting/image/image-network.ts';
import type { NetworkSettings } from '../src/ml/forecasting/image/network-settings.ts';
import { sizeOf } from '../src/ml/engine/graph.ts';
import type { SeriesTask } from '../src/ml/training/image-series.ts';
import { splitByPatient } from '../src/ml/training/patient-split.ts';
import {
  answersOf,
  type HorizonBins,
  lastImageOf,
  rmseRatio,
  scoreSubject,
  type SubjectScore,
  trainVariant,
} from './image-series/experiment.ts';
import { type OperonSeries, operonTasks, simulatedStacks } from './lac-operon/operon-series.ts';
import { writeResults } from './judge/write-results.ts';

const SEEDS = [41, 42, 43];
const BINS: HorizonBins = [
  { name: 'one frame', until: 45 / 1440 },
  { name: 'two or three frames', until: Infinity },
];
const BASE: NetworkSettings = {
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'st-film',
  head: 'residual-displacement',
  time: 'real',
  frames: 4,
  height: 64,
  width: 16,
  channels: 2,
  guides: 0,
  variables: 4,
  treatments: 1,
  targets: 3,
  stride: 4,
  hidden: 32,
  layers: 1,
  heads: 4,
  tubelet: 1,
  embedding: 12,
  features: 16,
  unitDays: 30 / 1440,
};
const VIVIT = { ...BASE, encoder: 'vivit' } as const;
const REFERENCE = 'ConvLSTM, ST-FiLM, residual on displacement, real times';

/** One thing changed at a time. */
const VARIANTS: Readonly<Record<string, NetworkSettings>> = {
  [REFERENCE]: BASE,
  'fusion: channels': { ...BASE, fusion: 'channels' },
  'fusion: FiLM': { ...BASE, fusion: 'film' },
  'fusion: none (image alone)': { ...BASE, fusion: 'none' },
  'head: residual': { ...BASE, head: 'residual' },
  'head: displacement': { ...BASE, head: 'displacement' },
  'head: direct': { ...BASE, head: 'direct' },
  'time: images counted': { ...BASE, time: 'index' },
  'encoder: two ConvLSTM layers': { ...BASE, layers: 2 },
  'encoder: ViViT, factorised, ST-FiLM': VIVIT,
  'encoder: ViViT, factorised, tokens': { ...VIVIT, fusion: 'tokens' },
  'encoder: ViViT, joint, tokens': { ...VIVIT, attention: 'joint', fusion: 'tokens' },
};

/**
 * What each part of the image network is worth, on one cohort: frames of a mother machine with gaps, one to three frames ahead. The
 * reference is also asked with the EHR and with the treatment of others.
 */
export default async function ablation({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const seeds = quick ? SEEDS.slice(0, 1) : SEEDS;
  const [stacks, steps] = quick ? [80, 60] : [156, 400];
  const scores: SubjectScore[] = [];
  const costs = new Map<string, number>();
  for (const seed of seeds) {
    const all = simulatedStacks(seed, stacks);
    const { parts } = splitByPatient(
      all.map(({ key }) => key),
      seed,
      { validation: 0.16, test: 0.2 },
    );
    const own = (part: keyof typeof parts): OperonSeries[] => all.filter(({ key }) => parts[part].includes(key));
    const tasks = (part: keyof typeof parts): SeriesTask[] => own(part).flatMap((one) => gappedTasks(one, seed));
    const split = { train: tasks('train'), validation: tasks('validation'), test: tasks('test') };
    const judge = (subject: string, asked: readonly SeriesTask[], images: readonly Float32Array[]): void => {
      scores.push(...scoreSubject(subject, asked, images, BINS, [2, 64, 16]));
    };
    judge('last image', split.test, split.test.map(lastImageOf));
    for (const [subject, settings] of Object.entries(VARIANTS)) {
      const trained = await trainVariant(`ablation ${subject}`, settings, split, BINS, { seed, steps });
      costs.set(subject, (costs.get(subject) ?? 0) + trained.seconds / seeds.length);
      judge(subject, split.test, await answersOf(trained, split.test, BINS));
      if (subject !== REFERENCE) continue;
      const others = split.test.map((_, index) => split.test[(index + 37) % split.test.length]!);
      const withEhr = split.test.map((task, index) => withValuesOf(task, others[index]!));
      judge('EHR of others', withEhr, await answersOf(trained, withEhr, BINS));
      const withPlan = split.test.map(({ series, known, target }, index): SeriesTask => ({
        series,
        known,
        target,
        plan: others[index]!.plan,
      }));
      judge('treatment of others', withPlan, await answersOf(trained, withPlan, BINS));
    }
  }
  const subjects = [...new Set(scores.map(({ subject }) => subject))];
  const report: BenchReport = {
    name: 'ablation',
    machine: describeMachine(1),
    seeds,
    rows: subjects.flatMap((subject) => rowsOf(subject, scores, costs)),
    targets: [
      targetOf(
        'RMSE of the reference relative to the last image',
        rmseRatio(scores, REFERENCE, 'last image'),
        0.84,
        'max',
      ),
      targetOf(
        'RMSE with the treatment of others relative to the reference',
        rmseRatio(scores, 'treatment of others', REFERENCE),
        1.001,
        'min',
      ),
      targetOf(
        'RMSE with the EHR of others relative to the reference',
        rmseRatio(scores, 'EHR of others', REFERENCE),
        1.001,
        'min',
      ),
      targetOf(
        'RMSE of the reference relative to the image alone',
        rmseRatio(scores, REFERENCE, 'fusion: none (image alone)'),
        0.999,
        'max',
      ),
    ],
    notes: [
      `${stacks} simulated stacks per seed, ${steps} steps per variant, one run each per seed: differences of a few per cent are within what another start would give.`,
      'Times of training are of a shared machine.',
    ],
  };
  if (!quick) writeResults(report, {});
  return report;
}

function rowsOf(subject: string, scores: readonly SubjectScore[], costs: ReadonlyMap<string, number>): BenchRow[] {
  const rows = BINS.map(({ name }): BenchRow => ({
    case: name,
    subject,
    metric: 'RMSE relative to the last image',
    value: rmseRatio(scores, subject, 'last image', name),
    unit: '',
  }));
  const settings = VARIANTS[subject];
  if (settings !== undefined) {
    rows.push({ case: 'cost', subject, metric: 'parameters', value: parametersOf(settings), unit: '' });
    rows.push({ case: 'cost', subject, metric: 'training', value: costs.get(subject)!, unit: 's' });
  }
  return rows;
}

/** Histories with gaps, one to three frames ahead. */
function gappedTasks(one: OperonSeries, seed: number): SeriesTask[] {
  const random = randomStream('ablation tasks', seed, one.key);
  return operonTasks(one, 5).flatMap((task): SeriesTask[] => {
    const origin = task.known.at(-1)!;
    const target = origin + 1 + random.index(3);
    if (target >= one.images.length) return [];
    const known = task.known.filter((index) => index === origin || random.uniform() < 0.7);
    const conditions = one.lactose.slice(origin, target);
    return [{ ...task, known, target, plan: [conditions.reduce((sum, lactose) => sum + lactose, 0)] }];
  });
}

/** The task with what was measured of another stack at the same frames. */
function withValuesOf(task: SeriesTask, other: SeriesTask): SeriesTask {
  const images = task.series.images.map((image, index) => ({
    day: image.day,
    image: image.image,
    values: other.series.images[index]?.values ?? image.values,
  }));
  return { ...task, series: { key: task.series.key, images } };
}

const parametersOf = (settings: NetworkSettings): number =>
  Object.values(imageNetworkParameters(settings)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
