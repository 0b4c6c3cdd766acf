import type { ReportProgress, ShouldStop } from '../../worker-threads.ts';
import { prepareFixed } from '../prepare-fixed.ts';
import { attemptRegistration } from '../register-volumes.ts';
import type { ThreadFinding, ThreadPair } from '../register-task.ts';
import { elastixAlignment } from './elastix-alignment.ts';

/**
 * What a worker thread runs for a registration that failed: elastix, whose answer is judged by the same gate. It can hang in
 * WebAssembly; its thread is then ended from outside.
 */
export default async function elastixTask(
  { request, line }: ThreadPair,
  _: ShouldStop,
  report: ReportProgress,
): Promise<ThreadFinding> {
  const startedAt = performance.now();
  const progress = (fraction: number): void => report(0.3 * fraction);
  const { outcome, retry } = attemptRegistration(request, prepareFixed, progress, line);
  const judged =
    retry === null
      ? outcome
      : retry.withTransform(await withoutOutput(() => elastixAlignment(retry.pair, request.plan)));
  return { result: { ...judged, elapsedMs: performance.now() - startedAt }, isWorthRetrying: false };
}

/** Nothing else writes from this thread, and elastix writes its failures to the standard output. */
async function withoutOutput<T>(work: () => Promise<T>): Promise<T> {
  const { log, error } = console;
  Object.assign(console, { log: () => undefined, error: () => undefined });
  try {
    return await work();
  } finally {
    Object.assign(console, { log, error });
  }
}

export { transferOf } from '../register-task.ts';
