import type { FhirSettings } from './options.ts';
import { createBackendServicesToken } from './smart-backend-services.ts';

/** The credential of a request. */
export interface Authorizer {
  /** The value of the Authorization header; null where the server wants none. */
  header(signal: AbortSignal): Promise<string | null>;
  /**
   * Called once after a 401 to a request with `rejected`. True where another attempt has another credential.
   */
  renew(rejected: string | null, signal: AbortSignal): Promise<boolean>;
}

/** The authorizer that the options ask for. */
export function createAuthorizer(settings: FhirSettings): Authorizer {
  const { authentication } = settings;
  if (authentication.kind === 'none') return constant(null);
  if (authentication.kind === 'bearer') return constant(`Bearer ${authentication.token}`);
  if (authentication.kind === 'basic') {
    const pair = `${authentication.username}:${authentication.password}`;
    return constant(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`);
  }
  const token = createBackendServicesToken(authentication, settings);
  return {
    header: async (signal) => `Bearer ${await token.get(signal)}`,
    renew: async (rejected, signal) =>
      `Bearer ${await token.renew(rejected?.replace('Bearer ', ''), signal)}` !== rejected,
  };
}

function constant(header: string | null): Authorizer {
  return { header: async () => header, renew: async () => false };
}
