import { mkdirSync } from 'node:fs';
import path, { join } from 'node:path';
import { type BenchReport, type BenchRow, type BenchTarget, describeMachine, targetOf } from '../bench/report.ts';
import { openLesionPredictor } from '../src/ml/forecasting/image/lesion-predictor.ts';
import { HORIZONS_DAYS } from '../src/ml/training/train-lesion-network.ts';
import { keptRecords } from '../src/ml/training/record-store.ts';
import { type LesionRecord, recordLesion } from '../src/ml/training/lesion-records.ts';
import {
  openLesionObservers,
  type TrainedLesionModel,
  trainLesionModel,
} from '../src/ml/training/train-lesion-model.ts';
import { imagedTumourCohort } from '../src/ml/cohorts/tumour/image-cohort.ts';
import { readLesionModel } from '../src/ml/forecasting/image/lesion-model.ts';
import { ratioOverPatients } from './judge/bootstrap.ts';
import {
  answerTasks,
  coverageOf,
  type LesionScore,
  OURS,
  scoreAnswers,
  volumeCoverageOf,
} from './tumour-images/judge-forecasts.ts';
import { drawPictures } from './tumour-images/pictures.ts';
import {
  areNullsIdentical,
  askWhatIfs,
  type DoseResponses,
  doseResponses,
  type WhatIf,
} from './tumour-images/what-ifs.ts';
import { writeResults } from './judge/write-results.ts';

/**
 * Settings were chosen on the cohort of seed 701, which the shipped model learned from; the volume lock was mended on
 * questions of seed 41, so that its agreement there is no independent measure. 42 and 43 chose nothing.
 */
const SEEDS = [41, 42, 43];
const FULL = { patients: 140, segmenterSteps: 700, networkSteps: 500, tasksPerPatient: 8 };
/** Without noise, with the segmenter of the shipped model; with noise the shipped model is asked itself, about new patients. */
const QUICK = { patients: 45, segmenterSteps: 1, networkSteps: 100, tasksPerPatient: 4, questions: 1 };
const QUICK_PATIENTS = 10;
const KINDS: readonly Outcome['images'][] = ['with noise', 'without noise'];
const SHIPPED = path.join(import.meta.dirname, '..', 'models', 'tumour-response-image-1.0.0.safetensors');
const FOLDER = path.join(import.meta.dirname, '..', '.sequela', 'evaluate', 'tumour-images');
/** In-plane radius of three pixels. */
const SMALLEST_LOCKED_ML = (4 / 3) * Math.PI * (0.3 * 1.7) ** 3;

/** Everything that one seed and one kind of image gave. */
interface Outcome {
  readonly seed: number;
  readonly images: 'with noise' | 'without noise';
  readonly scores: readonly LesionScore[];
  readonly testPatients: number;
  /** Share of the questions that were declined, because the image could not show the volume. */
  readonly declined: number;
  /** Relative errors of drawn volumes against those of the values, of lesions of more than three pixels. */
  readonly agreements: readonly number[];
  /** Of pixels and of volumes, by what is stated. */
  readonly coverage: ReadonlyMap<number, number>;
  readonly volumeCoverage: ReadonlyMap<number, number>;
  readonly whatIfs: readonly WhatIf[];
  readonly dose: DoseResponses;
  readonly isNullIdentical: boolean;
  readonly sheet: string;
}

/**
 * Image forecasts of the simulated tumour cohort, trained from nothing: images, volumes, values and counterfactuals are known. The
 * split is by patient; questions start at any visit with one before it and reach 7, 14, 28 and 56 days.
 */
export default async function tumourImages({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const seeds = quick ? SEEDS.slice(0, 1) : SEEDS;
  const outcomes: Outcome[] = [];
  for (const seed of seeds) {
    const log = (line: string): void => console.error(`seed ${seed}: ${line}`);
    const folder = folderOf(`${quick ? 'quick' : 'full'}-${seed}`);
    for (const images of KINDS) {
      const path = join(folder, `outcome-${images.replaceAll(' ', '-')}.bin`);
      const identity = JSON.stringify({ seed, images, ...(quick ? { QUICK, QUICK_PATIENTS } : { FULL }) });
      outcomes.push(
        await keptRecords(path, identity, async () =>
          outcomeOf(await subjectOf(images, seed, quick, log), seed, quick, log),
        ),
      );
    }
  }
  const kinds = [...Map.groupBy(outcomes, ({ images }) => images)];
  const report: BenchReport = {
    name: 'tumour-images',
    machine: describeMachine(1),
    seeds,
    rows: kinds.flatMap(([images, own]) => rowsOf(images, own)),
    targets: kinds.flatMap(([images, own]) => targetsOf(images, own)),
    notes: [
      ...(quick
        ? [
            `Quick: with noise the shipped model is asked about ${QUICK_PATIENTS} new patients; without noise a network is trained for ${QUICK.networkSteps} steps with its segmenter.`,
          ]
        : []),
      `Errors are over the window of 56 x 56 pixels and 9 slices around the lesion, in the brightness and range of the last image; outside of it the forecast is the last image.`,
      'Declined, because the image cannot show the volume that is forecast (a lesion beyond the window or the slices): the last image is scored, and agreement, coverage and dose-response are of the others.',
      'Volumes, outlines and Dice are those that the segmenter sees, in forecasts as in truth.',
      'Ranges: 95 %, bootstrap over patients, numerator and denominator together.',
      `Test patients: ${outcomes.map(({ testPatients }) => testPatients).join(', ')}.`,
      ...outcomes.map(({ sheet }) => `Pictures: ${sheet}`),
    ],
  };
  if (!quick) writeResults(report, {});
  return report;
}

/** A model with the test patients that it is asked about. */
interface Subject extends Pick<TrainedLesionModel, 'model' | 'observers'> {
  readonly isNoisy: boolean;
  readonly test: readonly LesionRecord[];
}

const folderOf = (name: string): string => {
  const folder = path.join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** A model that is trained from nothing; when it is quick and there is noise, the shipped model on new patients. */
async function subjectOf(
  images: Outcome['images'],
  seed: number,
  quick: boolean,
  log: (line: string) => void,
): Promise<Subject> {
  const isNoisy = images === 'with noise';
  if (!quick) {
    const options = { ...FULL, seed, folder: folderOf(`full-${seed}`) };
    const { model, observers, records } = await trainLesionModel({ ...options, isNoisy }, log);
    return { model, observers, isNoisy, test: records.test };
  }
  const shipped = await readLesionModel(SHIPPED);
  if (!isNoisy) {
    const options = { ...QUICK, seed, isNoisy, segmenter: shipped.weights, folder: folderOf(`quick-${seed}`) };
    const { model, observers, records } = await trainLesionModel(options, log);
    return { model, observers, isNoisy, test: records.test };
  }
  const observers = await openLesionObservers(shipped.weights, shipped.network);
  const test: LesionRecord[] = [];
  for (const patient of imagedTumourCohort(seed, QUICK_PATIENTS)) {
    const record = await recordLesion(patient, observers, { isNoisy, window: shipped.network.height });
    if (record !== null) test.push(record);
  }
  return { model: shipped, observers, isNoisy, test };
}

async function outcomeOf(
  { model, observers, isNoisy, test }: Subject,
  seed: number,
  quick: boolean,
  log: (line: string) => void,
): Promise<Outcome> {
  const predictor = openLesionPredictor(model.network, model.weights);
  const opened = { model, predictor, observer: observers.window };
  const answered = await answerTasks(test, opened, quick ? QUICK.questions : 3);
  log(`${answered.length} questions answered`);
  const scores = await scoreAnswers(answered, observers.window);
  const some = answered.filter(({ task }) => task.horizonDays === 14 || task.horizonDays === 28);
  const asked = some.filter((_, index) => index % (quick ? 3 : 4) === 0);
  const whatIfs = await askWhatIfs(asked, opened, isNoisy);
  const dose = await doseResponses(quick ? asked.slice(0, 6) : asked, opened);
  const isNullIdentical = await areNullsIdentical(asked, opened);
  log('judged');
  const sheet = drawPictures(`tumour-images-${seed}-${isNoisy ? 'noisy' : 'clean'}`, answered, model.bins);
  await predictor.dispose();
  return {
    seed,
    images: isNoisy ? 'with noise' : 'without noise',
    scores,
    testPatients: test.length,
    declined: answered.filter(({ isDeclined }) => isDeclined).length / answered.length,
    agreements: answered
      .filter(({ wanted, isDeclined }) => !isDeclined && wanted * model.voxelMl > SMALLEST_LOCKED_ML)
      .map(({ wanted, prediction }) => Math.abs(prediction.voxels / wanted - 1)),
    coverage: coverageOf(answered, model.bins),
    volumeCoverage: volumeCoverageOf(answered, model),
    whatIfs,
    dose,
    isNullIdentical,
    sheet,
  };
}

/** Sums by patient of one subject. */
const byPatient = (scores: readonly LesionScore[], of: (score: LesionScore) => number): number[] =>
  [...Map.groupBy(scores, ({ patient }) => patient).values()].map((own) => own.reduce((sum, one) => sum + of(one), 0));

const rootRatio = (over: readonly number[], under: readonly number[]): Pick<BenchRow, 'value' | 'low' | 'high'> => {
  const { value, low, high } = ratioOverPatients(over, under);
  return { value: Math.sqrt(value), low: Math.sqrt(low), high: Math.sqrt(high) };
};

const meanRow = (scores: readonly LesionScore[], of: (score: LesionScore) => number) =>
  ratioOverPatients(
    byPatient(scores, of),
    byPatient(scores, () => 1),
  );

function rowsOf(images: string, outcomes: readonly Outcome[]): BenchRow[] {
  const scores = outcomes.flatMap((outcome) => outcome.scores);
  const rows: BenchRow[] = [];
  for (const days of HORIZONS_DAYS) {
    for (const [subject, own] of Map.groupBy(
      scores.filter(({ horizonDays }) => horizonDays === days),
      (one) => one.subject,
    )) {
      const row = { case: `${images}, ${days} d`, subject };
      const ones = byPatient(own, () => 1);
      rows.push({
        ...row,
        metric: 'NRMSE',
        unit: 'of range',
        ...rootRatio(
          byPatient(own, ({ squaredError }) => squaredError),
          ones,
        ),
      });
      const mse = own.reduce((sum, { squaredError }) => sum + squaredError, 0) / own.length;
      rows.push({ ...row, metric: 'PSNR', unit: 'dB', value: -10 * Math.log10(mse) });
      rows.push({ ...row, metric: 'SSIM', unit: '', ...meanRow(own, ({ ssim }) => ssim) });
      rows.push({
        ...row,
        metric: 'Delta-RMAE',
        unit: '',
        ...ratioOverPatients(
          byPatient(own, ({ changeError }) => changeError),
          byPatient(own, ({ change }) => change),
        ),
      });
      const correlated = own.filter(({ correlation }) => correlation !== null);
      if (correlated.length > 0)
        rows.push({
          ...row,
          metric: 'correlation of change',
          unit: '',
          ...meanRow(correlated, ({ correlation }) => correlation!),
        });
      rows.push({
        ...row,
        metric: 'lesion volume error',
        unit: 'of volume',
        ...meanRow(own, ({ volumeError }) => volumeError),
      });
      rows.push({ ...row, metric: 'Dice', unit: '', ...meanRow(own, ({ dice }) => dice) });
    }
  }
  for (const [plan, own] of Map.groupBy(
    outcomes.flatMap(({ whatIfs }) => whatIfs),
    (one) => one.plan,
  )) {
    const row = { case: `${images}, what-if: ${plan}`, subject: OURS };
    const sums = (of: (one: WhatIf) => number): number[] =>
      [...Map.groupBy(own, ({ patient }) => patient).values()].map((all) => all.reduce((sum, one) => sum + of(one), 0));
    rows.push({
      ...row,
      metric: 'NRMSE',
      unit: 'of range',
      ...rootRatio(
        sums(({ model }) => model),
        sums(() => 1),
      ),
    });
    rows.push({
      ...row,
      subject: 'last image',
      metric: 'NRMSE',
      unit: 'of range',
      ...rootRatio(
        sums(({ last }) => last),
        sums(() => 1),
      ),
    });
    rows.push({
      ...row,
      subject: 'blind to treatment',
      metric: 'NRMSE',
      unit: 'of range',
      ...rootRatio(
        sums(({ blind }) => blind),
        sums(() => 1),
      ),
    });
    const effect = ratioOverPatients(
      sums(({ effectError }) => effectError),
      sums((one) => one.effect),
    );
    rows.push({ ...row, metric: 'error of the effect image', unit: 'of MSE without effect', ...effect });
  }
  for (const { seed, coverage, volumeCoverage, declined, dose } of outcomes) {
    const row = { case: `${images}, seed ${seed}`, subject: OURS };
    rows.push(
      { ...row, metric: 'declined', value: declined, unit: 'of questions' },
      { ...row, metric: 'dose-response sign right in the values', value: dose.valuesRight / dose.pairs, unit: '' },
      {
        ...row,
        metric: 'dose-response without a visible lesion',
        value: dose.invisible / dose.pairs,
        unit: 'of pairs',
      },
    );
    for (const [level, covered] of coverage) {
      const metric = `coverage of ${100 * level} % pixel intervals`;
      rows.push({ ...row, metric, value: covered, unit: 'of pixels' });
    }
    for (const [level, covered] of volumeCoverage) {
      const metric = `coverage of ${100 * level} % volume intervals`;
      rows.push({ ...row, metric, value: covered, unit: 'of volumes' });
    }
  }
  return rows;
}

function targetsOf(images: string, outcomes: readonly Outcome[]): BenchTarget[] {
  const scores = outcomes.flatMap((outcome) => outcome.scores);
  const squares = (subject: string, days: number): number =>
    scores
      .filter((one) => one.subject === subject && one.horizonDays === days)
      .reduce((sum, one) => sum + one.squaredError, 0);
  const whatIfs = outcomes.flatMap((outcome) => outcome.whatIfs);
  const total = (of: (one: WhatIf) => number): number => whatIfs.reduce((sum, one) => sum + of(one), 0);
  const seen = outcomes.reduce((sum, { dose }) => sum + dose.pairs - dose.invisible, 0);
  const right = outcomes.reduce((sum, { dose }) => sum + dose.right, 0);
  const coverageError = (of: (outcome: Outcome) => ReadonlyMap<number, number>): number =>
    Math.max(
      ...[...of(outcomes[0]!).keys()].map((level) =>
        Math.abs(outcomes.reduce((sum, outcome) => sum + of(outcome).get(level)!, 0) / outcomes.length - level),
      ),
    );
  const agreements = outcomes.flatMap((outcome) => outcome.agreements);
  return [
    ...HORIZONS_DAYS.flatMap((days) => [
      targetOf(
        `${images}, ${days} d: NRMSE better than the last image`,
        1 - Math.sqrt(squares(OURS, days) / squares('last image', days)),
        0.16,
        'min',
      ),
      targetOf(
        `${images}, ${days} d: NRMSE relative to linear extrapolation`,
        Math.sqrt(squares(OURS, days) / squares('linear extrapolation', days)),
        0.999,
        'max',
      ),
    ]),
    targetOf(
      `${images}: what-if NRMSE relative to the forecast blind to it`,
      Math.sqrt(total(({ model }) => model) / total(({ blind }) => blind)),
      0.999,
      'max',
    ),
    targetOf(`${images}: dose-response sign right`, right / seen, 0.99, 'min'),
    targetOf(
      `${images}: null interventions with identical bytes`,
      outcomes.filter((one) => one.isNullIdentical).length / outcomes.length,
      1,
      'min',
    ),
    targetOf(
      `${images}: largest error of a predicted lesion's volume against its value`,
      Math.max(...agreements),
      0.02,
      'max',
    ),
    targetOf(
      `${images}: largest error of pixel coverage`,
      coverageError(({ coverage }) => coverage),
      0.02,
      'max',
    ),
    // Of few hundred volumes of some eighty patients; the error of counting alone is two points.
    targetOf(
      `${images}: largest error of the coverage of volumes`,
      coverageError(({ volumeCoverage }) => volumeCoverage),
      0.04,
      'max',
    ),
  ];
}
