import { afterEach, describe, expect, test } from 'vitest';
import { DomainError, FaultError } from '../../../src/errors.ts';
import { createWorkerProcess, type WorkerProcess } from '../../../src/ml/worker-process.ts';
import type { ThreadTask } from './fixtures/thread-task.ts';

const TASK = new URL('./fixtures/thread-task.ts', import.meta.url);
const LIMIT_MS = 60_000;

let worker: WorkerProcess;
afterEach(() => worker.close());

const run = (task: ThreadTask, limitMs = LIMIT_MS): Promise<Float32Array> => worker.run(TASK, task, limitMs);
const errorOf = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Error,
  );

describe('a worker process', () => {
  test('answers one task after the other, whatever became of the one before', async () => {
    worker = createWorkerProcess();
    const answers = await Promise.allSettled([
      run({ kind: 'double', values: Float32Array.of(1, 2) }),
      run({ kind: 'refuse' }),
      run({ kind: 'exit' }),
      run({ kind: 'double', values: Float32Array.of(4) }),
    ]);
    expect(answers[0]).toEqual({ status: 'fulfilled', value: Float32Array.of(2, 4) });
    const refusal = (answers[1] as PromiseRejectedResult).reason as DomainError;
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ reason: 'TOO_LARGE', field: 'moving' });
    const ended = (answers[2] as PromiseRejectedResult).reason as FaultError;
    expect(ended).toBeInstanceOf(FaultError);
    expect(ended.message).toContain('ended before its task did (exit code 3)');
    expect(answers[3]).toEqual({ status: 'fulfilled', value: Float32Array.of(8) });
  });

  test('is ended where a task takes too long, and starts again', async () => {
    worker = createWorkerProcess();
    await run({ kind: 'double', values: Float32Array.of(1) });
    const error = await errorOf(run({ kind: 'spin' }, 200));
    expect(error).toBeInstanceOf(FaultError);
    expect(error.message).toContain('did not answer within 0.2 s');
    expect(await run({ kind: 'double', values: Float32Array.of(3) })).toEqual(Float32Array.of(6));
  });

  test('that is closed ends what it computes, and takes nothing more', async () => {
    worker = createWorkerProcess();
    await run({ kind: 'double', values: Float32Array.of(1) });
    const spinning = errorOf(run({ kind: 'spin' }));
    await new Promise(setImmediate);
    await worker.close();
    expect((await spinning).name).toBe('AbortError');
    expect((await errorOf(run({ kind: 'refuse' }))).name).toBe('AbortError');
  });
});
