import { afterEach, expect, test, vi } from 'vitest';
import { summariseEngine } from '../../../src/composition/summarise-engine.ts';
import { FaultError } from '../../../src/errors.ts';
import { createLogger } from '../../../src/logger.ts';
import { describeEngineApart } from '../../../src/ml/engine/describe-engine-apart.ts';
import { describeEngine } from '../../../src/ml/engine/describe-engine.ts';

afterEach(() => vi.unstubAllEnvs());

const summarise = async (): Promise<{ summary: object; line: Record<string, unknown> }> => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const summary = await summariseEngine({ computeThreads: 3 }, logger);
  expect(lines).toHaveLength(1);
  return { summary, line: JSON.parse(lines[0]!) as Record<string, unknown> };
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
  const { summary, line } = await summarise();
  expect(summary).toEqual({ engine: expect.stringContaining(`${engine} (cpu`), device, threads: 3 });
  expect(line).toMatchObject({ level: 30, msg: 'network engine', ...summary });
});

test('a process that cannot try it is a fault, which the server reports and outlives', async () => {
  vi.stubEnv('NODE_OPTIONS', '--no-such-option');
  await expect(describeEngineApart()).rejects.toThrow(FaultError);
  const { summary, line } = await summarise();
  expect(summary).toEqual({ engine: 'none that works', device: 'none', threads: 3 });
  expect(line).toMatchObject({ level: 50, msg: 'network engine' });
});
