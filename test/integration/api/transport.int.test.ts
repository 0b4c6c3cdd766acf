import { auditServer } from 'graphql-http';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FAMILY_NAME, HOSPITAL_A, recordTwin, type RecordedTwin } from '../../support/api-record.ts';
import { startApi, type ApiServer, type GraphqlAnswer } from '../../support/api-server.ts';
import { cloneTemplate } from '../../support/database.ts';
import { AUDIENCE, startIdentityProvider, type IdentityProvider } from '../../support/identity-provider.ts';

const METRICS_TOKEN = 'a-token-for-metrics-only';
const opened = new AsyncDisposableStack();
const log: string[] = [];
let provider: IdentityProvider;
let open: ApiServer;
let guarded: ApiServer;
let recorded: RecordedTwin;

beforeAll(async () => {
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  provider = opened.adopt(await startIdentityProvider(), (idp) => idp.close());
  open = opened.adopt(await startApi({ databaseUrl: clone.url }), (server) => server.close());
  guarded = opened.adopt(
    await startApi({
      databaseUrl: clone.url,
      config: {
        isProduction: true,
        oidc: { issuer: provider.issuer, audience: AUDIENCE, jwksUrl: provider.jwksUrl, tenantClaim: 'tenant' },
        metricsToken: METRICS_TOKEN,
        allowedOrigins: ['https://viewer.example'],
        requestsPerMinute: 40,
      },
      onLog: (line) => log.push(line),
    }),
    (server) => server.close(),
  );
  recorded = await recordTwin(open.dependencies, HOSPITAL_A);
});
afterAll(() => opened.disposeAsync());

async function overSocket(api: ApiServer, query: string, variables: Record<string, unknown> = {}, token?: string) {
  const client = api.client(token);
  const answer = await new Promise<GraphqlAnswer>((resolve, reject) => {
    client.subscribe(
      { query, variables },
      {
        next: (value) => resolve(value as GraphqlAnswer),
        error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(error)),
        complete: () => undefined,
      },
    );
  });
  await client.dispose();
  return answer;
}

describe('GraphQL over HTTP', () => {
  it('keeps every MUST of the specification, and all but three of what it SHOULD', async () => {
    const audits = await auditServer({ url: `${open.url}/graphql` });
    expect(audits).toHaveLength(61);
    expect(audits.filter(({ status }) => status === 'error')).toEqual([]);
    // Apollo answers 400 where a client that accepts only application/json should get 200.
    expect(audits.filter(({ status }) => status === 'warn').map(({ id }) => id)).toEqual(['572B', 'FDE2', '7B9B']);
  });

  const sent = async (body: object | string, type = 'json') =>
    (await request(open.url).post('/graphql').type(type).send(body)).status;

  it('answers no list of operations at once', async () => {
    expect(await sent([{ query: '{ __typename }' }, { query: '{ __typename }' }])).toBe(400);
  });

  it('refuses what a foreign page could send without asking first', async () => {
    expect((await request(open.url).get('/graphql').query({ query: '{ __typename }' })).status).toBe(400);
    expect(await sent('{"query":"{ __typename }"}', 'text/plain')).toBe(400);
  });

  it('refuses a body that is too large, and one that is no JSON', async () => {
    expect(await sent({ query: '{ __typename }', x: 'x'.repeat(300_000) })).toBe(413);
    expect(await sent('{"query":')).toBe(400);
  });

  it('answers under this machine’s names only where it is for this machine', async () => {
    const under = async (host: string) => (await request(open.url).get('/livez').set('host', host)).status;
    expect(await under('attacker.example')).toBe(421);
    expect(await under('localhost:1')).toBe(200);
  });

  it('sends a policy that lets pages load from here only, and says nothing of what it runs on', async () => {
    const { headers } = await request(open.url).get('/').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('limits hold on HTTP and WebSocket alike', () => {
  it.each([
    ['cost', '{ patients(first: 100) { nodes { twins { forecasts(first: 100) { nodes { inputs { id } } } } } } }', {}],
    [
      'cost by variable',
      'query ($n: Int) { patients(first: $n) { nodes { twins { forecasts(first: $n) { nodes { inputs { id } } } } } } }',
      { n: 100 },
    ],
    ['aliases', `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }`, {}],
    ['depth', `{ diseaseTwin(id: "a") { ${'latestForecast { twin { '.repeat(9)}id${' } }'.repeat(9)} } }`, {}],
  ])('for %s', async (_what, query, variables) => {
    const http = await open.post(query, variables);
    expect(http.status).toBe(400);
    for (const { errors } of [http.body, await overSocket(open, query, variables)]) {
      expect(errors?.[0]?.message).toMatch(/^The query was refused/);
      expect(errors?.[0]?.extensions).toEqual({ code: 'QUERY_TOO_COMPLEX' });
    }
  });

  it('for the number of tokens', async () => {
    const query = `{ ${'__typename '.repeat(2500)} }`;
    for (const { errors } of [(await open.post(query)).body, await overSocket(open, query)]) {
      expect(errors?.[0]?.message).toMatch(/2000 tokens/);
    }
  });

  it('for introspection in production, where the schema does not help guessing either', async () => {
    const token = await provider.token();
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Patient") { name } }']) {
      expect((await guarded.post(query, {}, token)).status).toBe(400);
      expect((await overSocket(guarded, query, {}, token)).data).toBeUndefined();
      expect((await open.post(query)).status).toBe(200);
    }
    for (const { errors } of [
      (await guarded.post('{ patint }', {}, token)).body,
      await overSocket(guarded, '{ patint }', {}, token),
    ]) {
      expect(errors?.[0]?.message).not.toContain('patient');
      expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });

  it('for web pages of other origins that open a WebSocket', async () => {
    const status = (origin: string, api = open) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin });
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('error', () => undefined);
        socket.on('open', () => {
          resolve(101);
          socket.close();
        });
      });
    expect(await status('https://attacker.example')).toBe(403);
    expect(await status(open.url)).toBe(101);
    expect(await status('https://viewer.example')).toBe(403);
    expect(await status('https://viewer.example', guarded)).toBe(101);
    expect(await status('https://viewer.example.attacker.example', guarded)).toBe(403);
  });

  it('for a message that is too large', async () => {
    const socket = new WebSocket(`${open.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => socket.send('x'.repeat(100_000)));
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1009);
  });
});

describe('tokens', () => {
  it('are asked for', async () => {
    const { headers, body } = await request(guarded.url).post('/graphql').send({ query: '{ __typename }' }).expect(401);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status: 401, title: 'Unauthorized', detail: 'A bearer token is needed.' });
  });

  it('are refused when they are not good', async () => {
    const token = await provider.token({}, { expiresIn: '-1m' });
    const { headers } = await request(guarded.url)
      .post('/graphql')
      .auth(token, { type: 'bearer' })
      .send({})
      .expect(401);
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it('open what their scopes say and nothing else', async () => {
    const query = `query ($id: ID!) { diseaseTwin(id: $id) { status patient { familyName } visits { index } latestForecast { status image { image { sha256 } } inputs { id } } } }`;
    const token = await provider.token({ scope: 'user/DiseaseTwin.rs' });
    const { body } = await guarded.post(query, { id: recorded.twin.id }, token);
    expect(body.errors?.map(({ extensions }) => extensions)).toEqual(
      expect.arrayContaining([
        { code: 'FORBIDDEN', requires: ['READ_PATIENT'] },
        { code: 'FORBIDDEN', requires: ['READ_TWIN', 'READ_RECORD'] },
      ]),
    );
    expect(JSON.stringify(body)).not.toContain(FAMILY_NAME);
    const write = await guarded.post(
      `mutation { retireDiseaseTwin(twinId: "${recorded.twin.id}") { __typename } }`,
      {},
      token,
    );
    expect(write.body.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', requires: ['WRITE_TWIN'] });
  });

  it('show the record of their own hospital only', async () => {
    const token = await provider.token({ tenant: 'hospital-b' });
    const { body } = await guarded.post(
      `{ diseaseTwin(id: "${recorded.twin.id}") { id } patients { nodes { id } } }`,
      {},
      token,
    );
    expect(body).toEqual({ data: { diseaseTwin: null, patients: { nodes: [] } } });
  });

  it('may ask only so often', async () => {
    const token = await provider.token({ sub: 'hasty' });
    const statuses = await Promise.all(
      Array.from({ length: 45 }, async () => (await guarded.post('{ __typename }', {}, token)).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect((await guarded.post('{ __typename }', {}, await provider.token({ sub: 'patient' }))).status).toBe(200);
  });

  it('may ask only so often over a WebSocket too', async () => {
    const client = guarded.client(await provider.token({ sub: 'hasty' }));
    const codes: unknown[] = [];
    for (let count = 0; count < 42; count++) {
      codes.push(
        await new Promise((resolve) => {
          client.subscribe(
            { query: '{ __typename }' },
            {
              next: () => resolve('ok'),
              error: (error) => resolve(Array.isArray(error) ? error[0]?.extensions?.['code'] : error),
              complete: () => undefined,
            },
          );
        }),
      );
    }
    await client.dispose();
    expect(codes.filter((code) => code === 'ok')).toHaveLength(40);
    expect(codes.slice(-2)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  });
});

describe('the log', () => {
  it('has method, route, status, duration, request id and hospital, and nothing of the patient or the token', async () => {
    const token = await provider.token();
    log.length = 0;
    await guarded.post(`{ patients(search: "${FAMILY_NAME}") { nodes { familyName } } }`, {}, token);
    await request(guarded.url).get(`/images/${recorded.acquired.sha256}.png`).auth(token, { type: 'bearer' });
    await request(guarded.url).get('/Patient/secret-name?abc=1').set('x-request-id', 'from-the-proxy');
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ method, route, status, tenant }) => ({ method, route, status, tenant }))).toEqual([
      { method: 'POST', route: '/graphql', status: 200, tenant: 'hospital-a' },
      // The picture lies in the blob store of the other process of this test.
      { method: undefined, route: undefined, status: undefined, tenant: undefined },
      { method: 'GET', route: '/images/:file', status: 500, tenant: 'hospital-a' },
      { method: 'GET', route: 'other', status: 404, tenant: undefined },
    ]);
    expect(lines.at(-1)?.['requestId']).toBe('from-the-proxy');
    expect(lines.every(({ requestId }) => typeof requestId === 'string')).toBe(true);
    for (const secret of [FAMILY_NAME, token, 'secret-name', 'abc=', 'localhost', '127.0.0.1']) {
      expect(log.join('')).not.toContain(secret);
    }
  });
});

describe('the state of the server', () => {
  it('is told to who may know it', async () => {
    await request(open.url).get('/livez').expect(200, { status: 'ok' });
    await request(open.url).get('/readyz').expect(200, { status: 'ok' });
    await request(guarded.url).get('/metrics').expect(403);
    await request(guarded.url).get('/metrics').auth('wrong', { type: 'bearer' }).expect(403);
    const { text } = await request(guarded.url).get('/metrics').auth(METRICS_TOKEN, { type: 'bearer' }).expect(200);
    expect(text).toMatch(/sequela_graphql_operation_seconds_count\{type="query",field="patients",outcome="ok"\} \d+/);
    await request(open.url).get('/metrics').set('x-forwarded-for', '203.0.113.9').expect(403);
    await request(open.url).get('/metrics').expect(200);
  });

  it('is not ready without its database, but alive', async () => {
    const clone = await cloneTemplate();
    const alone = await startApi({ databaseUrl: clone.url });
    await alone.database.close();
    await request(alone.url).get('/readyz').expect(503, { status: 'unavailable' });
    await request(alone.url).get('/livez').expect(200);
    const { body } = await alone.post('{ patients { nodes { id } } }');
    expect(body.errors?.[0]).toMatchObject({
      message: 'Something went wrong on the server.',
      extensions: { code: 'INTERNAL' },
    });
    await alone.close().catch(() => undefined);
    await clone.drop();
  });

  it('lets subscriptions and requests end when it closes', async () => {
    const clone = await cloneTemplate();
    const closing = await startApi({ databaseUrl: clone.url });
    const { twin } = await recordTwin(closing.dependencies, HOSPITAL_A);
    const client = closing.client();
    const closed = new Promise<number>((resolve) =>
      client.on('closed', (event) => resolve((event as { code: number }).code)),
    );
    const events = client.iterate({ query: `subscription { twinEvents(twinId: "${twin.id}", after: 1) { seq } }` });
    await events.next();
    const waiting = events.next().catch(() => 'ended');
    const asked = closing.post('{ patients { nodes { id } } }');
    await closing.close();
    expect((await asked).status).toBe(200);
    expect(await closed).toBe(1001);
    await waiting;
    await clone.drop();
  });
});
