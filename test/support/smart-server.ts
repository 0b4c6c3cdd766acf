import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

export interface SmartTokens {
  readonly privateKeyPem: string;
  /** Claims of every assertion that was accepted. */
  readonly assertions: readonly JWTPayload[];
  /** Answers the token endpoint and the discovery document; false for any other request. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  isValid(authorization: string | undefined): boolean;
  /** From now on no token that was issued is worth anything. */
  revokeAll(): void;
}

/** The authorization side of SMART Backend Services, as a server must do it: it verifies the assertion. */
export async function smartTokens(
  algorithm: 'RS384' | 'ES384',
  clientId: string,
  keyId: string,
  lifetimeS = 300,
  now: () => Date = () => new Date(),
): Promise<SmartTokens> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const assertions: JWTPayload[] = [];
  const seen = new Set<string>();
  let valid = new Set<string>();
  let issued = 0;

  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const issue = async (body: URLSearchParams, endpoint: string): Promise<string> => {
    const { payload, protectedHeader } = await jwtVerify(body.get('client_assertion') ?? '', publicKey, {
      algorithms: [algorithm],
      audience: endpoint,
      issuer: clientId,
      subject: clientId,
      requiredClaims: ['jti', 'exp', 'iat'],
      maxTokenAge: '5 min',
      currentDate: now(),
    });
    if (protectedHeader.kid !== keyId || protectedHeader.typ !== 'JWT') throw new Error('wrong key');
    if (seen.has(payload.jti ?? '') || (payload.exp ?? 0) - (payload.iat ?? 0) > 300) throw new Error('replay');
    if (body.get('grant_type') !== 'client_credentials' || body.get('scope') === null) throw new Error('wrong grant');
    seen.add(payload.jti ?? '');
    assertions.push(payload);
    const token = `token-${++issued}`;
    valid.add(token);
    return token;
  };
  return {
    privateKeyPem: await exportPKCS8(privateKey),
    assertions,
    handle(request, response) {
      const base = `http://${request.headers.host ?? ''}`;
      if (request.url === '/fhir/.well-known/smart-configuration') {
        json(response, 200, { token_endpoint: `${base}/auth/token` });
        return true;
      }
      if (request.url !== '/auth/token') return false;
      void (async () => {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        try {
          const token = await issue(new URLSearchParams(text), `${base}/auth/token`);
          json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: lifetimeS });
        } catch {
          json(response, 400, { error: 'invalid_client' });
        }
      })();
      return true;
    },
    isValid: (authorization) => valid.has(authorization?.replace(/^Bearer /, '') ?? ''),
    revokeAll() {
      valid = new Set();
    },
  };
}
