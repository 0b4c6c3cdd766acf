import { Piscina } from 'piscina';
import { DomainError, FaultError, IntegrationError } from '../../errors.ts';
import type { DecodeLimits } from './decode-instance.ts';
import type { DecodeReply, DecodeTask } from './decode-task.ts';

export type DecodedReply = DecodeReply & { kind: 'decoded' };

export interface DecoderPoolOptions {
  readonly threads: number;
  /** For one instance; then its thread is ended, whatever it is doing. */
  readonly timeLimitMs: number;
  readonly limits: DecodeLimits;
}

const TASK_FILE = new URL('./decode-task.ts', import.meta.url).href;

/** Decodes instances off the event loop. Threads start with the first instance and end when idle. */
export class DecoderPool {
  readonly #options: DecoderPoolOptions;
  readonly #pool: Piscina<DecodeTask, DecodeReply>;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(options: DecoderPoolOptions) {
    this.#options = options;
    this.#free = options.threads;
    this.#pool = new Piscina({
      minThreads: 0,
      maxThreads: options.threads,
      idleTimeout: 10_000,
      concurrentTasksPerWorker: 1,
    });
  }

  /**
   * Takes over `bytes`: its buffer is moved to the thread.
   * @throws {DomainError} as `decodeInstance` and `quantitativeValues`, and UNSUPPORTED when the time limit is hit.
   */
  async decode(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<DecodedReply> {
    // Waiting here and not in the pool's queue: the time limit is for decoding alone.
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const run = this.#run(bytes, AbortSignal.any([signal, this.#closing.signal]));
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  async #run(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<DecodedReply> {
    const { limits, timeLimitMs } = this.#options;
    const timeLimit = AbortSignal.timeout(timeLimitMs);
    let reply: DecodeReply;
    try {
      signal.throwIfAborted();
      reply = await this.#pool.run(
        { bytes, limits },
        { filename: TASK_FILE, transferList: [bytes.buffer], signal: AbortSignal.any([signal, timeLimit]) },
      );
    } catch (cause) {
      if (signal.aborted) throw new IntegrationError('aborted', 'the retrieval of images was cancelled', { cause });
      if (timeLimit.aborted) throw new DomainError('UNSUPPORTED', 'An image takes too long to decode.', { cause });
      throw new FaultError('an image could not be decoded', { cause });
    }
    if (reply.kind === 'refused') throw new DomainError(reply.reason, reply.message);
    return reply;
  }

  /** Ends what is running. The pool itself would wait for ever if it were destroyed with work under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#pool.destroy();
  }
}
