import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs';
import { compileTrainStep, type TrainState, type TrainStep } from '../../src/ml/engine/compile-train-step.ts';
import { adam } from '../../src/ml/engine/optimisers.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/ml/engine/weights/checkpoint.ts';
import { createWorkerThreads } from '../../src/ml/worker-threads.ts';
import { convLstm, initialParameters, squaredError } from '../../test/support/reference-networks.ts';
import { randomArray, relativeDifference } from '../../test/support/random-array.ts';

/** A ConvLSTM small enough that eager tfjs follows it. */
const network = convLstm({ hidden: 8, encoded: 8 });
const X = [1, 3, 16, 16, 1];
const TARGET = [1, 16, 16, 1];
const RATE = { learningRate: 3e-3 };

/** An image that grows brighter at its own rate; the target is the next one. */
function batchOf(step: number): { x: Float32Array; target: Float32Array } {
  const base = randomArray(256, step + 1, 0.5);
  const [rate] = randomArray(1, step + 7);
  const frame = (time: number): Float32Array => base.map((value) => value * 0.2 + rate! * time * 0.2);
  const x = new Float32Array(3 * 256);
  for (const time of [0, 1, 2]) x.set(frame(time), time * 256);
  return { x, target: frame(3) };
}

const open = (): Promise<TrainStep> =>
  compileTrainStep(squaredError(network), adam(), {
    parameters: Object.fromEntries(Object.entries(network.parameters).map(([name, shape]) => [name, { shape }])),
    batch: { x: { shape: X }, target: { shape: TARGET } },
  });

async function advance(step: TrainStep, state: TrainState, until: number): Promise<number[]> {
  const losses: number[] = [];
  while (state.step < until) losses.push((await step.run(state, batchOf(state.step), RATE))['loss']!);
  return losses;
}

export interface TrainingRun {
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** Largest difference of the losses of the first 50 steps from eager tfjs, in parts of the largest. */
  readonly difference: number;
  readonly isResumedExactly: boolean;
}

/** 2,000 steps; the first 50 again in eager tfjs; and again from a checkpoint at half way. */
export async function trainAndResume(steps: number): Promise<TrainingRun> {
  const step = await open();
  const state = step.start(initialParameters(network));
  const losses = await advance(step, state, steps / 2);
  const resumed = decodeCheckpoint(step, encodeCheckpoint(step, state));
  losses.push(...(await advance(step, state, steps)));
  await advance(step, resumed, steps);
  const isResumedExactly = Buffer.from(encodeCheckpoint(step, resumed)).equals(encodeCheckpoint(step, state));
  await step.dispose();
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    firstLoss: mean(losses.slice(0, 50)),
    lastLoss: mean(losses.slice(-50)),
    difference: relativeDifference(losses.slice(0, 50), await eagerLosses(50)),
    isResumedExactly,
  };
}

async function eagerLosses(steps: number): Promise<number[]> {
  await tf.setBackend('cpu');
  const initial = Object.entries(initialParameters(network));
  const variables = Object.fromEntries(
    initial.map(([name, data]) => [name, tf.variable(tf.tensor(data, [...network.parameters[name]!]))]),
  );
  const optimiser = tf.train.adam(RATE.learningRate, 0.9, 0.999, 1e-8);
  return Array.from({ length: steps }, (_, step) => {
    const { x, target } = batchOf(step);
    const batch = { x: tf.tensor(x, X), target: tf.tensor(target, TARGET) };
    return optimiser.minimize(() => squaredError(network)(variables, batch).loss as tf.Scalar, true)!.dataSync()[0]!;
  });
}

/** Resident memory after a tenth of the steps and after all of them, MiB. */
export async function memoryOver(steps: number): Promise<{ early: number; late: number }> {
  const step = await open();
  const state = step.start(initialParameters(network));
  const resident = (): number => process.memoryUsage.rss() / 2 ** 20;
  await advance(step, state, steps / 10);
  const early = resident();
  await advance(step, state, steps);
  const late = resident();
  await step.dispose();
  return { early, late };
}

/** How late timers of this thread are while a worker thread trains, milliseconds. */
export async function eventLoopDelay(steps: number): Promise<{ median: number; p99: number; stepMs: number }> {
  const threads = createWorkerThreads({ threads: 1 });
  const task = new URL('./train-task.ts', import.meta.url);
  const { signal } = new AbortController();
  await threads.run(task, { steps: 1 }, { signal });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  await threads.run(task, { steps }, { signal });
  const stepMs = (performance.now() - start) / steps;
  delay.disable();
  await threads.close();
  return { median: delay.percentile(50) / 1e6 - 5, p99: delay.percentile(99) / 1e6 - 5, stepMs };
}
