import { IntegrationError } from '../../errors.ts';
import type { Authorizer } from './access-token.ts';
import { exchange } from './exchange.ts';
import type { ReceivedJson } from './exchange.ts';
import type { FhirSettings } from './options.ts';
import { withRetries } from './retry.ts';

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

export interface FhirRequest {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | Headers | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | null | undefined;
}
export type FhirFetch = (url: string | URL, request?: FhirRequest) => Promise<ReceivedJson>;

/**
 * The only way to the EHR: credentials, one new credential after a 401, bounded retries of what may be repeated
 * (idempotent methods, and creates that are conditional by `If-None-Exist`), and nothing to another origin.
 * @throws {IntegrationError}
 */
export function createFhirFetch(settings: FhirSettings, authorizer: Authorizer): FhirFetch {
  const { origin } = new URL(settings.baseUrl);
  return async (address, request = {}) => {
    const url = new URL(address);
    if (url.origin !== origin || url.username !== '' || url.password !== '') {
      throw new IntegrationError('off-origin', 'a request to another server than the FHIR server was refused');
    }
    const method = (request.method ?? 'GET').toUpperCase();
    const signal = request.signal ?? new AbortController().signal;
    const isRepeatable = IDEMPOTENT.has(method) || new Headers(request.headers).has('if-none-exist');
    let hasRenewed = false;

    const attempt = async (): Promise<ReceivedJson> => {
      const headers = new Headers(request.headers);
      const credential = await authorizer.header(signal);
      if (credential !== null) headers.set('authorization', credential);
      try {
        return await exchange({ url, method, headers, body: request.body }, settings, signal);
      } catch (error) {
        const isRejected = error instanceof IntegrationError && error.status === 401;
        if (!isRejected || hasRenewed) throw error;
        hasRenewed = true;
        if (!(await authorizer.renew(credential, signal))) throw error;
        return attempt();
      }
    };
    return isRepeatable ? withRetries(attempt, settings, signal) : attempt();
  };
}
