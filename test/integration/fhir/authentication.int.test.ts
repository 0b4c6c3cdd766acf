import { afterEach, describe, expect, test } from 'vitest';
import { startFaultyHttpServer } from '../../support/faulty-http-server.ts';
import type { FaultyHttpServer } from '../../support/faulty-http-server.ts';
import { clinicalSource, pullAll, signal } from '../../support/fhir-source.ts';
import { smartTokens } from '../../support/smart-server.ts';
import type { SmartTokens } from '../../support/smart-server.ts';

let server: FaultyHttpServer;
afterEach(() => server.close());

const patient = (id: string): string => JSON.stringify({ resourceType: 'Patient', id });
const empty = JSON.stringify({ resourceType: 'Bundle', type: 'searchset' });

/** A FHIR server behind SMART Backend Services. */
async function startProtected(tokens: SmartTokens, beforeEach: (url: string) => void = () => {}): Promise<void> {
  server = await startFaultyHttpServer((request, response) => {
    if (tokens.handle(request, response)) return;
    beforeEach(request.url ?? '');
    const isAllowed = tokens.isValid(request.headers.authorization);
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/fhir+json' });
    response.end(request.url?.startsWith('/fhir/Patient/') ? patient(request.url.split('/')[3] ?? '') : empty);
  });
}
const smart = (tokens: SmartTokens, algorithm: 'RS384' | 'ES384' = 'ES384') => ({
  authentication: {
    kind: 'smart-backend-services' as const,
    clientId: 'sequela',
    privateKeyPem: tokens.privateKeyPem,
    keyId: 'key-1',
    algorithm,
    scope: 'system/*.rs',
  },
});
const tokenRequests = (): number => server.requests.filter((one) => one === 'POST /auth/token').length;

describe('SMART Backend Services', () => {
  test.each(['RS384', 'ES384'] as const)(
    'an %s assertion is verified and its token used for all',
    async (algorithm) => {
      const tokens = await smartTokens(algorithm, 'sequela', 'key-1');
      await startProtected(tokens);
      const { source } = clinicalSource(server.baseUrl, smart(tokens, algorithm));
      const ids = ['a', 'b', 'c', 'd'];
      const records = await Promise.all(ids.map((id) => source.readPatient(id, signal)));
      expect(records.map((record) => record?.fhirId)).toEqual(ids);
      expect(tokenRequests()).toBe(1);
      expect(tokens.assertions[0]).toMatchObject({ iss: 'sequela', sub: 'sequela' });
    },
  );

  test('a token that is revoked in the middle of a pull is replaced once, and nothing is lost', async () => {
    const tokens = await smartTokens('ES384', 'sequela', 'key-1');
    await startProtected(tokens, (url) => {
      if (url.startsWith('/fhir/MedicationRequest') && tokens.assertions.length === 1) tokens.revokeAll();
    });
    const pulled = await pullAll(clinicalSource(server.baseUrl, smart(tokens)).source, 'anna');
    expect(pulled.gaps).toEqual({});
    expect(tokenRequests()).toBe(2);
    expect(tokens.assertions[0]?.jti).not.toBe(tokens.assertions[1]?.jti);
  });

  test('a token is renewed 30 seconds before it expires, not earlier', async () => {
    let now = Date.now();
    const tokens = await smartTokens('ES384', 'sequela', 'key-1', 300, () => new Date(now));
    await startProtected(tokens);
    const { source } = clinicalSource(server.baseUrl, { ...smart(tokens), clock: { now: () => new Date(now) } });
    await source.readPatient('anna', signal);
    now += 269_000;
    await source.readPatient('anna', signal);
    expect(tokenRequests()).toBe(1);
    now += 2000;
    await source.readPatient('anna', signal);
    expect(tokenRequests()).toBe(2);
  });

  test('a server that refuses every token is asked twice, not for ever', async () => {
    const tokens = await smartTokens('ES384', 'sequela', 'key-1');
    await startProtected(tokens, () => {
      tokens.revokeAll();
    });
    const read = clinicalSource(server.baseUrl, smart(tokens)).source.readPatient('anna', signal);
    await expect(read).rejects.toMatchObject({ kind: 'unauthorised', status: 401 });
    expect(tokenRequests()).toBe(2);
  });

  test('a key that the server does not know, and one that is no key', async () => {
    const tokens = await smartTokens('ES384', 'sequela', 'another-key');
    await startProtected(tokens);
    const read = clinicalSource(server.baseUrl, smart(tokens)).source.readPatient('anna', signal);
    await expect(read).rejects.toMatchObject({ kind: 'unauthorised' });
    const { authentication } = smart(tokens);
    const bad = clinicalSource(server.baseUrl, { authentication: { ...authentication, privateKeyPem: 'nonsense' } });
    await expect(bad.source.readPatient('anna', signal)).rejects.toThrow('private key of the FHIR source');
  });
});

test.each([
  [{ kind: 'none' } as const, undefined],
  [{ kind: 'bearer', token: 'abc' } as const, 'Bearer abc'],
  [{ kind: 'basic', username: 'ü', password: 'p:w' } as const, `Basic ${Buffer.from('ü:p:w').toString('base64')}`],
])('the credential of %o is sent', async (authentication, expected) => {
  const sent: (string | undefined)[] = [];
  server = await startFaultyHttpServer((request, response) => {
    sent.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/fhir+json' });
    response.end(patient('anna'));
  });
  await clinicalSource(server.baseUrl, { authentication }).source.readPatient('anna', signal);
  expect(sent).toEqual([expected]);
});
