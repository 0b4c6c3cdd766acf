import { type BenchReport, describeMachine, targetOf } from '../bench/report.ts';
import type { NetworkSettings } from '../src/ml/forecasting/image/network-settings.ts';
import { fitPopulation } from '../src/ml/forecasting/personal/fit-population.ts';
import { splitByPatient } from '../src/ml/training/patient-split.ts';
import type { SeriesTask } from '../src/ml/training/image-series.ts';
import { type AtrophySeries, atrophySeries, atrophyTasks, DAYS_PER_YEAR, GRID } from './atrophy/atrophy-series.ts';
import {
  answersOf,
  type HorizonBins,
  lastImageOf,
  rmseRatio,
  scoreRows,
  scoreSubject,
  SERIES_BASELINES,
  type SplitTasks,
  type SubjectScore,
  trainVariant,
  truthOf,
} from './image-series/experiment.ts';
import { writeSeriesSheet } from './image-series/picture-sheet.ts';
import { ATROPHY_DYNAMICS, atrophyCohort } from './value-cohorts/atrophy-cohort.ts';
import { writeResults } from './judge/write-results.ts';

const SEEDS = [41, 42, 43];
const BINS: HorizonBins = [
  { name: 'up to 1 year', until: DAYS_PER_YEAR },
  { name: '1 to 2 years', until: 2 * DAYS_PER_YEAR },
  { name: 'more than 2 years', until: Infinity },
];
const NETWORK: NetworkSettings = {
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'st-film',
  head: 'residual-displacement',
  time: 'real',
  frames: 3,
  height: 64,
  width: 64,
  channels: 1,
  guides: 0,
  variables: 5,
  treatments: 1,
  targets: 5,
  stride: 4,
  hidden: 24,
  layers: 1,
  heads: 4,
  tubelet: 1,
  embedding: 16,
  features: 12,
  unitDays: DAYS_PER_YEAR,
};
const JOINT = 'ConvLSTM told the values that are forecast';
const REAL = 'ConvLSTM, real intervals';
const INDEX = 'ConvLSTM, images counted';

/**
 * Image forecasts of simulated brains that shrink: irregular visits, 6 to 18 months apart, up to five years ahead. One network is told
 * the values that the personal layer forecasts, one the doses alone, and one neither knows real intervals.
 */
export default async function atrophy({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const seeds = quick ? SEEDS.slice(0, 1) : SEEDS;
  const [patients, steps] = quick ? [120, 240] : [240, 600];
  const scores: SubjectScore[] = [];
  const growth: Growth[] = [];
  let sheet = '';
  for (const seed of seeds) {
    const cohort = atrophyCohort(seed, patients);
    const all = cohort.patients.map(({ patient, series }, index) => atrophySeries(seed, index, patient, series));
    const { parts } = splitByPatient(
      all.map(({ key }) => key),
      seed,
      { validation: 0.16, test: 0.2 },
    );
    const people = (part: keyof typeof parts): AtrophySeries[] => all.filter(({ key }) => parts[part].includes(key));
    const { model } = fitPopulation(
      people('train').map(({ series }) => series),
      { ...ATROPHY_DYNAMICS },
      { seed },
    );
    const split = (isJoint: boolean): SplitTasks => {
      const tasks = (part: keyof typeof parts): SeriesTask[] =>
        people(part).flatMap((one) => atrophyTasks(one, isJoint ? model : null));
      return { train: tasks('train'), validation: tasks('validation'), test: tasks('test') };
    };
    const variants: [string, NetworkSettings, SplitTasks][] = [
      [JOINT, { ...NETWORK, treatments: 3 }, split(true)],
      [REAL, NETWORK, split(false)],
      [INDEX, { ...NETWORK, time: 'index' }, split(false)],
    ];
    const { test } = variants[1]![2];
    const judge = (subject: string, tasks: readonly SeriesTask[], images: readonly Float32Array[]): void => {
      scores.push(...scoreSubject(subject, tasks, images, BINS, [1, GRID.shape[1], GRID.shape[2]]));
      growth.push(...tasks.map((task, row) => growthOf(subject, task, images[row]!)));
    };
    for (const [subject, of] of Object.entries(SERIES_BASELINES)) judge(subject, test, test.map(of));
    for (const [subject, settings, tasks] of variants) {
      const trained = await trainVariant(`atrophy ${subject}`, settings, tasks, BINS, { seed, steps });
      const images = await answersOf(trained, tasks.test, BINS);
      judge(subject, tasks.test, images);
      if (subject === JOINT) sheet = writeSeriesSheet(`atrophy-${seed}`, tasks.test, images, [64, 64], 0.3);
    }
  }
  const aggregates = [...Map.groupBy(growth, ({ subject }) => subject)].map(([subject, own]) => ({
    subject,
    value:
      own.reduce((sum, one) => sum + Math.abs(one.real - one.predicted), 0) /
      own.reduce((sum, one) => sum + (Math.abs(one.real) + Math.abs(one.predicted)) / 2, 0),
  }));
  const report: BenchReport = {
    name: 'atrophy',
    machine: describeMachine(1),
    seeds,
    rows: [
      ...scoreRows('', scores),
      ...aggregates.map(({ subject, value }) => ({
        case: 'all horizons',
        subject,
        metric: 'Delta-RMAE of the ventricles',
        value,
        unit: '',
      })),
    ],
    targets: [
      targetOf(
        'Delta-RMAE of the ventricles (copying: 2)',
        aggregates.find(({ subject }) => subject === JOINT)!.value,
        0.44,
        'max',
      ),
      targetOf('RMSE with real intervals relative to images counted', rmseRatio(scores, REAL, INDEX), 0.999, 'max'),
      ...BINS.map(({ name }) =>
        targetOf(
          `${name}: NRMSE better than the last image`,
          1 - rmseRatio(scores, JOINT, 'last image', name),
          0.16,
          'min',
        ),
      ),
    ],
    notes: [
      `${patients} people per seed, ${steps} steps per network; noise-free slices of 64 x 64 in one pose, values with noise and gaps.`,
      'Delta-RMAE: sum of |true - predicted change| over the sum of (|true| + |predicted change|) / 2; of the ventricles: of the mean change over all pixels that are ventricle before or after; else over the pixels that changed by 5 % of the range.',
      `Pictures: ${sheet}`,
    ],
  };
  if (!quick) writeResults(report, {});
  return report;
}

interface Growth {
  readonly subject: string;
  readonly real: number;
  readonly predicted: number;
}

/** Mean change of brightness where ventricle is or comes: ventricles are dark. */
function growthOf(subject: string, task: SeriesTask, image: Float32Array): Growth {
  const { ventricles } = task.series as AtrophySeries;
  const [before, after] = [ventricles[task.known.at(-1)!]!, ventricles[task.target]!];
  const [last, truth] = [lastImageOf(task), truthOf(task)];
  let [real, predicted, count] = [0, 0, 0];
  for (let pixel = 0; pixel < image.length; pixel++) {
    if (before[pixel] === 0 && after[pixel] === 0) continue;
    real += last[pixel]! - truth[pixel]!;
    predicted += last[pixel]! - image[pixel]!;
    count++;
  }
  return { subject, real: real / count, predicted: predicted / count };
}
