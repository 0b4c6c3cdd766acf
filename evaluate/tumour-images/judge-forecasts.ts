import { binOf, type LesionModel } from '../../src/ml/forecasting/image/lesion-model.ts';
import type { LesionObserver } from '../../src/ml/forecasting/image/lesion-observer.ts';
import {
  type LesionPredictor,
  type LesionQuestion,
  volumeRatio,
} from '../../src/ml/forecasting/image/lesion-predictor.ts';
import { type IntervalFactor, volumeScore } from '../../src/ml/forecasting/image/lesion-volume.ts';
import { scaleLesion } from '../../src/ml/forecasting/image/lesion-scaling.ts';
import { tissueOf } from '../../src/ml/forecasting/image/lesion-tissue.ts';
import { isShown, type LockedPrediction, predictLocked } from '../../src/ml/forecasting/image/volume-lock.ts';
import type { LesionRecord } from '../../src/ml/training/lesion-records.ts';
import { answerOf, drawTasks, type LesionTask, questionOf } from '../../src/ml/training/lesion-samples.ts';
import { HORIZONS_DAYS } from '../../src/ml/training/train-lesion-network.ts';
import { BASELINES } from './baselines.ts';
import { type ImageScore, scoreImage } from '../image-series/image-scores.ts';

export const OURS = 'lesion model';
/** The lesion drawn in the size that is forecast, without what the network adds. */
const SCALED = 'scaled lesion alone';
const UNIT_RANGE = { low: 0, width: 1 };

/** A test question with what was answered and what came. */
export interface Answered {
  readonly task: LesionTask;
  readonly question: LesionQuestion;
  readonly prediction: LockedPrediction;
  readonly truth: Float32Array;
  /** Volume in voxels that the values forecast. */
  readonly wanted: number;
  /** The image cannot show that volume: the server answers with the last image and says so. */
  readonly isDeclined: boolean;
}

export interface Opened {
  readonly model: Pick<LesionModel, 'volumes' | 'variables' | 'network' | 'bins'>;
  readonly predictor: LesionPredictor;
  readonly observer: LesionObserver;
}

/** Volume in voxels that the values forecast for a question. */
export const wantedVoxels = ({ task, question }: Pick<Answered, 'task' | 'question'>, unitDays: number): number => {
  const { voxels } = question.history.at(-1)!.lesion;
  const seenMl = task.record.images[task.known.at(-1)!]!.volumeMl;
  const { volume, horizonDays, shrinkage } = question;
  return voxels * volumeRatio(volume, volume.medianMl, seenMl, { horizonDays, unitDays, shrinkage });
};

/** Puts the questions of test patients to the model. */
export async function answerTasks(
  records: readonly LesionRecord[],
  { model, predictor, observer }: Opened,
  tasksPerHorizon: number,
): Promise<Answered[]> {
  const asked = HORIZONS_DAYS.flatMap((days) =>
    records.flatMap((record) =>
      drawTasks(record, [days], tasksPerHorizon, 'test').flatMap((task) => {
        const shrinkage = binOf(model.bins, days)!.shrinkage;
        const question = questionOf(task, model.volumes, model.variables, { frames: model.network.frames, shrinkage });
        return question === null ? [] : [{ task, question }];
      }),
    ),
  );
  const wanted = asked.map((one) => wantedVoxels(one, model.network.unitDays));
  const predictions = await predictLocked(
    predictor,
    observer,
    asked.map(({ question }) => question),
    wanted,
  );
  return asked.map(({ task, question }, row) => ({
    task,
    question,
    prediction: predictions[row]!,
    truth: answerOf(task),
    wanted: wanted[row]!,
    isDeclined: !isShown(predictions[row]!, wanted[row]!),
  }));
}

/** A score with what it is of, and how the lesion compares. */
export interface LesionScore extends ImageScore {
  readonly patient: string;
  readonly subject: string;
  readonly horizonDays: number;
  /** Relative error of the lesion's volume, and the overlap of outlines. */
  readonly volumeError: number;
  readonly dice: number;
}

/** Scores of the model and of every baseline on the same questions. */
export async function scoreAnswers(answered: readonly Answered[], observer: LesionObserver): Promise<LesionScore[]> {
  const scores: LesionScore[] = [];
  for (const { task, question, prediction, truth, isDeclined } of answered) {
    const { shape, patient } = task.record;
    const last = question.history.at(-1)!;
    const images: [string, Float32Array][] = [
      ...Object.entries(BASELINES).map(([subject, of]): [string, Float32Array] => [subject, of(question, shape)]),
      [SCALED, scaleLesion(last, prediction.ratio, tissueOf(question.history, shape), shape).image],
      [OURS, isDeclined ? last.image : prediction.image],
    ];
    const real = await observer.observe(truth, UNIT_RANGE, last.lesion);
    for (const [subject, image] of images) {
      const found = await observer.observe(image, UNIT_RANGE, last.lesion);
      scores.push({
        ...scoreImage(image, { last: last.image, truth, shape }),
        ...compareLesions(found.share, real.share),
        patient: patient.key,
        subject,
        horizonDays: task.horizonDays,
      });
    }
  }
  return scores;
}

function compareLesions(found: Float32Array, truth: Float32Array): Pick<LesionScore, 'volumeError' | 'dice'> {
  let [overlap, seen, real] = [0, 0, 0];
  for (let voxel = 0; voxel < truth.length; voxel++) {
    overlap += Math.min(found[voxel]!, truth[voxel]!);
    seen += found[voxel]!;
    real += truth[voxel]!;
  }
  return {
    volumeError: real > 0 ? Math.abs(seen / real - 1) : 0,
    dice: seen + real > 0 ? (2 * overlap) / (seen + real) : 1,
  };
}

/** Share of pixels within their intervals, by coverage, over the answers that were not declined. */
export function coverageOf(answered: readonly Answered[], bins: LesionModel['bins']): Map<number, number> {
  const inside = new Map<number, number>();
  let count = 0;
  for (const { task, prediction, truth, isDeclined } of answered) {
    if (isDeclined) continue;
    count += truth.length;
    for (const { coverage, factor } of binOf(bins, task.horizonDays)!.factors) {
      let covered = 0;
      for (let voxel = 0; voxel < truth.length; voxel++) {
        const half = factor * Math.max(1e-6, prediction.scale[voxel]!);
        if (Math.abs(truth[voxel]! - prediction.image[voxel]!) <= half) covered++;
      }
      inside.set(coverage, (inside.get(coverage) ?? 0) + covered);
    }
  }
  return new Map([...inside].map(([coverage, covered]) => [coverage, covered / count]));
}

/** Share of volumes within their intervals, by coverage, over the answers that were not declined. */
export function volumeCoverageOf(
  answered: readonly Answered[],
  { bins, voxelMl }: Pick<LesionModel, 'bins' | 'voxelMl'>,
): Map<number, number> {
  const shown = answered.filter(({ isDeclined }) => !isDeclined);
  const isWithin = (
    { task, question: { volume }, wanted }: Answered,
    { coverage, factor }: IntervalFactor,
  ): boolean => {
    const seenMl = task.record.images[task.target]!.volumeMl;
    return volumeScore(volume, coverage, { forecastMl: wanted * voxelMl, seenMl, voxelMl }) <= factor;
  };
  return new Map(
    bins[0]!.volumeFactors.map(({ coverage }, place) => {
      const within = shown.filter((one) => isWithin(one, binOf(bins, one.task.horizonDays)!.volumeFactors[place]!));
      return [coverage, within.length / shown.length];
    }),
  );
}
