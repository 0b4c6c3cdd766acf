import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { compileTrainStep, type TrainStepOptions } from '../../../src/ml/engine/compile-train-step.ts';
import { adam, adamW, sgd } from '../../../src/ml/engine/optimisers.ts';
import type { Loss } from '../../../src/ml/engine/training-function.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import { convLstm, initialParameters, squaredError } from '../../support/reference-networks.ts';
import { randomArray, relativeDifference } from '../../support/random-array.ts';

const network = convLstm({ hidden: 4, encoded: 3 });
const PARAMETERS = Object.fromEntries(Object.entries(network.parameters).map(([name, shape]) => [name, { shape }]));
const BATCH = { x: { shape: [2, 2, 8, 8, 1] }, target: { shape: [2, 8, 8, 1] } };
const OPTIONS: TrainStepOptions = { parameters: PARAMETERS, batch: BATCH };
const batchOf = (seed: number): { x: Float32Array; target: Float32Array } => ({
  x: randomArray(256, seed),
  target: randomArray(128, seed + 1),
});
const RATE = { learningRate: 1e-2 };

/** The same training by the optimisers of tfjs itself, on its cpu backend. */
async function trainEagerly(
  optimiser: tf.Optimizer,
  steps: number,
): Promise<{ losses: number[]; parameters: Record<string, Float32Array> }> {
  await tf.setBackend('cpu');
  const variables = Object.fromEntries(
    Object.entries(initialParameters(network)).map(([name, data]) => [
      name,
      tf.variable(tf.tensor(data, [...network.parameters[name]!])),
    ]),
  );
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { x, target } = batchOf(step * 2);
    const batch = { x: tf.tensor(x, [2, 2, 8, 8, 1]), target: tf.tensor(target, [2, 8, 8, 1]) };
    const loss = optimiser.minimize(() => squaredError(network)(variables, batch).loss as tf.Scalar, true);
    losses.push(loss!.dataSync()[0]!);
  }
  return {
    losses,
    parameters: Object.fromEntries(
      Object.entries(variables).map(([name, variable]) => [name, variable.dataSync<'float32'>()]),
    ),
  };
}

describe('a compiled training step', () => {
  test.each([
    ['Adam', adam(), () => tf.train.adam(RATE.learningRate, 0.9, 0.999, 1e-8)],
    ['SGD with momentum', sgd({ momentum: 0.9 }), () => tf.train.momentum(RATE.learningRate, 0.9)],
    ['SGD', sgd(), () => tf.train.sgd(RATE.learningRate)],
  ])('follows the optimiser of tfjs: %s', async (_, optimiser, reference) => {
    const step = await compileTrainStep(squaredError(network), optimiser, OPTIONS);
    const state = step.start(initialParameters(network));
    const losses: number[] = [];
    for (let index = 0; index < 5; index++) losses.push((await step.run(state, batchOf(index * 2), RATE))['loss']!);
    const expected = await trainEagerly(reference(), 5);
    expect(relativeDifference(losses, expected.losses)).toBeLessThan(1e-5);
    for (const [name, data] of Object.entries(expected.parameters)) {
      expect(relativeDifference(state.arrays[`parameters/${name}`]!, data)).toBeLessThan(2e-4);
    }
    await step.dispose();
  });

  // One weight, loss = w * x: the gradient is x, so that every rule can be computed by hand.
  const line = { parameters: { w: { shape: [1, 2] } }, batch: { x: { shape: [1, 2] } } };
  const product = (
    p: Readonly<Record<string, tf.Tensor>>,
    b: Readonly<Record<string, tf.Tensor>>,
  ): { loss: tf.Tensor } => ({ loss: tf.sum(tf.mul(p['w']!, b['x']!)) });
  const weights = { w: Float32Array.of(2, -1) };

  test('clips the norm of all gradients, and the value of each', async () => {
    const byNorm = await compileTrainStep(product, sgd(), { ...line, clipNorm: 1 });
    const state = byNorm.start(weights);
    await byNorm.run(state, { x: Float32Array.of(3, 4) }, { learningRate: 1 });
    expect([...state.arrays['parameters/w']!]).toEqual([expect.closeTo(1.4, 5), expect.closeTo(-1.8, 5)]);
    const byValue = await compileTrainStep(product, sgd(), { ...line, clipValue: 0.5 });
    const other = byValue.start(weights);
    await byValue.run(other, { x: Float32Array.of(3, 0.25) }, { learningRate: 1 });
    expect([...other.arrays['parameters/w']!]).toEqual([1.5, -1.25]);
  });

  test('decays weights apart from the gradient (AdamW), and not what is left out', async () => {
    const still = { x: Float32Array.of(0, 0) };
    const step = await compileTrainStep(product, adamW({ weightDecay: 0.1 }), line);
    const state = step.start(weights);
    await step.run(state, still, { learningRate: 0.5 });
    expect([...state.arrays['parameters/w']!]).toEqual([expect.closeTo(1.9, 6), expect.closeTo(-0.95, 6)]);
    const spared = await compileTrainStep(product, adamW({ weightDecay: 0.1 }), { ...line, decays: () => false });
    const other = spared.start(weights);
    await spared.run(other, still, { learningRate: 0.5 });
    expect([...other.arrays['parameters/w']!]).toEqual([2, -1]);
  });

  test('keeps an exponential moving average of the weights', async () => {
    const step = await compileTrainStep(product, sgd(), { ...line, averageDecay: 0.75 });
    const state = step.start(weights);
    await step.run(state, { x: Float32Array.of(4, 8) }, { learningRate: 1 });
    expect([...state.arrays['parameters/w']!]).toEqual([-2, -9]);
    expect([...state.arrays['average/w']!]).toEqual([1, -3]);
  });

  test('over accumulated batches equals a step over all of them at once', async () => {
    const whole = await compileTrainStep(squaredError(network), adam(), OPTIONS);
    const half = { x: { shape: [1, 2, 8, 8, 1] }, target: { shape: [1, 8, 8, 1] } };
    const parts = await compileTrainStep(squaredError(network), adam(), { ...OPTIONS, batch: half, accumulate: 2 });
    const [a, b] = [whole.start(initialParameters(network)), parts.start(initialParameters(network))];
    for (let index = 0; index < 3; index++) {
      const { x, target } = batchOf(index * 2);
      const halves = [0, 1].map((part) => ({
        x: x.slice(part * 128, part * 128 + 128),
        target: target.slice(part * 64, part * 64 + 64),
      }));
      const one = await whole.run(a, { x, target }, RATE);
      const two = await parts.run(b, halves, RATE);
      expect(two['loss']).toBeCloseTo(one['loss']!, 5);
    }
    for (const name of Object.keys(a.arrays))
      expect(relativeDifference(b.arrays[name]!, a.arrays[name]!)).toBeLessThan(1e-3);
    await expect(parts.run(b, batchOf(0), RATE)).rejects.toThrow('one update takes 2 batches, found 1');
  });

  const threads = createWorkerThreads({ threads: 2 });
  afterAll(() => threads.close());
  const FIVE = { x: { shape: [5, 2, 8, 8, 1] }, target: { shape: [5, 8, 8, 1] }, gain: { shape: [] } };
  const five = (seed: number): Record<string, Float32Array> => ({
    x: randomArray(640, seed),
    target: randomArray(320, seed + 1),
    gain: Float32Array.of(1.5),
  });
  const scaledError: Loss = (p, b) => ({ loss: tf.mul(squaredError(network)(p, b).loss, b['gain']!) });

  test.each([
    ['of uneven parts', 2, 1],
    ['of uneven parts, accumulated', 2, 2],
    ['of single examples, in fewer threads', 5, 1],
  ])('by replicas equals the step of one thread: %s', async (_, count, accumulate) => {
    const options = { ...OPTIONS, batch: FIVE, accumulate };
    const alone = await compileTrainStep(scaledError, adam(), options);
    const together = await compileTrainStep(scaledError, adam(), { ...options, replicas: { count, threads } });
    const states = [alone, together, together].map((step) => step.start(initialParameters(network)));
    for (let index = 0; index < 3; index++) {
      const batches = Array.from({ length: accumulate }, (_, part) => five(10 * index + 2 * part));
      const losses = [];
      for (const [at, step] of [alone, together, together].entries()) {
        losses.push((await step.run(states[at]!, batches, RATE))['loss']!);
      }
      expect(losses[1]).toBeCloseTo(losses[0]!, 5);
    }
    for (const [name, expected] of Object.entries(states[0]!.arrays)) {
      expect(relativeDifference(states[1]!.arrays[name]!, expected)).toBeLessThan(1e-3);
    }
    // The same number of replicas gives the same bytes.
    expect(states[2]!.arrays).toEqual(states[1]!.arrays);
    await Promise.all([alone.dispose(), together.dispose()]);
  });

  test('by replicas refuses a batch that cannot be divided, and outlives a faulty one', async () => {
    const open = (count: number, batch: TrainStepOptions['batch']): Promise<unknown> =>
      compileTrainStep(scaledError, sgd(), { parameters: PARAMETERS, batch, replicas: { count, threads } });
    await expect(open(6, FIVE)).rejects.toThrow(
      'replicas must be an integer from 1 to the extent of the batch, 5; found 6',
    );
    await expect(open(2, { ...FIVE, target: { shape: [4, 8, 8, 1] } })).rejects.toThrow(
      'a batch for replicas must have one extent on its first axis, found 5, 4',
    );
    const replicas = { count: 2, threads };
    const step = await compileTrainStep(scaledError, sgd(), { parameters: PARAMETERS, batch: FIVE, replicas });
    const state = step.start(initialParameters(network));
    await expect(step.run(state, { ...five(1), x: new Float32Array(3) }, RATE)).rejects.toThrow(
      'input batch/x must be Float32Array of 640 elements [5,2,8,8,1], found Float32Array of 3',
    );
    expect(state.step).toBe(0);
    expect(await step.run(state, five(1), RATE)).toEqual({ loss: expect.any(Number) });
  });

  test('gives the same bytes for the same start, and other bytes for another', async () => {
    const run = async (seed: number): Promise<Buffer[]> => {
      const step = await compileTrainStep(squaredError(network), adam(), { ...OPTIONS, threads: 2 });
      const state = step.start(initialParameters(network));
      for (let index = 0; index < 4; index++) await step.run(state, batchOf(seed + index), RATE);
      await step.dispose();
      return Object.values(state.arrays).map((array) => Buffer.from(array.buffer.slice(0)));
    };
    const [first, second, third] = [await run(1), await run(1), await run(2)];
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  test('leaves no tensor behind when it is compiled', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    const step = await compileTrainStep(product, adam(), line);
    expect(tf.memory().numTensors).toBe(before);
    await step.dispose();
  });

  test('names the parameters that the loss does not depend on', async () => {
    const unused = { ...line, parameters: { ...line.parameters, idle: { shape: [3] } } };
    await expect(compileTrainStep(product, sgd(), unused)).rejects.toThrow(
      'the loss does not depend on the parameters idle',
    );
  });

  test('refuses parameters that are not numbers', async () => {
    const step = await compileTrainStep(product, sgd(), line);
    expect(() => step.start({ w: Float32Array.of(1, NaN) })).toThrow('parameter w has elements that are not finite');
    expect(() => step.start({ w: Float32Array.of(1) })).toThrow(
      'parameter w must be Float32Array of 2 elements [1,2], found Float32Array of 1',
    );
  });
});
