import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSignIn, NO_SIGN_IN, type SignIn } from '../../../src/http/viewer/sign-in.ts';
import { createViewer } from '../../../src/http/viewer/viewer.ts';
import { createLogger } from '../../../src/logger.ts';
import { type ApiServer, startApi } from '../../support/api-server.ts';
import { cloneTemplate } from '../../support/database.ts';

const DOCUMENT = '<!doctype html><title>Page</title>';
const SCRIPT = `export const text = '${'long '.repeat(200)}';`;
const opened = new AsyncDisposableStack();
let directory: string;
let databaseUrl: string;
let api: ApiServer;

beforeAll(async () => {
  databaseUrl = opened.adopt(await cloneTemplate(), (clone) => clone.drop()).url;
  directory = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-viewer-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  await mkdir(path.join(directory, 'assets'));
  await writeFile(path.join(directory, 'index.html'), DOCUMENT);
  await writeFile(path.join(directory, 'assets/main-1a2b.js'), SCRIPT);
  api = await serve(NO_SIGN_IN);
});
afterAll(() => opened.disposeAsync());

async function serve(signIn: SignIn): Promise<ApiServer> {
  const pages = await createViewer({ directory, signIn });
  return opened.adopt(await startApi({ databaseUrl, pages }), (server) => server.close());
}
const get = (address: string, headers: Record<string, string> = {}) => fetch(`${api.url}${address}`, { headers });

describe('the page', () => {
  it.each(['/', '/twins/abc-1', '/twins/abc-1/record', '/forecasts/f/what-if?with=a', '/launch?iss=x', '/signed-in'])(
    'is one document at %s, asked for anew each time, under a policy without exceptions',
    async (address) => {
      const response = await get(address);
      expect(await response.text()).toBe(DOCUMENT);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';style-src 'self'");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).not.toMatch(/unsafe|\*/);
    },
  );

  it('has files that are kept for good, compressed, and not sent twice', async () => {
    const response = await get('/assets/main-1a2b.js', { 'accept-encoding': 'gzip' });
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const etag = response.headers.get('etag') ?? '';
    const plain = await get('/assets/main-1a2b.js', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    // Not by `fetch`, which asks for a fresh answer with it.
    await request(api.url).get('/assets/main-1a2b.js').set('if-none-match', etag).expect(304);
  });

  it.each([
    '/index.html',
    '/assets',
    '/assets/',
    '/assets/%2e%2e/index.html',
    '/nowhere',
    '/twins/a/b/c',
    '/twins/<b>',
  ])('has nothing at %s', async (address) => {
    const response = await get(address);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('<b>');
  });

  it('takes nothing', async () => {
    expect((await fetch(api.url, { method: 'POST', body: 'x' })).status).toBe(404);
  });

  it('is refused without a document, when the server starts', async () => {
    await expect(createViewer({ directory: path.join(directory, 'assets'), signIn: NO_SIGN_IN })).rejects.toThrow(
      'there is no index.html',
    );
  });
});

describe('how to sign in', () => {
  it('is not at all where everybody is the developer', async () => {
    expect(await (await get('/viewer.json')).json()).toEqual({ signIn: null });
  });

  it('is discovered, and the page may talk to the token endpoints and to nobody else', async () => {
    let answers = 0;
    const authority = createServer((request, response) => {
      answers++;
      const isSmart = request.url === '/ehr/fhir/.well-known/smart-configuration';
      if (!isSmart && request.url !== '/.well-known/openid-configuration') {
        response.writeHead(404).end();
        return;
      }
      const at = isSmart ? 'https://ehr.example' : 'https://id.example';
      response.end(JSON.stringify({ authorization_endpoint: `${at}/authorize`, token_endpoint: `${at}/token` }));
    });
    await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve));
    opened.defer(() => new Promise<void>((resolve) => authority.close(() => resolve())));
    const issuer = `http://127.0.0.1:${(authority.address() as AddressInfo).port}`;
    const launchers = [`${issuer}/ehr/fhir/`, `${issuer}/silent/fhir`];
    const { url } = await serve(createSignIn({ issuer, clientId: 'page', launchers }, createLogger('silent')));
    const description = (await (await fetch(`${url}/viewer.json`)).json()) as { signIn: Record<string, unknown> };
    const server = (at: string) => ({ authorizationEndpoint: `${at}/authorize`, tokenEndpoint: `${at}/token` });
    expect(description.signIn).toMatchObject({
      clientId: 'page',
      issuer: server('https://id.example'),
      launchers: { [`${issuer}/ehr/fhir`]: server('https://ehr.example') },
    });
    expect(Object.keys(description.signIn['launchers'] as object)).toHaveLength(1);
    const policy = (await fetch(url)).headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' https://id.example https://ehr.example;");
    expect(answers).toBe(3);
  });

  it('is said to be unknown while the issuer does not answer', async () => {
    const signIn = createSignIn(
      { issuer: 'http://127.0.0.1:9', clientId: null, launchers: [] },
      createLogger('silent'),
    );
    expect(await signIn.describe()).toMatchObject({ signIn: { clientId: null, issuer: null, launchers: {} } });
    expect(await signIn.origins()).toEqual([]);
  });
});
