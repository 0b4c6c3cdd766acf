import { Piscina } from 'piscina';
import { FaultError } from '../errors.ts';
import { errorOfRecord, type ErrorRecord } from './error-record.ts';

/** What the entry of a thread is asked to do. */
export interface ThreadRequest {
  /** `file:` URL of the task's module. */
  readonly task: string;
  readonly payload: unknown;
}

/** What it answers. An error travels as a record, because structured cloning strips the class and fields of an error. */
export type ThreadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorRecord };

interface RunOptions {
  readonly signal: AbortSignal;
  /** Buffers that are moved into the thread and are empty here afterwards; everything else is copied. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** A pool of threads for work that would block the event loop. */
export interface WorkerThreads {
  /**
   * Runs the default export of a module, `(payload) => value | Promise<value>`, in a thread. Payload and value are
   * structured-cloned, but for buffers of the value that the module's `transferOf(value)`, where it has one, lists: these are
   * moved. A running task that is aborted is ended together with its thread; a queued one never starts.
   * @throws the signal's reason when aborted; the task's own `DomainError`, `IntegrationError`, `ConfigurationError` or
   *   `FaultError`, rebuilt; {@link FaultError} with the cause for any other error, or when the thread died.
   */
  run<T>(task: URL, payload: unknown, options: RunOptions): Promise<T>;
  /** Ends every thread; tasks that run are rejected. */
  close(): Promise<void>;
}

const ENTRY = new URL('./worker-thread-entry.ts', import.meta.url).href;
const KEEP_WARM_MS = 300_000;

/** `threads`: how many tasks may run at once, 1 or more. Threads start when first needed. */
export function createWorkerThreads({ threads }: { readonly threads: number }): WorkerThreads {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads must be a positive integer, found ${threads}`);
  }
  const pool = new Piscina({
    filename: ENTRY,
    minThreads: 0,
    maxThreads: threads,
    // A thread keeps compiled code and loaded models; a cold one costs several times the work of a small task.
    idleTimeout: KEEP_WARM_MS,
    // One each, so that ending a thread ends exactly the task that was cancelled.
    concurrentTasksPerWorker: 1,
    // Waiting by Atomics would stop the event loop of the thread, on which inference engines finish their work.
    atomics: 'disabled',
  });

  return {
    async run<T>(task: URL, payload: unknown, { signal, transfer = [] }: RunOptions): Promise<T> {
      signal.throwIfAborted();
      const request: ThreadRequest = { task: task.href, payload };
      let answer: ThreadAnswer;
      try {
        answer = (await pool.run(request, { signal, transferList: [...transfer] })) as ThreadAnswer;
      } catch (cause) {
        signal.throwIfAborted();
        throw new FaultError('a worker thread ended before its task did', { cause });
      }
      if (!answer.ok) {
        throw errorOfRecord(answer.error);
      }
      return answer.value as T;
    },
    close: () => pool.destroy(),
  };
}
