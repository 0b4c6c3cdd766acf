import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tf from '../../../src/ml/engine/tensorflow.ts';
import type { Parameters } from '../../../src/ml/forecasting/image/layers.ts';
import { splitByPatient } from '../../../src/ml/training/patient-split.ts';
import { progressLine } from '../../../src/ml/training/progress-line.ts';
import { readModel, registerModel } from '../../../src/ml/training/trained-model.ts';
import { runTraining, type TrainingPlan, type TrainingReport } from '../../../src/ml/training/training-run.ts';
import { horizonLimitAt, learningRateAt } from '../../../src/ml/training/training-schedule.ts';
import { randomArray } from '../../support/random-array.ts';

const PARAMETERS: Parameters = {
  hidden: { shape: [3, 8], start: 'fan-in' },
  bias: { shape: [8], start: 0 },
  out: { shape: [8, 1], start: 'fan-in' },
};
const BATCH = 16;

/** y = sin of a linear function: something that these weights can learn. */
const batchOf = (step: number, sign = 1): Record<string, Float32Array> => {
  const x = randomArray(BATCH * 3, step + 1, 1);
  const y = Float32Array.from({ length: BATCH }, (_, row) => sign * Math.sin(x[3 * row]! - 2 * x[3 * row + 1]!));
  return { x, y };
};

const PLAN: TrainingPlan = {
  parameters: PARAMETERS,
  loss: (p, { x, y }) => {
    const inner = tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, p['hidden'] as tf.Tensor2D), p['bias']!));
    const error = tf.sub(tf.matMul(inner as tf.Tensor2D, p['out'] as tf.Tensor2D), y!);
    return { loss: tf.mean(tf.square(error)) };
  },
  inputs: { x: { shape: [BATCH, 3] }, y: { shape: [BATCH, 1] } },
  batchAt: (step) => batchOf(step),
  validation: [batchOf(1001), batchOf(1002)],
  steps: 60,
  learningRate: 0.02,
  every: 10,
  patience: 6,
  seed: 3,
  identity: 'sine/1',
};

let folder = '';
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'sequela-training-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytesOf = (weights: Readonly<Record<string, Float32Array>>): string =>
  Object.keys(PARAMETERS)
    .map((name) =>
      Buffer.from(weights[name]!.buffer, weights[name]!.byteOffset, weights[name]!.byteLength).toString('hex'),
    )
    .join();

describe('a training run', () => {
  test('learns, and reports every step with its speed and what is left', async () => {
    const reports: TrainingReport[] = [];
    const { curve, bestStep, steps, isStoppedEarly } = await runTraining(PLAN, (report) => reports.push(report));
    expect(steps).toBe(60);
    expect(isStoppedEarly).toBe(false);
    expect(curve.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(curve.at(-1)!.validationLoss).toBeLessThan(0.5 * curve[0]!.validationLoss);
    expect(curve.find(({ step }) => step === bestStep)!.validationLoss).toBe(
      Math.min(...curve.map(({ validationLoss }) => validationLoss)),
    );
    expect(reports).toHaveLength(60);
    expect(reports.at(-1)!.secondsLeft).toBe(0);
    expect(progressLine('sine', { ...reports[29]!, imagesPerSecond: 40.04, secondsLeft: 75, loss: 0.5 })).toBe(
      'sine [############............] 30/60  loss 0.5000  40.0 images/s  1:15 left',
    );
  });

  test('that was interrupted continues bit for bit, and not by another plan', async () => {
    const whole = await runTraining(PLAN);
    const checkpoint = join(folder, 'run.safetensors');
    const stop = new AbortController();
    const reason = new Error('the machine goes down');
    const interrupted = runTraining(
      { ...PLAN, checkpoint },
      ({ step }) => {
        if (step === 23) stop.abort(reason);
      },
      stop.signal,
    );
    await expect(interrupted).rejects.toBe(reason);
    const steps: number[] = [];
    const resumed = await runTraining({ ...PLAN, checkpoint }, ({ step }) => steps.push(step));
    expect(steps[0]).toBe(24);
    expect(bytesOf(resumed.weights)).toBe(bytesOf(whole.weights));
    expect(resumed.curve).toEqual(whole.curve);
    const again = await runTraining({ ...PLAN, checkpoint }, () => expect.unreachable('it is done'));
    expect(bytesOf(again.weights)).toBe(bytesOf(whole.weights));
    await expect(runTraining({ ...PLAN, checkpoint, identity: 'sine/2' })).rejects.toThrow(
      /does not fit this training/,
    );
  });

  test('stops when validation no longer improves, and gives the best weights', async () => {
    // What is validated is the opposite of what is taught: every step makes it worse.
    const { isStoppedEarly, steps, bestStep } = await runTraining({
      ...PLAN,
      validation: [batchOf(1001, -1)],
      steps: 600,
      patience: 3,
    });
    expect(isStoppedEarly).toBe(true);
    expect(steps).toBe(bestStep + 30);
    expect(steps).toBeLessThan(300);
  });

  test('ends with an explanation where the loss is no number', async () => {
    const broken = { ...PLAN, batchAt: () => ({ ...batchOf(1), x: new Float32Array(BATCH * 3).fill(NaN) }) };
    await expect(runTraining(broken)).rejects.toThrow(/the loss of step 0 is NaN/);
  });

  test('is registered with card, weights and learning curve, and read again', async () => {
    const trained = await runTraining({ ...PLAN, steps: 20 });
    const path = await registerModel(folder, PARAMETERS, trained, {
      name: 'sine',
      version: '1.0.0',
      description: 'The sine of a linear function.',
      architecture: 'two-layers',
      settings: { width: 8 },
      splitHash: 'ab'.repeat(32),
      inputs: PLAN.inputs,
      outputs: { y: { shape: [BATCH, 1] } },
      trainedOn: 'Random numbers.',
      intendedUse: 'A test.',
      limitations: 'All.',
      licence: 'Apache-2.0',
      metrics: { validationLoss: trained.curve.at(-1)!.validationLoss },
      madeBy: 'npm test',
    });
    expect((await stat(path)).size).toBeLessThan(4000);
    const { card, weights } = await readModel(path, 'two-layers', (settings) => {
      expect(settings).toMatchObject({ width: 8, splitHash: 'ab'.repeat(32), steps: 20 });
      return PARAMETERS;
    });
    expect(card.metrics['validationLoss']).toBeGreaterThan(0);
    expect(bytesOf(weights)).toBe(bytesOf(trained.weights));
    const curve = await readFile(path.replace('.safetensors', '.svg'), 'utf8');
    expect(curve.match(/<polyline/g)).toHaveLength(2);
    await expect(readModel(path, 'image-network', () => PARAMETERS)).rejects.toThrow(/cannot be used here/);
    const wider = { ...PARAMETERS, out: { shape: [9, 1], start: 0 } };
    await expect(readModel(path, 'two-layers', () => wider)).rejects.toThrow(/do not fit their settings/);
  });
});

describe('the schedule', () => {
  test('warms up, then falls to a hundredth', () => {
    expect(learningRateAt(0, 100, 1)).toBeCloseTo(0.2);
    expect(learningRateAt(5, 100, 1)).toBeCloseTo(1);
    expect(learningRateAt(100, 100, 1)).toBeCloseTo(0.01);
  });

  test('lets horizons grow over the first two fifths', () => {
    expect([0, 20, 40, 90].map((step) => horizonLimitAt(step, 100, 7, 56))).toEqual([7, 31.5, 56, 56]);
  });
});

describe('the split', () => {
  const patients = Array.from({ length: 400 }, (_, index) => `patient-${index}`);
  const split = splitByPatient(patients, 1, { validation: 0.16, test: 0.2 });

  test('puts every patient into one part, in about the shares that are asked for', () => {
    const all = Object.values(split.parts).flat();
    expect(new Set(all).size).toBe(400);
    expect(all).toHaveLength(400);
    expect(split.parts.test.length / 400).toBeCloseTo(0.2, 1);
    expect(split.parts.validation.length / 400).toBeCloseTo(0.16, 1);
  });

  test('is its seed and its patients, in whatever order, and moves nobody when one is added', () => {
    expect(splitByPatient(patients.toReversed(), 1, { validation: 0.16, test: 0.2 }).hash).toBe(split.hash);
    expect(splitByPatient(patients, 2, { validation: 0.16, test: 0.2 }).hash).not.toBe(split.hash);
    const larger = splitByPatient([...patients, 'another'], 1, { validation: 0.16, test: 0.2 });
    expect(larger.hash).not.toBe(split.hash);
    expect(larger.parts.test.filter((one) => one !== 'another')).toEqual(split.parts.test);
  });
});
