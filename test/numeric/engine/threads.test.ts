import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, expect, test } from 'vitest';
import { compile, lowerFunction } from '../../../src/ml/engine/compile.ts';
import { modelInThreads } from '../../../src/ml/engine/run-model-task.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import { convLstm, initialParameters } from '../../support/reference-networks.ts';
import { randomArray } from '../../support/random-array.ts';

const network = convLstm({ hidden: 32, encoded: 16 });
const specs = {
  x: { shape: [1, 3, 128, 128, 1] },
  ...Object.fromEntries(Object.entries(network.parameters).map(([name, shape]) => [name, { shape }])),
};
const options = { constants: initialParameters(network) };
const x = randomArray(3 * 128 * 128, 4);
const threads = createWorkerThreads({ threads: 1 });
afterAll(() => threads.close());

describe('a model in worker threads', () => {
  test('gives the same bytes as in this thread, run after run, and leaves the event loop free', async () => {
    const lowered = await lowerFunction((all) => ({ y: network.forward(all, all) }), specs, options);
    const here = await compile((all) => ({ y: network.forward(all, all) }), specs, options);
    const { y: expected } = await here.run({ x });
    await here.dispose();
    const model = modelInThreads(threads, lowered);
    const { signal } = new AbortController();
    await model.run({ x }, signal);
    const delay = monitorEventLoopDelay({ resolution: 2 });
    delay.enable();
    const start = performance.now();
    const runs = [];
    for (let index = 0; index < 5; index++) runs.push((await model.run({ x }, signal))['y']!);
    const elapsed = performance.now() - start;
    delay.disable();
    for (const y of runs) expect(Buffer.from(y.buffer).equals(Buffer.from(expected!.buffer))).toBe(true);
    // One run in this thread would hold the loop for its whole length.
    expect(delay.percentile(90) / 1e6).toBeLessThan(elapsed / 5);
  });

  test('is refused on WebGPU in several threads, which would end the process', async () => {
    const model = await lowerFunction(
      ({ x: all }) => ({ y: all!.mul(2) }),
      { x: { shape: [2] } },
      { provider: 'webgpu' },
    );
    const several = createWorkerThreads({ threads: 2 });
    expect(() => modelInThreads(several, model, { provider: 'webgpu' })).toThrow(/runs one thing at a time/);
    expect(() => modelInThreads(threads, model, { provider: 'webgpu' })).not.toThrow();
    await several.close();
  });

  test('can be aborted at any time: the caller is free at once, and the thread lives on', async () => {
    const lowered = await lowerFunction((all) => ({ y: network.forward(all, all) }), specs, options);
    const model = modelInThreads(threads, lowered);
    for (const waitMs of [0, 5, 10]) {
      const controller = new AbortController();
      const running = model.run({ x }, controller.signal);
      setTimeout(() => controller.abort(new Error('no longer wanted')), waitMs);
      await expect(running).rejects.toThrow('no longer wanted');
    }
    const { y } = await model.run({ x }, new AbortController().signal);
    expect(y!.every(Number.isFinite)).toBe(true);
    await expect(model.run({ x }, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
