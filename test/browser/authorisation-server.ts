import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const CLIENT = { clientId: 'sequela-viewer', audience: 'sequela' } as const;

/** An OAuth 2.0 authorisation server for a public client, which is also the SMART server of an EHR on the same origin. */
export interface AuthorisationServer {
  readonly issuer: string;
  readonly fhirBaseUrl: string;
  /** What was asked for at the authorisation endpoint, in order. */
  readonly asked: readonly URLSearchParams[];
  /** Grants that were refused, with the reason. */
  readonly refused: readonly string[];
  /** Who signs in next, how long the token is good, and the patient that the EHR has open. */
  next: { tenant: string; expiresInS: number; patient: string | null; hasRefreshToken: boolean };
  close(): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
}

export async function startAuthorisationServer(): Promise<AuthorisationServer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256', use: 'sig' };
  const asked: URLSearchParams[] = [];
  const refused: string[] = [];
  const grants = new Map<string, Grant>();
  const refreshTokens = new Set<string>();

  const issue = async (): Promise<Record<string, unknown>> => {
    const { tenant, expiresInS, patient, hasRefreshToken } = server.next;
    const token = await new SignJWT({ sub: 'dr-b', tenant, scope: asked.at(-1)?.get('scope') ?? '' })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid })
      .setIssuer(issuer)
      .setAudience(CLIENT.audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInS)
      .sign(privateKey);
    const refreshToken = randomUUID();
    if (hasRefreshToken) refreshTokens.add(refreshToken);
    return {
      access_token: token,
      token_type: 'Bearer',
      ...(hasRefreshToken && { refresh_token: refreshToken }),
      ...(patient !== null && { patient }),
    };
  };
  const exchange = (form: URLSearchParams): string | null => {
    if (form.get('client_id') !== CLIENT.clientId) return 'client';
    if (form.get('grant_type') === 'refresh_token') {
      return refreshTokens.delete(form.get('refresh_token') ?? '') ? null : 'refresh token';
    }
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    if (grant === undefined) return 'code';
    if (form.get('redirect_uri') !== grant.redirectUri) return 'redirect URI';
    const verifier = form.get('code_verifier') ?? '';
    return createHash('sha256').update(verifier).digest('base64url') === grant.challenge ? null : 'verifier';
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(body));
    };
    const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
    if (url.pathname === '/.well-known/openid-configuration') {
      return json(200, { issuer, jwks_uri: `${issuer}/keys`, ...endpoints });
    }
    if (url.pathname === '/fhir/.well-known/smart-configuration') return json(200, endpoints);
    if (url.pathname === '/keys') return json(200, { keys: [jwk] });
    if (url.pathname === '/authorize') {
      asked.push(url.searchParams);
      const code = randomUUID();
      const redirectUri = url.searchParams.get('redirect_uri') ?? '';
      grants.set(code, { challenge: url.searchParams.get('code_challenge') ?? '', redirectUri });
      const location = new URL(redirectUri);
      location.search = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' }).toString();
      response.writeHead(302, { location: location.href }).end();
      return;
    }
    if (url.pathname === '/token' && request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const fault = exchange(new URLSearchParams(Buffer.concat(chunks).toString()));
      if (fault === null) return json(200, await issue());
      refused.push(fault);
      return json(400, { error: 'invalid_grant' });
    }
    json(404, {});
  };
  const http = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: AuthorisationServer = {
    issuer,
    fhirBaseUrl: `${issuer}/fhir`,
    asked,
    refused,
    next: { tenant: 'hospital-a', expiresInS: 300, patient: null, hasRefreshToken: false },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return server;
}
