import { IntegrationError } from '../../errors.ts';

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maximumDelayMs: number;
  /** Injected: resolves after the delay or rejects when aborted. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

/** Repeats an idempotent request after transient faults, waiting twice as long each time or as long as the server asks. */
export async function withRetry<T>(request: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof IntegrationError) || !error.isTransient || attempt >= policy.attempts) throw error;
      const backoff = policy.firstDelayMs * 2 ** (attempt - 1);
      await policy.sleep(Math.min(error.retryAfterMs ?? backoff, policy.maximumDelayMs), signal);
    }
  }
}
