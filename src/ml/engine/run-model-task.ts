import { createHash } from 'node:crypto';
import type { WorkerThreads } from '../worker-threads.ts';
import { openCompiled, type CompiledFunction } from './compile.ts';
import type { TypedArray } from './graph.ts';
import { distinctFromInputs, type LoweredModel } from './lower/lower.ts';
import type { SessionOptions } from './session.ts';

/** One run of a model in a worker thread. Everything in it can be cloned between threads. */
interface ModelRun {
  readonly model: Omit<LoweredModel, 'outputName'>;
  readonly digest: string;
  readonly session: SessionOptions;
  readonly feeds: Readonly<Record<string, TypedArray>>;
}

const MAXIMUM_SESSIONS = 8;
const TASK = new URL(import.meta.url);
/** Sessions of this thread, the one used longest ago first. */
const sessions = new Map<string, Promise<CompiledFunction>>();

/** What a worker thread does: opens the model on its first run in this thread, and runs it. */
export default async function runModel({
  model,
  digest,
  session,
  feeds,
}: ModelRun): Promise<Record<string, TypedArray>> {
  const key = `${digest} ${session.provider ?? ''} ${session.threads ?? ''}`;
  const opening = sessions.get(key) ?? openCompiled({ ...model, outputName: distinctFromInputs }, session);
  sessions.delete(key);
  sessions.set(key, opening);
  try {
    const compiled = await opening;
    const results = await compiled.run<TypedArray>(feeds);
    const [oldest] = sessions.keys();
    if (sessions.size > MAXIMUM_SESSIONS && oldest !== undefined) {
      const closing = sessions.get(oldest);
      sessions.delete(oldest);
      await closing?.then((unused) => unused.dispose());
    }
    return results;
  } catch (error) {
    sessions.delete(key);
    throw error;
  }
}

export interface ThreadedModel {
  /**
   * Runs once in a worker thread. Inputs are copied. When aborted it rejects at once, but the run goes on to its end
   * unseen: a thread that is ended within the runtime takes the whole process with it.
   * @throws the signal's reason when aborted; {@link FaultError} as {@link CompiledFunction.run} does.
   */
  run<Output extends TypedArray = Float32Array>(
    feeds: Readonly<Record<string, TypedArray>>,
    signal: AbortSignal,
  ): Promise<Record<string, Output>>;
  /** Resolves when no run is under way, aborted ones included. Await it before the threads are closed. */
  settled(): Promise<void>;
}

/** A model that runs in worker threads, so that the event loop stays free; a thread keeps the session between runs. */
export function modelInThreads(
  threads: WorkerThreads,
  model: LoweredModel,
  session: SessionOptions = {},
): ThreadedModel {
  const { bytes, inputs, outputs, operators } = model;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const underWay = new Set<Promise<unknown>>();
  return {
    async run<Output extends TypedArray>(feeds: Readonly<Record<string, TypedArray>>, signal: AbortSignal) {
      signal.throwIfAborted();
      const payload: ModelRun = { model: { bytes, inputs, outputs, operators }, digest, session, feeds };
      const running = threads.run<Record<string, Output>>(TASK, payload, { signal: new AbortController().signal });
      underWay.add(running);
      const aborted = Promise.withResolvers<never>();
      const abort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      running
        .catch(() => undefined)
        .finally(() => {
          underWay.delete(running);
          signal.removeEventListener('abort', abort);
        });
      return Promise.race([running, aborted.promise]);
    },
    async settled() {
      await Promise.allSettled(underWay);
    },
  };
}
