import { IntegrationError } from '../../errors.ts';
import type { FhirSettings } from './options.ts';

const RETRYABLE_STATUS = new Set([429, 500, 502, 503, 504]);
const LONGEST_BACKOFF_MS = 10_000;

export type RetryPolicy = Pick<
  FhirSettings,
  'maximumRetries' | 'retryBaseMs' | 'maximumRetryAfterMs' | 'sleep' | 'random'
>;

/**
 * Repeats an attempt that failed for a passing reason. The wait is what `Retry-After` asks for, or else doubles from
 * `retryBaseMs` with half of it at random, so that many clients do not come back at once.
 *
 * READ BEFORE CHANGING: only for attempts that may be repeated without harm. A create that was answered with 503 may have
 * happened, and its repetition would be a second resource.
 */
export async function withRetries<T>(attempt: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof IntegrationError) || retry >= policy.maximumRetries || !mayPass(error)) throw error;
      const backoff = Math.min(policy.retryBaseMs * 2 ** retry, LONGEST_BACKOFF_MS);
      const wait = error.retryAfterMs ?? backoff / 2 + (backoff / 2) * policy.random();
      if (wait > policy.maximumRetryAfterMs) throw error;
      try {
        await policy.sleep(wait, signal);
      } catch (cause) {
        throw new IntegrationError('aborted', 'waiting for the FHIR server was stopped', { cause });
      }
    }
  }
}

/**
 * Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date (RFC 9110 10.2.3), never negative.
 * Undefined where there is none or it cannot be read.
 */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Without its comma or name of the month it is no HTTP date; Date.parse would make something of it anyway.
  if (!/^[A-Za-z]{3,9},? .*GMT$|^[A-Za-z]{3} [A-Za-z]{3} /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

function mayPass(error: IntegrationError): boolean {
  if (error.kind === 'http' || error.kind === 'rate-limited') return RETRYABLE_STATUS.has(error.status ?? 0);
  return error.kind === 'network' || error.kind === 'timeout' || error.kind === 'truncated';
}
