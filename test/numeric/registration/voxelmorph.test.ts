import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../../src/ml/engine/compile.ts';
import { randomShapes } from '../../../src/ml/registration/learned/random-shapes.ts';
import { errorsOnShapes } from '../../../src/ml/registration/learned/registration-errors.ts';
import { trainVoxelMorph } from '../../../src/ml/registration/learned/train-voxelmorph.ts';
import { trainingPair } from '../../../src/ml/registration/learned/training-pair.ts';
import { readVoxelMorph } from '../../../src/ml/registration/learned/voxelmorph-model.ts';
import { openVoxelMorph } from '../../../src/ml/registration/learned/voxelmorph-networks.ts';
import { localCrossCorrelation } from '../../../src/ml/registration/learned/voxelmorph-loss.ts';
import {
  voxelMorph,
  voxelMorphInputs,
  voxelMorphParameters,
  type VoxelMorphSettings,
} from '../../../src/ml/registration/learned/voxelmorph-network.ts';
import { openInferenceThread } from '../../../src/ml/registration/learned/inference-thread.ts';
import { createRegistrar } from '../../../src/ml/registration/registrar.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import { registrationPlan } from '../../../src/twins/registration-plan.ts';
import { startingValues } from '../../../src/ml/forecasting/image/layers.ts';
import { randomArray, relativeDifference } from '../../support/random-array.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../../models/registration-2d-1.0.0.safetensors');
const FLAT: VoxelMorphSettings = { shape: [32, 48], encoder: [4, 8, 8, 8, 8], decoder: [8, 8, 8, 8] };
const SOLID: VoxelMorphSettings = { ...FLAT, shape: [16, 32, 16] };

/** The network with weights that make it give this velocity everywhere. */
async function answersOf(
  settings: VoxelMorphSettings,
  velocity: readonly number[],
): Promise<Record<string, Float32Array>> {
  const parameters = voxelMorphParameters(settings);
  const weights = { ...startingValues(parameters, 1), 'velocity.bias': Float32Array.from(velocity) };
  const network = await compile(
    (all) => {
      const { displacement, moved } = voxelMorph(all, all['fixed']!, all['moving']!);
      return { displacement, moved };
    },
    { ...voxelMorphInputs(settings, 1), ...parameters },
    { constants: weights },
  );
  const size = settings.shape.reduce((product, extent) => product * extent, 1);
  const images = { fixed: randomArray(size, 1), moving: randomArray(size, 2) };
  const answers = await network.run(images);
  await network.dispose();
  return { ...answers, ...images };
}

describe('VoxelMorph', () => {
  const threads = createWorkerThreads({ threads: 1 });
  const networks = openInferenceThread();
  const registrar = createRegistrar({ threads, networks });
  beforeAll(() => tf.setBackend('cpu'));
  afterAll(() => Promise.all([threads.close(), networks.close()]));

  for (const [name, settings] of [
    ['pictures', FLAT],
    ['volumes', SOLID],
  ] as const) {
    test(`moves nothing in ${name} before it has learned`, async () => {
      const { displacement, moved, moving } = await answersOf(
        settings,
        settings.shape.map(() => 0),
      );
      expect(displacement!.every((value) => value === 0)).toBe(true);
      expect(relativeDifference(moved!, moving!)).toBeLessThan(2e-5);
    });

    test(`turns an even velocity into an even displacement of twice as many voxels in ${name}`, async () => {
      const velocity = [0.5, -1, 0.25].slice(0, settings.shape.length);
      const { displacement } = await answersOf(settings, velocity);
      for (const [index, value] of displacement!.entries()) {
        expect(value).toBeCloseTo(2 * velocity[index % velocity.length]!, 4);
      }
    });
  }

  test('measures the squared correlation of windows', async () => {
    const [a, b] = [randomArray(9 * 9, 3), randomArray(9 * 9, 4)];
    const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((sum, value) => sum + value, 0) / x.length;
    const product = (x: Float32Array, y: Float32Array): number =>
      mean(x.map((value, i) => value * y[i]!)) - mean(x) * mean(y);
    const expected = product(a, b) ** 2 / ((product(a, a) + 1e-4) * (product(b, b) + 1e-4));
    const measured = tf.tidy(() =>
      localCrossCorrelation(tf.tensor4d(a, [1, 9, 9, 1]), tf.tensor4d(b, [1, 9, 9, 1])).dataSync(),
    );
    expect(measured[0]).toBeCloseTo(expected, 4);
  });

  test('learns, the same way for the same seed', async () => {
    const settings: VoxelMorphSettings = { shape: [48, 48], encoder: [4, 8, 8, 8, 8], decoder: [8, 8, 8, 8] };
    const train = (seed: number) =>
      trainVoxelMorph({
        settings,
        loss: { similarity: 'local-cross-correlation', smoothness: 0.05 },
        images: Array.from({ length: 8 }, (_, index) => randomShapes([1, 48, 48], 5, index)),
        batchSize: 2,
        steps: 60,
        learningRate: 2e-3,
        seed,
      });
    const first = await train(3);
    expect(first.curve.at(-1)!.validationLoss).toBeLessThan(first.curve[0]!.validationLoss);
    expect((await train(3)).weights).toEqual(first.weights);
    expect((await train(4)).weights).not.toEqual(first.weights);
  });

  describe('as it is shipped', () => {
    test('halves what is left of deformations of shapes that it has not seen, and more', async () => {
      const model = await readVoxelMorph(SHIPPED);
      const { before, after } = await errorsOnShapes(model, 55, 6);
      expect(after).toBeLessThan(0.4 * before);
    });

    const shape = [1, 100, 140] as const;
    const level = (voxels: Float32Array) => ({
      shape,
      spacingMm: [1, 0.5, 0.25] as const,
      originMm: [10, -5, 3] as const,
      direction: [0, 1, 0, 1, 0, 0, 0, 0, -1],
      voxels,
    });
    const pair = trainingPair(randomShapes(shape, 3, 3), shape, 3, 3);
    const limits = { minimumJacobian: 0.2, inverseConsistencyMm: 1, evidence: 'for a test' };
    const plan = (model: string, refinement: object | null = null) =>
      registrationPlan.parse({
        stages: ['rigid'],
        deformable: { method: 'voxelmorph', model, refinement, limits },
        preprocessing: { percentiles: [0.5, 99.5] },
        acceptance: { judged: 'final', accepted: 0.5, review: 0.4, evidence: 'for a test' },
      });
    const register = async (model: string, refinement: object | null = null) => {
      const request = { fixed: level(pair.fixed), moving: level(pair.moving), plan: plan(model, refinement) };
      return registrar.register(request, new AbortController().signal);
    };

    test('deforms visits in a thread of its own, and folds none', async () => {
      const { method, moved, before, after, quality, field } = await register('registration-2d-1.0.0');
      expect(method).toMatch(/\+voxelmorph$/);
      expect(after!.maskedSsim).toBeGreaterThan(before!.maskedSsim);
      expect(quality).toMatchObject({ foldedPercent: 0 });
      expect(moved!.voxels).toHaveLength(14_000);
      const again = await register('registration-2d-1.0.0');
      expect(again.field).toEqual(field);
    });

    test('is refined for the pair', async () => {
      const refinement = { cost: 'local-cross-correlation', gridSpacingMm: 4, bendingWeight: 0.02 };
      const [alone, refined] = [
        await register('registration-2d-1.0.0'),
        await register('registration-2d-1.0.0', refinement),
      ];
      expect(refined.after!.ncc).toBeGreaterThan(alone.after!.ncc);
    });

    test('outlives the thread that asked, and says which model is not there', async () => {
      const aborted = new AbortController();
      const request = { fixed: level(pair.fixed), moving: level(pair.moving), plan: plan('registration-2d-1.0.0') };
      const running = registrar.register(request, aborted.signal, () => aborted.abort(new Error('no longer needed')));
      await expect(running).rejects.toThrow('no longer needed');
      await expect(register('nothing-1.0.0')).rejects.toThrow('the model card cannot be read');
      expect((await register('registration-2d-1.0.0')).verdict).toBe('accepted');
    });

    test('refuses volumes, which it has not learned', async () => {
      const networks = openVoxelMorph(await readVoxelMorph(SHIPPED));
      await expect(networks.run([16, 16, 16], new Float32Array(4096), new Float32Array(4096))).rejects.toThrow(
        'the registration model cannot be used',
      );
      await networks.close();
    });
  });
});
