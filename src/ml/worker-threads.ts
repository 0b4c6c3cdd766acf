import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { FaultError } from '../errors.ts';
import { errorOfRecord } from './error-record.ts';
import type { TaskAnswer } from './run-task.ts';

/** What the entry of a thread is asked to do. */
export interface ThreadRequest {
  /** `file:` URL of the task's module. */
  readonly task: string;
  readonly payload: unknown;
  /** One element that becomes 1 when a cooperative task is to stop. */
  readonly stop?: Int32Array;
  /** Where the task tells how far it is. */
  readonly progress?: MessagePort;
}

interface RunOptions {
  readonly signal: AbortSignal;
  /** Buffers that are moved into the thread and are empty here afterwards; everything else is copied. */
  readonly transfer?: readonly (ArrayBuffer | MessagePort)[];
  /**
   * For a task within which native code must not be interrupted: the runtime of the networks takes the whole process
   * with it when its thread is ended. Such a task is asked to stop instead, and ends when it next looks.
   */
  readonly isCooperative?: boolean;
  /** Told the share of the work that is done, 0..1, as the task reports it; never after `run` has settled. */
  readonly onProgress?: (fraction: number) => void;
}

/** Whether a cooperative task should stop now, the second argument of every task. */
export type ShouldStop = () => boolean;

/** Tells the share of the work that is done, 0..1, the third argument of every task. */
export type ReportProgress = (fraction: number) => void;

/** A pool of threads for work that would block the event loop. */
export interface WorkerThreads {
  /** How many tasks may run at once. */
  readonly size: number;
  /**
   * Runs the default export of a module, `(payload, shouldStop, report) => value | Promise<value>`, in a thread. Payload
   * and value are structured-cloned, but for buffers of the value that the module's `transferOf(value)`, where it has one,
   * lists: these are moved. A running task that is aborted is ended together with its thread, or asked to stop where it
   * is cooperative; a queued one never starts. The caller is free at once.
   * @throws the signal's reason when aborted; the task's own `DomainError`, `IntegrationError`, `ConfigurationError` or
   *   `FaultError`, rebuilt; {@link FaultError} with the cause for any other error, or when the thread died.
   */
  run<T>(task: URL, payload: unknown, options: RunOptions): Promise<T>;
  /** Ends every thread, after the cooperative tasks have stopped; other tasks that run are rejected. */
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

  /** Cooperative tasks that were started and have not ended, with what asks them to stop. */
  const cooperative = new Map<Promise<unknown>, Int32Array>();

  /** Ends its thread when aborted. */
  const runToTheEnd = (request: ThreadRequest, { signal, transfer = [] }: RunOptions): Promise<TaskAnswer> =>
    pool.run(request, { signal, transferList: [...transfer] }) as Promise<TaskAnswer>;

  /** Leaves its thread alone when aborted. */
  async function runUntilAsked(request: ThreadRequest, { signal, transfer = [] }: RunOptions): Promise<TaskAnswer> {
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const running = pool.run({ ...request, stop }, { transferList: [...transfer] }) as Promise<TaskAnswer>;
    const ended = running.catch(() => undefined).finally(() => cooperative.delete(ended));
    cooperative.set(ended, stop);
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      Atomics.store(stop, 0, 1);
      aborted.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([running, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    size: threads,
    async run<T>(task: URL, payload: unknown, options: RunOptions): Promise<T> {
      options.signal.throwIfAborted();
      const start = options.isCooperative === true ? runUntilAsked : runToTheEnd;
      const { onProgress, transfer = [] } = options;
      const channel = onProgress === undefined ? null : new MessageChannel();
      channel?.port1.on('message', (fraction: number) => onProgress?.(fraction));
      channel?.port1.unref();
      let answer: TaskAnswer;
      try {
        answer = await (channel === null
          ? start({ task: task.href, payload }, options)
          : start(
              { task: task.href, payload, progress: channel.port2 },
              { ...options, transfer: [...transfer, channel.port2] },
            ));
        // What was told just before the end has not been delivered yet.
        for (let told = undelivered(channel); told !== undefined; told = undelivered(channel)) {
          onProgress?.(told.message as number);
        }
      } catch (cause) {
        options.signal.throwIfAborted();
        throw new FaultError('a worker thread ended before its task did', { cause });
      } finally {
        channel?.port1.close();
      }
      if (!answer.ok) {
        throw errorOfRecord(answer.error);
      }
      return answer.value as T;
    },
    async close() {
      for (const stop of cooperative.values()) Atomics.store(stop, 0, 1);
      await Promise.all(cooperative.keys());
      await pool.destroy();
    },
  };
}

const undelivered = (channel: MessageChannel | null) =>
  channel === null ? undefined : receiveMessageOnPort(channel.port1);
