import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { installGpu, selectEagerBackend } from '../../../src/ml/engine/eager-backend.ts';
import { compiledAgainstEager, valueAndGradients } from '../../support/compiled-against-eager.ts';
import { convLstm } from '../../support/reference-networks.ts';
import { relativeDifference } from '../../support/random-array.ts';
import { useSoftwareGpu } from '../../support/software-gpu.ts';

const hasGpu = useSoftwareGpu();
const network = convLstm({ hidden: 4, encoded: 3 });
const shapes = [...Object.values(network.parameters), [1, 2, 8, 8, 1]];
const names = Object.keys(network.parameters);
const op = (...all: tf.Tensor[]): tf.Tensor =>
  network.forward(Object.fromEntries(names.map((name, index) => [name, all[index]!])), { x: all.at(-1)! });

afterAll(async () => {
  await tf.setBackend('cpu');
});

// Debian's package chromium brings the software adapter; without it there is nothing to run these on.
describe.skipIf(!hasGpu)('on a software adapter of WebGPU', () => {
  test('a compiled network has the answer and the gradients of tfjs', async () => {
    const { differences } = await compiledAgainstEager(valueAndGradients(op), shapes, {
      provider: 'webgpu',
      scale: 0.4,
    });
    expect(Math.max(...differences)).toBeLessThan(2e-4);
  });

  test('tfjs itself has the answer of its cpu backend', async () => {
    await tf.setBackend('cpu');
    const inputs = shapes.map((shape, index) => ({
      shape: [...shape],
      data: tf.randomNormal([...shape], 0, 0.3, 'float32', index).dataSync(),
    }));
    const run = async (): Promise<Float32Array> => {
      const y = tf.tidy(() => op(...inputs.map(({ data, shape }) => tf.tensor(data, shape))));
      return (await y.data()) as Float32Array;
    };
    const expected = await run();
    const { create, globals } = await import('webgpu');
    installGpu(create([]), globals);
    await import('@tensorflow/tfjs-backend-webgpu');
    await tf.setBackend('webgpu');
    expect(relativeDifference(await run(), expected)).toBeLessThan(1e-4);
  });

  test('is not taken for computing, because it is slower than wasm', async () => {
    const { name, passedOver } = await selectEagerBackend(['webgpu', 'wasm']);
    expect(name).toBe('wasm');
    expect(passedOver.webgpu).toMatch(/^its adapter is software/);
  });
});
