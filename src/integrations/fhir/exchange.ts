import { IntegrationError } from '../../errors.ts';
import { discardBody, readBoundedText } from './bounded-body.ts';
import type { FhirSettings } from './options.ts';
import { parseRetryAfter } from './retry.ts';

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string | undefined;
}

/** An answer that arrived whole: 2xx, and JSON where it has a body (`json` undefined where it has none). */
export interface ReceivedJson {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
  readonly text: string;
}

export type ExchangeLimits = Pick<FhirSettings, 'fetch' | 'timeoutMs' | 'maximumResponseBytes' | 'clock'>;

/**
 * One request and its whole answer, once.
 * @throws {IntegrationError} for everything that is not a complete JSON answer with a 2xx status. Its message holds no
 *   URL and no text of the server; its cause is of our own platform and only ever logged by name.
 */
export async function exchange(
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<ReceivedJson> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  try {
    const response = await limits.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      // Followed, a redirect would carry the credentials to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    });
    if (!response.ok) {
      await discardBody(response);
      throw faultOfStatus(response, limits.clock.now());
    }
    const text = await readBoundedText(response, limits.maximumResponseBytes);
    return { status: response.status, headers: response.headers, text, json: parseJson(response, text) };
  } catch (error) {
    throw faultOf(error, timeout, signal);
  }
}

function faultOfStatus(response: Response, now: Date): IntegrationError {
  const { status } = response;
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now);
  if (status >= 300 && status < 400) {
    return new IntegrationError('off-origin', 'the FHIR server redirects, which is not followed', { status });
  }
  const kind = status === 401 || status === 403 ? 'unauthorised' : status === 429 ? 'rate-limited' : 'http';
  return new IntegrationError(kind, `the FHIR server answered ${status}`, { status, retryAfterMs });
}

function parseJson(response: Response, text: string): unknown {
  if (text.trim() === '') return undefined;
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) {
    throw new IntegrationError('unexpected-content-type', 'the FHIR server answered with something other than JSON');
  }
  try {
    return text.includes(String.raw`\u0000`)
      ? (JSON.parse(text, withoutNul) as unknown)
      : (JSON.parse(text) as unknown);
  } catch {
    // No cause: the parser's message quotes the text, which is about a patient.
    throw /[}\]]\s*$/.test(text)
      ? new IntegrationError('malformed', 'the FHIR server sent JSON that cannot be read')
      : new IntegrationError('truncated', 'the FHIR server sent JSON that breaks off');
  }
}

function faultOf(error: unknown, timeout: AbortSignal, signal: AbortSignal): IntegrationError {
  if (error instanceof IntegrationError) return error;
  if (signal.aborted) return new IntegrationError('aborted', 'the request to the FHIR server was stopped');
  if (timeout.aborted) return new IntegrationError('timeout', 'the FHIR server did not answer in time');
  return new IntegrationError('network', 'the FHIR server could not be reached or broke off', { cause: error });
}

/** FHIR forbids the character (R4 datatypes, string) and PostgreSQL cannot store it: the text around it is kept. */
const withoutNul = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '') : value;
