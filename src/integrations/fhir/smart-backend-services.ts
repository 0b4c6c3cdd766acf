import { randomUUID } from 'node:crypto';
import { SignJWT, importPKCS8 } from 'jose';
import { ConfigurationError, IntegrationError } from '../../errors.ts';
import { asElement, numberOf, textOf } from './element.ts';
import { exchange } from './exchange.ts';
import type { FhirAuthentication, FhirSettings } from './options.ts';
import { withRetries } from './retry.ts';

type BackendServices = Extract<FhirAuthentication, { kind: 'smart-backend-services' }>;

/** Must be at most 5 minutes (SMART App Launch 2.2, client-confidential-asymmetric). */
const ASSERTION_LIFETIME_S = 240;
const REFRESH_BEFORE_EXPIRY_MS = 30_000;
/** What SMART recommends as the longest; taken where the server does not state a lifetime. */
const DEFAULT_TOKEN_LIFETIME_S = 300;
const TOKEN_CHARACTERS = /^[\x21-\x7e]{1,16384}$/;

interface AccessToken {
  readonly value: string;
  readonly refreshAtMs: number;
}

/** The access token of one EHR, asked for when first needed and again shortly before it expires. */
export interface BackendServicesToken {
  get(signal: AbortSignal): Promise<string>;
  /** Another token than the rejected one; a token that somebody else renewed meanwhile counts. */
  renew(rejected: string | undefined, signal: AbortSignal): Promise<string>;
}

/**
 * SMART Backend Services: an RFC 7523 assertion signed with RS384 or ES384, exchanged for a token with the client
 * credentials grant and a scope. Callers that need a token at once share one request for it; one of them that gives up
 * does not stop it for the others.
 */
export function createBackendServicesToken(
  authentication: BackendServices,
  settings: FhirSettings,
): BackendServicesToken {
  let current: AccessToken | null = null;
  let pending: Promise<AccessToken> | null = null;

  const request = (): Promise<AccessToken> => {
    pending ??= requestToken(authentication, settings)
      .then((token) => (current = token))
      .finally(() => (pending = null));
    return pending;
  };
  return {
    async get(signal) {
      if (current !== null && settings.clock.now().getTime() < current.refreshAtMs) return current.value;
      return (await untilAborted(request(), signal)).value;
    },
    async renew(rejected, signal) {
      if (current !== null && current.value !== rejected) return current.value;
      return (await untilAborted(request(), signal)).value;
    },
  };
}

async function requestToken(authentication: BackendServices, settings: FhirSettings): Promise<AccessToken> {
  // Not the signal of whoever asked first: others wait for the same token. Each attempt has its own timeout.
  const { signal } = new AbortController();
  const endpoint = await tokenEndpoint(authentication, settings, signal);
  const key = await importKey(authentication);
  const answer = await withRetries(
    async () => {
      const now = Math.floor(settings.clock.now().getTime() / 1000);
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg: authentication.algorithm, kid: authentication.keyId, typ: 'JWT' })
        .setIssuer(authentication.clientId)
        .setSubject(authentication.clientId)
        .setAudience(endpoint.href)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + ASSERTION_LIFETIME_S)
        .sign(key);
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        scope: authentication.scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' });
      return exchange({ url: endpoint, method: 'POST', headers, body: body.toString() }, settings, signal);
    },
    settings,
    signal,
  ).catch((error: unknown) => {
    // OAuth answers 400 invalid_client where other interfaces answer 401 (RFC 6749 5.2).
    if (error instanceof IntegrationError && error.kind === 'http' && error.status === 400) {
      throw new IntegrationError('unauthorised', 'the token endpoint refused us', { status: 400, cause: error });
    }
    throw error;
  });
  const token = asElement(answer.json);
  const value = textOf(token?.['access_token']);
  const type = textOf(token?.['token_type']);
  if (value === null || !TOKEN_CHARACTERS.test(value) || (type !== null && type.toLowerCase() !== 'bearer')) {
    throw new IntegrationError('malformed', 'the token endpoint answered without a bearer token');
  }
  const lifetime = numberOf(token?.['expires_in']) ?? DEFAULT_TOKEN_LIFETIME_S;
  return { value, refreshAtMs: settings.clock.now().getTime() + lifetime * 1000 - REFRESH_BEFORE_EXPIRY_MS };
}

async function tokenEndpoint(
  authentication: BackendServices,
  settings: FhirSettings,
  signal: AbortSignal,
): Promise<URL> {
  const base = new URL(settings.baseUrl.replace(/\/*$/, '/'));
  let stated = authentication.tokenEndpoint;
  if (stated === undefined) {
    const url = new URL('.well-known/smart-configuration', base);
    const headers = new Headers({ accept: 'application/json' });
    const { json } = await withRetries(
      () => exchange({ url, method: 'GET', headers }, settings, signal),
      settings,
      signal,
    );
    stated = textOf(asElement(json)?.['token_endpoint']) ?? undefined;
  }
  if (stated === undefined || !URL.canParse(stated)) {
    throw new IntegrationError('protocol', 'the SMART configuration of the FHIR server names no token endpoint');
  }
  const endpoint = new URL(stated);
  // An assertion is a credential: no less protected on its way than the records are.
  if (endpoint.protocol !== 'https:' && endpoint.protocol !== base.protocol) {
    throw new IntegrationError('protocol', 'the token endpoint is less protected than the FHIR server');
  }
  return endpoint;
}

async function importKey({ privateKeyPem, algorithm }: BackendServices): ReturnType<typeof importPKCS8> {
  try {
    return await importPKCS8(privateKeyPem, algorithm);
  } catch {
    // No cause: it may quote the key.
    throw new ConfigurationError('the private key of the FHIR source cannot be used', [
      `expected a PKCS #8 PEM key for ${algorithm}`,
    ]);
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever stops waiting must not leave a rejection that nobody handles.
  work.catch(() => undefined);
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stopped.reject(new IntegrationError('aborted', 'waiting for an access token was stopped'));
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
