import { afterAll, describe, expect, it } from 'vitest';
import { DomainError, FaultError } from '../../../src/errors.ts';
import { createWorkerThreads } from '../../../src/ml/worker-threads.ts';
import type { ThreadTask } from './fixtures/thread-task.ts';

const TASK = new URL('./fixtures/thread-task.ts', import.meta.url);
const threads = createWorkerThreads({ threads: 1 });
afterAll(() => threads.close());

const run = (task: ThreadTask, signal = new AbortController().signal) =>
  threads.run<Float32Array>(TASK, task, { signal });
const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

const flag = () => new Int32Array(new SharedArrayBuffer(4));
async function raised(one: Int32Array): Promise<void> {
  await Atomics.waitAsync(one, 0, 0, 10_000).value;
  expect(Atomics.load(one, 0)).toBe(1);
}

/** A task that spins without yielding, observed to have started. */
async function startSpinning(signal: AbortSignal): Promise<{ readonly ended: Promise<unknown> }> {
  const started = flag();
  const ended = errorOf(run({ kind: 'spin', started }, signal));
  await raised(started);
  return { ended };
}

describe('worker threads', () => {
  it('run a TypeScript task and give back its value', async () => {
    const values = Float32Array.of(1, 2, 3);
    expect(await run({ kind: 'double', values })).toEqual(Float32Array.of(2, 4, 6));
    expect(values.length).toBe(3);
  });

  it('move a buffer only when the caller allows it', async () => {
    const values = Float32Array.of(4);
    const { signal } = new AbortController();
    const task: ThreadTask = { kind: 'double', values };
    expect(await threads.run(TASK, task, { signal, transfer: [values.buffer] })).toEqual(Float32Array.of(8));
    expect(values.length).toBe(0);
  });

  it('keep the class, the fields and the cause of an error of ours', async () => {
    const refusal = await errorOf(run({ kind: 'refuse' }));
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ reason: 'TOO_LARGE', field: 'moving', message: 'the image is too large' });
    expect((refusal as DomainError).cause).toMatchObject({ name: 'RangeError', message: '512' });

    const fault = await errorOf(run({ kind: 'fault' }));
    expect(fault).toBeInstanceOf(FaultError);
    expect((fault as FaultError).cause).toBeInstanceOf(DomainError);
    expect((fault as FaultError).stack).toContain('thread-task.ts');
  });

  it('make any other error the cause of a fault, so that its text is not shown', async () => {
    const error = await errorOf(run({ kind: 'throw' }));
    expect(error).toBeInstanceOf(FaultError);
    expect((error as FaultError).message).not.toContain('not a number');
    expect((error as FaultError).cause).toMatchObject({ name: 'TypeError', message: 'not a number' });
  });

  it('report a thread that died and go on with a new one', async () => {
    expect(await errorOf(run({ kind: 'exit' }))).toBeInstanceOf(FaultError);
    expect(await run({ kind: 'double', values: Float32Array.of(5) })).toEqual(Float32Array.of(10));
  });

  it('end a running task within 100 ms of the abort, with the reason of the signal', async () => {
    const controller = new AbortController();
    const { ended } = await startSpinning(controller.signal);
    const reason = new DomainError('CANCELLED', 'cancelled by the user');
    const before = performance.now();
    controller.abort(reason);
    expect(await ended).toBe(reason);
    expect(performance.now() - before).toBeLessThan(100);
    expect(await run({ kind: 'double', values: Float32Array.of(1) })).toEqual(Float32Array.of(2));
  });

  it('never start a task that was aborted while it was queued, nor one that was aborted before', async () => {
    const running = new AbortController();
    const { ended } = await startSpinning(running.signal);
    const queued = new AbortController();
    const waiting = errorOf(run({ kind: 'double', values: Float32Array.of(1) }, queued.signal));
    queued.abort('no longer needed');
    expect(await waiting).toBe('no longer needed');
    running.abort();
    expect(await ended).toMatchObject({ name: 'AbortError' });
    expect(await errorOf(run({ kind: 'double', values: Float32Array.of(1) }, AbortSignal.abort('late')))).toBe('late');
  });

  it('reject what runs when they are closed', async () => {
    const own = createWorkerThreads({ threads: 1 });
    const ended = errorOf(own.run(TASK, { kind: 'spin' }, { signal: new AbortController().signal }));
    await own.close();
    expect(await ended).toBeInstanceOf(FaultError);
  });

  it('ask a cooperative task to stop: the caller is free at once, the thread goes on', async () => {
    const [started, ended, queuedStarted] = [flag(), flag(), flag()];
    const [controller, queued] = [new AbortController(), new AbortController()];
    const obeying = (task: ThreadTask, { signal }: AbortController) =>
      errorOf(threads.run(TASK, task, { signal, isCooperative: true }));
    const first = obeying({ kind: 'obey', started, ended }, controller);
    const second = obeying({ kind: 'obey', started: queuedStarted, ended: flag() }, queued);
    await raised(started);
    queued.abort('no longer needed');
    controller.abort('no longer wanted');
    expect(await second).toBe('no longer needed');
    expect(await first).toBe('no longer wanted');
    expect(await run({ kind: 'double', values: Float32Array.of(3) })).toEqual(Float32Array.of(6));
    expect(ended[0]).toBe(1);
    expect(queuedStarted[0]).toBe(0);
  });

  it('wait for cooperative tasks when they are closed', async () => {
    const own = createWorkerThreads({ threads: 1 });
    const [started, ended] = [flag(), flag()];
    const { signal } = new AbortController();
    const value = own.run(TASK, { kind: 'obey', started, ended }, { signal, isCooperative: true });
    await raised(started);
    await own.close();
    expect(ended[0]).toBe(1);
    expect(await value).toEqual(new Float32Array());
  });

  it('tell how far a task is, in order, and nobody after it has ended', async () => {
    const told: number[] = [];
    const { signal } = new AbortController();
    const steps: ThreadTask = { kind: 'steps', steps: 4 };
    await threads.run(TASK, steps, { signal, onProgress: (fraction) => told.push(fraction) });
    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
    // The same thread, for one who does not listen.
    await threads.run(TASK, steps, { signal });
    expect(told).toHaveLength(4);
    expect(threads.size).toBe(1);
  });

  it('refuse a pool without a thread', () => {
    expect(() => createWorkerThreads({ threads: 0 })).toThrow(RangeError);
  });
});
