import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compileTrainStep } from '../../../src/ml/engine/compile-train-step.ts';
import { adam } from '../../../src/ml/engine/optimisers.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/ml/engine/weights/checkpoint.ts';
import { encodeSafetensors } from '../../../src/ml/engine/weights/safetensors.ts';
import { convLstm, initialParameters, squaredError } from '../../support/reference-networks.ts';
import { randomArray, relativeDifference } from '../../support/random-array.ts';

const network = convLstm({ hidden: 4, encoded: 3 });
const options = {
  parameters: Object.fromEntries(Object.entries(network.parameters).map(([name, shape]) => [name, { shape }])),
  batch: { x: { shape: [1, 2, 8, 8, 1] }, target: { shape: [1, 8, 8, 1] } },
  averageDecay: 0.99,
};
const RATE = { learningRate: 1e-2 };
const batchOf = (step: number): { x: Float32Array; target: Float32Array } => {
  const [level] = randomArray(1, step + 1);
  return { x: new Float32Array(128).fill(level!), target: new Float32Array(64).fill(0.5 * level!) };
};

describe('a training run', () => {
  test('has the losses of eager tfjs, and learns', async () => {
    const step = await compileTrainStep(squaredError(network), adam(), options);
    const state = step.start(initialParameters(network));
    const losses: number[] = [];
    for (let index = 0; index < 300; index++) losses.push((await step.run(state, batchOf(index), RATE))['loss']!);
    await tf.setBackend('cpu');
    const variables = Object.fromEntries(
      Object.entries(initialParameters(network)).map(([name, data]) => [
        name,
        tf.variable(tf.tensor(data, [...network.parameters[name]!])),
      ]),
    );
    const reference = tf.train.adam(RATE.learningRate, 0.9, 0.999, 1e-8);
    const expected = Array.from({ length: 20 }, (_, index) => {
      const { x, target } = batchOf(index);
      const batch = { x: tf.tensor(x, [1, 2, 8, 8, 1]), target: tf.tensor(target, [1, 8, 8, 1]) };
      return reference.minimize(() => squaredError(network)(variables, batch).loss as tf.Scalar, true)!.dataSync()[0]!;
    });
    expect(relativeDifference(losses.slice(0, 20), expected)).toBeLessThan(1e-4);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.5 * mean(losses.slice(0, 20)));
    await step.dispose();
  });

  test('goes on from a checkpoint bit for bit', async () => {
    const step = await compileTrainStep(squaredError(network), adam(), options);
    const whole = step.start(initialParameters(network));
    for (let index = 0; index < 10; index++) await step.run(whole, batchOf(index), RATE);
    const half = step.start(initialParameters(network));
    for (let index = 0; index < 5; index++) await step.run(half, batchOf(index), RATE);
    const resumed = decodeCheckpoint(step, encodeCheckpoint(step, half));
    expect(resumed.step).toBe(5);
    for (let index = 5; index < 10; index++) await step.run(resumed, batchOf(index), RATE);
    expect(encodeCheckpoint(step, resumed)).toEqual(encodeCheckpoint(step, whole));
    await step.dispose();
  });

  test('does not go on from the checkpoint of another', async () => {
    const step = await compileTrainStep(squaredError(network), adam(), options);
    const foreign = encodeSafetensors(
      new Map([['parameters/w1', { dtype: 'float32', shape: [1], data: new Float32Array(1) }]]),
    );
    expect(() => decodeCheckpoint(step, foreign)).toThrow(
      /which step it is of[^]*parameters\/w1 should be float32 \[3,3,7,16\], found float32 \[1\][^]*mean\/w1 is missing/,
    );
    await step.dispose();
  });
});
