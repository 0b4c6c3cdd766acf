import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import { FaultError } from '../errors.ts';
import type { Authenticate, Authentication } from '../twins/caller.ts';
import { isTenantId } from '../twins/tenant-id.ts';
import { permissionsOf } from './smart-scopes.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Null: read from the issuer's discovery document. */
  readonly jwksUrl: string | null;
  /** The claim that names the hospital. */
  readonly tenantClaim: string;
  /** How long to wait before the keys are fetched again for an unknown key id; 30 s when absent. */
  readonly jwksCooldownMs?: number;
}

/** Asymmetric only: with a shared secret every reader of it could issue tokens. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const CLOCK_TOLERANCE_S = 5;
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const MAX_TOKEN_LENGTH = 8192;
const DISCOVERY_TIMEOUT_MS = 5000;
/** Of jose: no answer in time, no key set in it, no success status. */
const KEY_SERVER_FAULTS = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);
/** OpenID Connect Core 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/**
 * Checks OIDC access tokens (RFC 9068 in what it asks of a resource server): signature by a key of the issuer, issuer,
 * audience, times. The user is `sub`; without the tenant's claim a token opens nothing.
 * @throws {FaultError} when the keys' address cannot be discovered.
 */
export async function createOidcAuthentication(options: OidcOptions): Promise<Authenticate> {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl ?? (await discoverJwksUrl(options.issuer))), {
    cooldownDuration: options.jwksCooldownMs ?? 30_000,
    timeoutDuration: DISCOVERY_TIMEOUT_MS,
  });
  return async (authorization) => {
    if (authorization === null) {
      return { caller: null, message: 'A bearer token is needed.', isTokenInvalid: false };
    }
    const token = authorization.length > MAX_TOKEN_LENGTH ? undefined : BEARER.exec(authorization)?.[1];
    return token === undefined ? refused('The authorisation is no bearer token.') : verify(token);
  };

  async function verify(token: string): Promise<Authentication> {
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      }));
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) {
        return refused('The token has expired.');
      }
      // What is said of the token itself; that the keys cannot be fetched is no fault of the caller.
      if (cause instanceof errors.JOSEError && !KEY_SERVER_FAULTS.has(cause.code)) {
        return refused('The token is not valid here.');
      }
      throw new FaultError('the keys of the token issuer cannot be read', { cause });
    }
    const tenantId = payload[options.tenantClaim];
    if (typeof tenantId !== 'string' || !isTenantId(tenantId)) {
      return refused('The token names no hospital.');
    }
    const userId: unknown = payload.sub;
    if (typeof userId !== 'string' || !SUBJECT.test(userId)) {
      return refused('The token names no user.');
    }
    return {
      caller: { actor: { tenantId, userId }, permissions: permissionsOf(scopeOf(payload)) },
      expiresAt: new Date((payload.exp ?? 0) * 1000),
    };
  }
}

const refused = (message: string): Authentication => ({ caller: null, message, isTokenInvalid: true });

/** `scope` is one text (RFC 8693); some issuers write a list, or call it `scp`. */
function scopeOf(payload: JWTPayload): string {
  const scope = payload['scope'] ?? payload['scp'];
  if (typeof scope === 'string') return scope;
  return Array.isArray(scope) ? scope.filter((word) => typeof word === 'string').join(' ') : '';
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

async function discoverJwksUrl(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const response = await fetch(address, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
    });
    const document = discovery.parse(await response.json());
    if (document.issuer !== issuer) {
      throw new FaultError('the discovery document names another issuer');
    }
    return document.jwks_uri;
  } catch (cause) {
    throw new FaultError('the discovery document of the token issuer cannot be read', { cause });
  }
}
