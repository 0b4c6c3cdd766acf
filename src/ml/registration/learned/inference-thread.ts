import { type MessagePort, MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { FaultError } from '../../../errors.ts';
import { errorOfRecord, type ErrorRecord } from '../../error-record.ts';

/** What a network is asked. */
export interface NetworkQuestion {
  /** Name of the weights among the shipped models. */
  readonly model: string;
  readonly shape: readonly number[];
  readonly fixed: Float32Array;
  readonly moving: Float32Array;
}

export type NetworkAnswer =
  | { readonly ok: true; readonly displacement: Float32Array }
  | { readonly ok: false; readonly error: ErrorRecord };

/** A way to ask the networks from another thread; it can be sent there once, its port being transferred. */
export interface InferenceLine {
  readonly port: MessagePort;
  /** One element: 0 while an answer is awaited, 1 when it is there, 2 when none will come. */
  readonly state: Int32Array;
}

/**
 * A thread that runs networks for threads that register. It is never ended while it computes, which would end the
 * process; a thread that registers can be ended at any time, also while it waits for an answer.
 */
export interface InferenceThread {
  /** A new line to it. The thread starts with the first. */
  line(): InferenceLine;
  close(): Promise<void>;
}

const WORKER = new URL('./inference-worker.ts', import.meta.url);
const PATIENCE_MS = 120_000;
const [WAITING, ANSWERED, ENDED] = [0, 1, 2];

/** Opens the thread that the lines lead to. */
export function openInferenceThread(): InferenceThread {
  let worker: Worker | null = null;
  const lines = new Set<Int32Array>();
  const start = (): Worker => {
    const started = new Worker(WORKER);
    started.unref();
    started.on('error', () => undefined);
    started.on('exit', () => {
      worker = null;
      for (const state of lines) {
        Atomics.store(state, 0, ENDED);
        Atomics.notify(state, 0);
      }
      lines.clear();
    });
    return started;
  };
  return {
    line() {
      worker ??= start();
      const { port1, port2 } = new MessageChannel();
      const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      lines.add(state);
      port1.once('close', () => lines.delete(state));
      worker.postMessage({ port: port1, state }, [port1]);
      return { port: port2, state };
    },
    async close() {
      if (worker === null) return;
      const ended = once(worker, 'exit');
      worker.postMessage(null, []);
      await ended;
    },
  };
}

/**
 * Asks over a line and blocks this thread until the answer is there.
 * @returns displacements in voxels, [...shape, axes], slowest axis first.
 * @throws the error of the network's thread; {@link FaultError} when that ended or does not answer.
 */
export function askNetwork({ port, state }: InferenceLine, question: NetworkQuestion): Float32Array {
  Atomics.compareExchange(state, 0, ANSWERED, WAITING);
  port.postMessage(question);
  Atomics.wait(state, 0, WAITING, PATIENCE_MS);
  const received = receiveMessageOnPort(port);
  if (received === undefined) throw new FaultError('the thread of the networks does not answer');
  const answer = received.message as NetworkAnswer;
  if (!answer.ok) throw errorOfRecord(answer.error);
  return answer.displacement;
}
