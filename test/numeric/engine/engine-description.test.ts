import { afterEach, expect, test, vi } from 'vitest';
import { findEngine } from '../../../src/composition/find-engine.ts';
import type { Config } from '../../../src/config.ts';
import { FaultError } from '../../../src/errors.ts';
import { createLogger } from '../../../src/logger.ts';
import { describeEngineApart } from '../../../src/ml/engine/describe-engine-apart.ts';
import { describeEngine } from '../../../src/ml/engine/describe-engine.ts';

afterEach(() => vi.unstubAllEnvs());

const find = async (imageProvider: Config['imageProvider'] = 'auto') => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const found = await findEngine({ computeThreads: 3, imageProvider }, logger);
  return { ...found, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

test('the engine says what this machine offers, each thing tried', async () => {
  const description = await describeEngine();
  expect(description.engine).toMatch(/^ONNX Runtime \d+\.\d+\.\d+$/);
  expect(description.providers).toContain('cpu');
  expect(description.threads).toBeGreaterThan(0);
  const missing = ['webgpu', 'cuda', 'tensorrt'].filter(
    (provider) => !description.providers.includes(provider as 'cpu'),
  );
  expect(Object.keys(description.unavailable)).toEqual(expect.arrayContaining(missing));
});

test('it says the same from a process of its own, to the API and to the log', async () => {
  const { engine, device } = await describeEngineApart();
  const { summary, lines } = await find();
  expect(summary).toEqual({ engine: expect.stringContaining(`${engine} (cpu`), device, threads: 3 });
  expect(summary.engine).toMatch(/image forecasts on (cpu|(cuda|webgpu) where it is faster)$/);
  expect(lines).toMatchObject([{ level: 30, msg: 'network engine', ...summary }]);
});

test('a device that is asked for and is not here is told, and images stay on the processor', async () => {
  const { providers } = await describeEngine();
  const absent = (['cuda', 'tensorrt', 'webgpu'] as const).find((provider) => !providers.includes(provider))!;
  const { images, summary, lines } = await find(absent);
  expect(images).toMatchObject({ provider: 'cpu', missing: expect.any(String) as string });
  expect(summary.engine).toContain('image forecasts on cpu');
  expect(lines[1]).toMatchObject({ level: 50, provider: absent, msg: 'image forecasts stay on the processor' });
});

test('a process that cannot try it is a fault, which the server reports and outlives', async () => {
  vi.stubEnv('NODE_OPTIONS', '--no-such-option');
  await expect(describeEngineApart()).rejects.toThrow(FaultError);
  const { summary, images, lines } = await find();
  expect(summary).toEqual({ engine: 'none that works', device: 'none', threads: 3 });
  expect(images.provider).toBe('cpu');
  expect(lines).toMatchObject([{ level: 50, msg: 'network engine' }]);
});
