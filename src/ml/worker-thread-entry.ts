import { move, transferableSymbol, valueSymbol } from 'piscina';
import { recordOfError } from './error-record.ts';
import type { ReportProgress, ShouldStop, ThreadAnswer, ThreadRequest } from './worker-threads.ts';

/** A module with a task, and where it has large buffers to give away, which of a value's are moved instead of copied. */
interface TaskModule {
  readonly default?: unknown;
  readonly transferOf?: (value: unknown) => readonly ArrayBuffer[];
}

/** What every thread runs: loads the module of a task, calls its default export, and gives a {@link ThreadAnswer}. */
export default async function runTask({ task, payload, stop, progress }: ThreadRequest): Promise<unknown> {
  const shouldStop: ShouldStop = () => stop !== undefined && Atomics.load(stop, 0) !== 0;
  const report: ReportProgress = (fraction) => progress?.postMessage(fraction, []);
  try {
    if (shouldStop()) throw new Error('the task was aborted before it started');
    const module = (await import(task)) as TaskModule;
    if (typeof module.default !== 'function') {
      throw new TypeError('the module of a task must have a function as its default export');
    }
    const run = module.default as (payload: unknown, shouldStop: ShouldStop, report: ReportProgress) => unknown;
    const answer: ThreadAnswer = { ok: true, value: await run(payload, shouldStop, report) };
    const transfer = module.transferOf?.(answer.value) ?? [];
    return transfer.length === 0 ? answer : moved(answer, transfer);
  } catch (error) {
    return { ok: false, error: recordOfError(error) } satisfies ThreadAnswer;
  } finally {
    progress?.close();
  }
}

/** The answer with buffers that change hands; the pool takes the wrapping off. */
const moved = (answer: ThreadAnswer, transfer: readonly ArrayBuffer[]): unknown =>
  move({ [valueSymbol]: answer, [transferableSymbol]: transfer });
