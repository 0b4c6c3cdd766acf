import { sizeOf } from '../engine/graph.ts';
import type { Batch } from '../engine/compile-train-step.ts';
import { imageNetworkParameters } from '../forecasting/image/image-network.ts';
import type { Standardisation } from '../forecasting/image/lesion-model.ts';
import { lesionInputs, volumeRatio } from '../forecasting/image/lesion-predictor.ts';
import type { NetworkSettings } from '../forecasting/image/network-settings.ts';
import { channelsLast } from '../forecasting/image/region-of-interest.ts';
import type { PopulationModel } from '../forecasting/personal/population-model.ts';
import { randomStream } from '../cohorts/random-stream.ts';
import { imageLoss, LOSS_WEIGHTS, trainingInputs } from './image-loss.ts';
import type { LesionRecord } from './lesion-records.ts';
import { answerOf, drawTasks, type LesionTask, questionOf, standardised } from './lesion-samples.ts';
import { runTraining, type TrainedWeights, type TrainingReport } from './training-run.ts';
import { horizonLimitAt } from './training-schedule.ts';

const BATCH = 8;
export const HORIZONS_DAYS = [7, 14, 28, 56] as const;

export interface LesionTraining {
  readonly settings: NetworkSettings;
  readonly volumes: PopulationModel;
  readonly standards: readonly Standardisation[];
  readonly train: readonly LesionRecord[];
  readonly validation: readonly LesionRecord[];
  readonly tasksPerPatient: number;
  readonly steps: number;
  readonly seed: number;
  readonly identity: string;
  readonly checkpoint?: string;
}

/** Everything that one task teaches, one row of each input. */
type Row = Readonly<Record<string, Float32Array>>;

/**
 * Trains the network on the windows around lesions: the lesion at the volume that the personal layer forecasts is its start,
 * the real later image its target. Horizons grow over the first steps.
 */
export async function trainLesionNetwork(
  training: LesionTraining,
  report?: (progress: TrainingReport) => void,
): Promise<TrainedWeights> {
  const { settings, steps, seed, tasksPerPatient } = training;
  const tasksOf = (records: readonly LesionRecord[], count: number): LesionTask[] =>
    records.flatMap((record) => drawTasks(record, HORIZONS_DAYS, count, seed));
  const train = tasksOf(training.train, tasksPerPatient);
  const rows = new Map<LesionTask, Row | null>();
  const rowOf = (task: LesionTask): Row | null => {
    if (!rows.has(task)) rows.set(task, trainingRow(task, training));
    return rows.get(task)!;
  };
  const batchOf = (tasks: readonly LesionTask[], name: number | string): Batch => {
    const random = randomStream(seed, 'lesion-batch', name);
    const chosen: Row[] = [];
    while (chosen.length < BATCH) {
      const row = rowOf(tasks[random.index(tasks.length)]!);
      if (row !== null) chosen.push(row);
    }
    const specs = trainingInputs(settings, BATCH);
    return Object.fromEntries(
      Object.entries(specs).map(([key, { shape }]) => {
        const all = new Float32Array(sizeOf(shape));
        chosen.forEach((row, index) => all.set(row[key]!, index * row[key]!.length));
        return [key, all];
      }),
    );
  };
  const shortest = HORIZONS_DAYS[0];
  const longest = HORIZONS_DAYS.at(-1)!;
  const validation = tasksOf(training.validation, Math.max(2, Math.round(64 / training.validation.length)));
  return runTraining(
    {
      parameters: imageNetworkParameters(settings),
      loss: imageLoss(settings, { ...LOSS_WEIGHTS, similarity: 0.05, values: 0.05 }),
      inputs: trainingInputs(settings, BATCH),
      batchAt: (step) => {
        const limit = horizonLimitAt(step, steps, shortest, longest);
        return batchOf(
          train.filter(({ horizonDays }) => horizonDays <= limit),
          step,
        );
      },
      validation: Array.from({ length: 8 }, (_, index) => batchOf(validation, `validation ${index}`)),
      steps,
      learningRate: 3e-3,
      every: Math.max(20, Math.round(steps / 12)),
      patience: 5,
      seed,
      identity: training.identity,
      ...(training.checkpoint === undefined ? {} : { checkpoint: training.checkpoint }),
    },
    report,
  );
}

function trainingRow(task: LesionTask, { settings, volumes, standards }: LesionTraining): Row | null {
  const { record, known, target, horizonDays } = task;
  const question = questionOf(task, volumes, standards, { frames: settings.frames });
  if (question === null) return null;
  const { volume } = question;
  const seen = record.images[known.at(-1)!]!.volumeMl;
  const ratio = volumeRatio(volume, volume.medianMl, seen, { horizonDays, unitDays: settings.unitDays, shrinkage: 1 });
  const { inputs } = lesionInputs(settings, question, ratio, record.shape);
  const truth = channelsLast(answerOf(task), record.shape);
  const before = standardised(record, known.at(-1)!, standards);
  const after = standardised(record, target, standards);
  // The volume has its own model; the EHR head is about the others.
  const changes = after.slice(1).map(({ value }, index) => value - before[index + 1]!.value);
  return {
    ...inputs,
    target: truth,
    weight: new Float32Array(truth.length).fill(1),
    valueTargets: Float32Array.from(changes),
    valueMask: new Float32Array(changes.length).fill(1),
  };
}
