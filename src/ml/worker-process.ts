import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FaultError } from '../errors.ts';
import { errorOfRecord } from './error-record.ts';
import type { TaskAnswer } from './run-task.ts';

/** What the process is asked to do. */
export interface ProcessRequest {
  /** `file:` URL of the task's module. */
  readonly task: string;
  readonly payload: unknown;
}

/** A process for work that may take its process with it when it fails, such as that of a graphics driver. */
export interface WorkerProcess {
  /**
   * Runs the default export of a module, `(payload) => value | Promise<value>`, after what was asked before: one task runs at a
   * time. Payload and value are structured-cloned. The process starts with the first task, and again after it ended.
   * @param limitMs how long the task itself may take; the process of one that takes longer is ended.
   * @throws the task's own error, as `WorkerThreads.run`; {@link FaultError} when the process ended or the limit was reached;
   *   an `AbortError` when it is closed meanwhile.
   */
  run<T>(task: URL, payload: unknown, limitMs: number): Promise<T>;
  /** Ends the process, with what it computes. */
  close(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('./worker-process-entry.ts', import.meta.url));

/** Nothing is started yet. What drivers and libraries print in the process is not kept. */
export function createWorkerProcess(): WorkerProcess {
  let child: ChildProcess | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function start(): ChildProcess {
    const started = fork(ENTRY, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    // Told by `exit` too, where somebody waits.
    started.on('error', () => undefined);
    started.once('exit', () => {
      if (child === started) child = null;
    });
    return started;
  }

  async function runNow(request: ProcessRequest, limitMs: number): Promise<TaskAnswer> {
    if (isClosed) throw closedError();
    child ??= start();
    const running = child;
    let isLate = false;
    const { promise, resolve, reject } = Promise.withResolvers<TaskAnswer>();
    const ended = (code: number | null, signal: string | null): void =>
      reject(isClosed ? closedError() : new FaultError(isLate ? tooLate(limitMs) : endedEarly(code, signal)));
    const timer = setTimeout(() => {
      isLate = true;
      running.kill('SIGKILL');
    }, limitMs);
    running.once('message', resolve).once('exit', ended);
    running.send(request, (cause) => {
      if (cause !== null) reject(new FaultError('a task could not be sent to its worker process', { cause }));
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      running.off('message', resolve).off('exit', ended);
    }
  }

  return {
    async run<T>(task: URL, payload: unknown, limitMs: number): Promise<T> {
      const answering = last.then(() => runNow({ task: task.href, payload }, limitMs));
      last = answering.catch(() => undefined);
      const answer = await answering;
      if (!answer.ok) throw errorOfRecord(answer.error);
      return answer.value as T;
    },
    async close() {
      isClosed = true;
      if (child === null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const closedError = (): Error => new DOMException('the worker process was closed', 'AbortError');
const tooLate = (limitMs: number): string => `a worker process did not answer within ${limitMs / 1000} s`;
const endedEarly = (code: number | null, signal: string | null): string =>
  `a worker process ended before its task did (${signal ?? `exit code ${code}`})`;
