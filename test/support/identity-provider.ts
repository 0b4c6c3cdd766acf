import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export const AUDIENCE = 'sequela';

/** A small OpenID provider on loopback: discovery document, key set, and tokens as it would issue them. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often the key set was fetched. */
  readonly keyFetches: () => number;
  /** A new key, published at once; the tokens that follow are signed with it. */
  rotate(): Promise<void>;
  /** A key that is used from now on but not published yet. */
  rotateUnpublished(): Promise<{ readonly publish: () => void }>;
  token(
    claims?: JWTPayload,
    options?: { expiresIn?: string | number | Date; audience?: string; issuer?: string },
  ): Promise<string>;
  close(): Promise<void>;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const published: JWK[] = [];
  let fetches = 0;
  let current: { readonly kid: string; readonly privateKey: CryptoKey } | undefined;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
      return;
    }
    fetches++;
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const rotateUnpublished = async () => {
    const kid = `key-${published.length + 1}`;
    const pair = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
    current = { kid, privateKey: pair.privateKey };
    return { publish: () => void published.push(jwk) };
  };
  const rotate = async () => (await rotateUnpublished()).publish();
  await rotate();

  return {
    issuer,
    jwksUrl: `${issuer}/keys`,
    keyFetches: () => fetches,
    rotate,
    rotateUnpublished,
    token: (claims = {}, options = {}) =>
      new SignJWT({ sub: 'dr-a', tenant: 'hospital-a', scope: 'user/*.cruds', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: current!.kid })
        .setIssuer(options.issuer ?? issuer)
        .setAudience(options.audience ?? AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(options.expiresIn ?? '5m')
        .sign(current!.privateKey),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
