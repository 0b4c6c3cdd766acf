import { createHash } from 'node:crypto';
import { FaultError } from '../../errors.ts';
import type { WorkerThreads } from '../worker-threads.ts';
import { openCompiled, type CompiledFunction } from './compile.ts';
import type { TypedArray } from './graph.ts';
import { distinctFromInputs, type LoweredModel } from './lower/lower.ts';
import type { SessionOptions } from './session.ts';

/** One run of a model in a worker thread. Everything in it can be cloned between threads. */
interface ModelRun {
  readonly model: Omit<LoweredModel, 'outputName'>;
  readonly digest: string;
  readonly session: ThreadSession;
  readonly feeds: Readonly<Record<string, TypedArray>>;
  readonly into: Readonly<Record<string, TypedArray>>;
}

interface ThreadSession extends SessionOptions {
  /** As for `openSession`. */
  readonly isTraining?: boolean;
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
  into,
}: ModelRun): Promise<Record<string, TypedArray>> {
  const { isTraining = false, ...options } = session;
  const key = JSON.stringify([digest, session]);
  const opening = sessions.get(key) ?? openCompiled({ ...model, outputName: distinctFromInputs }, options, isTraining);
  sessions.delete(key);
  sessions.set(key, opening);
  try {
    const compiled = await opening;
    const results = await compiled.run<TypedArray>(feeds, into);
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
   * Runs once in a worker thread. Inputs are copied, but for those in shared memory. When aborted it rejects at once, and
   * the run goes on to its end unseen.
   * @param into arrays in shared memory to write results into.
   * @throws the signal's reason when aborted; {@link FaultError} as {@link CompiledFunction.run} does.
   */
  run<Output extends TypedArray = Float32Array>(
    feeds: Readonly<Record<string, TypedArray>>,
    signal: AbortSignal,
    into?: Readonly<Record<string, TypedArray>>,
  ): Promise<Record<string, Output>>;
}

/**
 * A model that runs in worker threads, so that the event loop stays free; a thread keeps the session between runs.
 * @throws {FaultError} for WebGPU in several threads: two runs at once, in whatever sessions, end the whole process
 *   (ONNX Runtime 1.30 on Linux). Use a pool of one thread, or a `WorkerProcess`.
 */
export function modelInThreads(
  threads: WorkerThreads,
  { bytes, inputs, outputs, operators }: LoweredModel,
  session: ThreadSession = {},
): ThreadedModel {
  if (session.provider === 'webgpu' && threads.size > 1) {
    throw new FaultError(`WebGPU runs one thing at a time, and the pool has ${threads.size} threads`);
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  return {
    run(feeds, signal, into = {}) {
      const payload: ModelRun = { model: { bytes, inputs, outputs, operators }, digest, session, feeds, into };
      return threads.run(TASK, payload, { signal, isCooperative: true });
    },
  };
}
