import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCompiledCache } from '../../../src/ml/engine/compiled-cache.ts';
import type { NamedTensors } from '../../../src/ml/engine/trace/trace.ts';

const X = { x: { shape: [2] } };
let folder: string;
let traces = 0;
/** Counts how often it is traced. */
const double = ({ x }: NamedTensors): Record<string, tf.Tensor> => {
  traces++;
  return { y: tf.mul(x!, 2) };
};
const identity = { name: 'double', version: '1' };

beforeEach(async () => {
  traces = 0;
  folder = await mkdtemp(join(tmpdir(), 'compiled-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the cache of compiled functions', () => {
  test('compiles once for the same function, shapes and constants, even when asked twice at once', async () => {
    const cache = createCompiledCache({ maximumSessions: 4, maximumBytes: 2 ** 20 });
    const [first, second] = await Promise.all([cache.get(identity, double, X), cache.get(identity, double, X)]);
    expect(second).toBe(first);
    expect(traces).toBe(1);
    await cache.get(identity, double, { x: { shape: [3] } });
    await cache.get({ ...identity, version: '2' }, double, X);
    await cache.get(identity, double, X, { threads: 2 });
    expect([traces, cache.size]).toEqual([4, 4]);
    await cache.dispose();
    await expect(first.run({ x: new Float32Array(2) })).rejects.toThrow('disposed');
  });

  test('tells constants apart by their elements', async () => {
    const cache = createCompiledCache({ maximumSessions: 4, maximumBytes: 2 ** 20 });
    const scaled = ({ x, w }: NamedTensors): Record<string, tf.Tensor> => ({ y: tf.mul(x!, w!) });
    const specs = { ...X, w: { shape: [2] } };
    const one = await cache.get(identity, scaled, specs, { constants: { w: Float32Array.of(1, 2) } });
    const two = await cache.get(identity, scaled, specs, { constants: { w: Float32Array.of(3, 4) } });
    const x = Float32Array.of(1, 1);
    expect([[...(await one.run({ x }))['y']!], [...(await two.run({ x }))['y']!]]).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    await cache.dispose();
  });

  test('finds on disk what another process compiled, and makes damaged files again', async () => {
    const open = (): ReturnType<typeof createCompiledCache> =>
      createCompiledCache({ directory: folder, maximumSessions: 1, maximumBytes: 2 ** 20 });
    const first = open();
    await first.get(identity, double, X);
    await first.dispose();
    const second = open();
    const compiled = await second.get(identity, double, X);
    expect([...(await compiled.run({ x: Float32Array.of(1, 2) }))['y']!]).toEqual([2, 4]);
    expect(traces).toBe(1);
    await second.dispose();
    for (const file of await readdir(folder))
      if (file.endsWith('.onnx')) await writeFile(join(folder, file), 'damaged');
    const third = open();
    await third.get(identity, double, X);
    expect(traces).toBe(2);
    await third.dispose();
  });

  test('closes the session that was used longest ago when there are too many or they are too large', async () => {
    const cache = createCompiledCache({ maximumSessions: 2, maximumBytes: 2 ** 20 });
    const sizes = [1, 2, 3].map((extent) => ({ x: { shape: [extent] } }));
    const oldest = await cache.get(identity, double, sizes[0]!);
    await cache.get(identity, double, sizes[1]!);
    await cache.get(identity, double, sizes[2]!);
    expect(cache.size).toBe(2);
    await expect(oldest.run({ x: new Float32Array(1) })).rejects.toThrow('disposed');
    await cache.dispose();
    const small = createCompiledCache({ maximumSessions: 9, maximumBytes: 1 });
    for (const spec of sizes) await small.get(identity, double, spec);
    expect(small.size).toBe(1);
    await small.dispose();
  });

  test('does not keep what could not be compiled', async () => {
    const cache = createCompiledCache({ maximumSessions: 2, maximumBytes: 2 ** 20 });
    await expect(cache.get(identity, ({ x }) => ({ y: tf.topk(x!, 1).values }), X)).rejects.toThrow('TopK');
    expect(cache.size).toBe(0);
    expect((await cache.get(identity, double, X)).outputs).toEqual({ y: { shape: [2], dtype: 'float32' } });
    await cache.dispose();
  });
});
