import { move, transferableSymbol, valueSymbol } from 'piscina';
import { runTask, type TaskAnswer } from './run-task.ts';
import type { ThreadRequest } from './worker-threads.ts';

/** What every thread of the pool runs: a task, for a {@link TaskAnswer}. */
export default async function runInThread({ task, payload, stop, progress }: ThreadRequest): Promise<unknown> {
  const shouldStop = (): boolean => stop !== undefined && Atomics.load(stop, 0) !== 0;
  const { answer, transfer } = await runTask(task, payload, shouldStop, (fraction) =>
    progress?.postMessage(fraction, []),
  );
  progress?.close();
  return transfer.length === 0 ? answer : moved(answer, transfer);
}

/** The answer with buffers that change hands; the pool takes the wrapping off. */
const moved = (answer: TaskAnswer, transfer: readonly ArrayBuffer[]): unknown =>
  move({ [valueSymbol]: answer, [transferableSymbol]: transfer });
