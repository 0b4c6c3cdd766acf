import { readFile } from 'node:fs/promises';
import { FaultError } from '../../errors.ts';
import { compileTrainStep, type Batch, type TrainStep } from '../engine/compile-train-step.ts';
import { compile } from '../engine/compile.ts';
import type { ArraySpec, TypedArray } from '../engine/graph.ts';
import { adamW } from '../engine/optimisers.ts';
import type { Loss } from '../engine/training-function.ts';
import { writeWhole } from '../engine/weights/weights-file.ts';
import { type Parameters, startingValues } from '../forecasting/image/layers.ts';
import { type CurvePoint, decodeProgress, encodeProgress, type TrainingProgress } from './training-checkpoint.ts';
import { learningRateAt } from './training-schedule.ts';

export interface TrainingPlan {
  readonly parameters: Parameters;
  readonly loss: Loss;
  readonly inputs: Readonly<Record<string, ArraySpec>>;
  /** The batch of a step: a pure function of its number, so that a run can be continued. */
  readonly batchAt: (step: number) => Batch | Promise<Batch>;
  /** Judged by their mean loss; of the same shapes as a batch. */
  readonly validation: readonly Batch[];
  readonly steps: number;
  readonly learningRate: number;
  /** Steps between two validations. */
  readonly every: number;
  /** Validations without a better one before the run ends. */
  readonly patience: number;
  readonly seed: number;
  /** Names settings and data: a checkpoint is continued by the same plan alone. */
  readonly identity: string;
  /** Kept up to date after every validation, and continued from where it exists; none when left out. */
  readonly checkpoint?: string;
  readonly threads?: number;
}

export interface TrainingReport {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
  readonly point: CurvePoint | null;
}

export interface TrainedWeights {
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly bestStep: number;
  readonly steps: number;
  readonly curve: readonly CurvePoint[];
  readonly isStoppedEarly: boolean;
}

/** Share of the old weights in their moving average, which is what is validated and kept. */
const AVERAGE_DECAY = 0.98;

/**
 * Trains with AdamW, gradients clipped to norm 1, early stopping on the validation loss of the averaged weights. Ended by
 * `signal` between two steps it leaves a checkpoint, from which the same plan continues bit for bit.
 * @param report called after each step. @throws the signal's reason; {@link FaultError} where the loss is no number.
 */
export async function runTraining(
  plan: TrainingPlan,
  report: (progress: TrainingReport) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<TrainedWeights> {
  const { parameters, inputs, threads = 1 } = plan;
  const specs = Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, { shape }]));
  const options = { clipNorm: 1, averageDecay: AVERAGE_DECAY, threads };
  const step = await compileTrainStep(plan.loss, adamW({ weightDecay: 1e-4 }), {
    parameters: specs,
    batch: inputs,
    ...options,
  });
  const judge = await compile((all) => ({ loss: plan.loss(all, all).loss }), { ...inputs, ...specs }, { threads });
  try {
    const run = await startOrContinue(plan, step);
    const batchSize = Object.values(inputs)[0]!.shape[0]!;
    let seconds = 0;
    let isStoppedEarly = isExhausted(run, plan);
    const save = async (): Promise<void> => {
      if (plan.checkpoint !== undefined) await writeWhole(plan.checkpoint, encodeProgress(step, run, plan.identity));
    };
    const first = run.state.step;
    while (run.state.step < plan.steps && !isStoppedEarly) {
      if (signal.aborted) {
        await save();
        throw signal.reason;
      }
      const started = performance.now();
      const at = run.state.step;
      const losses = await step.run(run.state, await plan.batchAt(at), {
        learningRate: learningRateAt(at, plan.steps, plan.learningRate),
      });
      const loss = losses['loss']!;
      if (!Number.isFinite(loss)) throw new FaultError(`the loss of step ${at} is ${loss}; lower the learning rate`);
      run.pending = { sum: run.pending.sum + loss, count: run.pending.count + 1 };
      seconds += (performance.now() - started) / 1000;
      const isLast = run.state.step === plan.steps;
      let point: CurvePoint | null = null;
      if (run.state.step % plan.every === 0 || isLast) {
        point = await validate(run, judge.run.bind(judge), plan);
        isStoppedEarly = isExhausted(run, plan);
        await save();
      }
      const perStep = seconds / (run.state.step - first);
      report({
        step: run.state.step,
        steps: plan.steps,
        loss,
        imagesPerSecond: batchSize / perStep,
        secondsLeft: (plan.steps - run.state.step) * perStep,
        point,
      });
    }
    return { weights: run.best, bestStep: run.bestStep, steps: run.state.step, curve: run.curve, isStoppedEarly };
  } finally {
    await step.dispose();
    await judge.dispose();
  }
}

/** A run under way. */
type Run = { -readonly [Key in keyof TrainingProgress]: TrainingProgress[Key] };

async function startOrContinue(plan: TrainingPlan, step: TrainStep): Promise<Run> {
  if (plan.checkpoint !== undefined) {
    const bytes = await readFile(plan.checkpoint).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (bytes !== null) return decodeProgress(step, bytes, plan.identity);
  }
  const start = startingValues(plan.parameters, plan.seed);
  return { state: step.start(start), best: start, bestStep: 0, curve: [], pending: { sum: 0, count: 0 } };
}

async function validate(
  run: Run,
  judge: (inputs: Readonly<Record<string, TypedArray>>) => Promise<Record<string, Float32Array>>,
  plan: TrainingPlan,
): Promise<CurvePoint> {
  const weights = Object.fromEntries(
    Object.keys(plan.parameters).map((name) => [name, run.state.arrays[`average/${name}`]!]),
  );
  let sum = 0;
  for (const batch of plan.validation) sum += (await judge({ ...batch, ...weights }))['loss']![0]!;
  const point = {
    step: run.state.step,
    trainingLoss: run.pending.sum / Math.max(1, run.pending.count),
    validationLoss: sum / plan.validation.length,
  };
  const isBest = run.curve.every(({ validationLoss }) => point.validationLoss < validationLoss);
  if (isBest) {
    // A later step overwrites the state's memory.
    run.best = Object.fromEntries(Object.entries(weights).map(([name, array]) => [name, array.slice()]));
    run.bestStep = point.step;
  }
  run.curve = [...run.curve, point];
  run.pending = { sum: 0, count: 0 };
  return point;
}

const isExhausted = ({ curve, bestStep }: Run, { patience }: TrainingPlan): boolean =>
  curve.filter(({ step }) => step > bestStep).length >= patience;
