import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HOSPITAL_A, HOSPITAL_B, recordTwin, type RecordedTwin } from '../../support/api-record.ts';
import { startApi, type ApiServer } from '../../support/api-server.ts';
import { cloneTemplate } from '../../support/database.ts';
import { AUDIENCE, startIdentityProvider, type IdentityProvider } from '../../support/identity-provider.ts';

const opened = new AsyncDisposableStack();
let provider: IdentityProvider;
let one: ApiServer;
let two: ApiServer;
let recorded: RecordedTwin;

beforeAll(async () => {
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  provider = opened.adopt(await startIdentityProvider(), (idp) => idp.close());
  const config = {
    oidc: { issuer: provider.issuer, audience: AUDIENCE, jwksUrl: provider.jwksUrl, tenantClaim: 'tenant' },
  };
  one = opened.adopt(await startApi({ databaseUrl: clone.url, config }), (server) => server.close());
  two = opened.adopt(await startApi({ databaseUrl: clone.url, config }), (server) => server.close());
  recorded = await recordTwin(one.dependencies, HOSPITAL_A);
});
afterAll(() => opened.disposeAsync());

const append = (api: ApiServer, twinId: string, count: number) =>
  api.dependencies.unitOfWork.run(HOSPITAL_A, (stores) =>
    stores.events.append(
      Array.from({ length: count }, () => ({ twinId, type: 'TIMELINE_CHANGED', message: 'New entries.' }) as const),
    ),
  );

const follow = (client: Client, twinId: string, after: number) =>
  client.iterate<{ twinEvents: { seq: number; twin: { status: string } } }>({
    query:
      'subscription ($id: ID!, $after: NonNegativeInt!) { twinEvents(twinId: $id, after: $after) { seq twin { status } } }',
    variables: { id: twinId, after },
  });

async function take(client: Client, twinId: string, after: number, count: number): Promise<number[]> {
  const seen: number[] = [];
  for await (const { data } of follow(client, twinId, after)) {
    seen.push(data?.twinEvents.seq ?? Number.NaN);
    if (seen.length === count) break;
  }
  return seen;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The code and reason with which the server closes a socket that was opened with this token. */
function closing(api: ApiServer, token: string | null): Promise<{ code: number; acknowledged: boolean }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    let acknowledged = false;
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'connection_init',
          ...(token === null ? {} : { payload: { authorization: `Bearer ${token}` } }),
        }),
      ),
    );
    socket.on('message', () => (acknowledged = true));
    socket.on('close', (code) => resolve({ code, acknowledged }));
  });
}

describe('following a twin', () => {
  it('gives what happened before and goes on live, in order, on every server', async () => {
    const clients = [one.client(await provider.token()), two.client(await provider.token())];
    const seen = clients.map((client) => take(client, recorded.twin.id, 0, 302));
    for (let round = 0; round < 30; round++) {
      await Promise.all([append(one, recorded.twin.id, 5), append(two, recorded.twin.id, 5)]);
    }
    for (const sequence of await Promise.all(seen)) {
      expect(sequence).toEqual(range(1, 302));
    }
    for (const client of clients) await client.dispose();
  });

  it('goes on without a gap after a lost connection, at another server too', async () => {
    const first = one.client(await provider.token());
    const before = await take(first, recorded.twin.id, 300, 2);
    first.terminate();
    await append(two, recorded.twin.id, 3);
    const second = two.client(await provider.token());
    expect(await take(second, recorded.twin.id, before.at(-1)!, 3)).toEqual([303, 304, 305]);
    await second.dispose();
  });

  it('sees at every event what is true by then', async () => {
    const { twin } = await recordTwin(one.dependencies, HOSPITAL_A, 2);
    const client = one.client(await provider.token());
    const events = follow(client, twin.id, 1);
    expect((await events.next()).value).toMatchObject({ data: { twinEvents: { seq: 2, twin: { status: 'READY' } } } });
    await one.dependencies.unitOfWork.run(HOSPITAL_A, async (stores) => {
      await stores.twins.save({ ...twin, status: 'RETIRED' });
      await stores.events.append([{ twinId: twin.id, type: 'STATUS_CHANGED', message: 'Retired.' }]);
    });
    expect((await events.next()).value).toMatchObject({
      data: { twinEvents: { seq: 3, twin: { status: 'RETIRED' } } },
    });
    await client.dispose();
  });

  it('lets go of the listener as soon as the client leaves', async () => {
    const client = one.client(await provider.token());
    await take(client, recorded.twin.id, 0, 1);
    const startedAt = performance.now();
    await client.dispose();
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it.each([
    ['of another hospital', async () => (await recordTwin(one.dependencies, HOSPITAL_B, 3)).twin.id],
    ['that does not exist', () => Promise.resolve('00000000-0000-4000-8000-000000000000')],
    ['with an id of another kind', () => Promise.resolve('7')],
  ])('refuses a twin %s with the same words', async (_which, id) => {
    const client = one.client(await provider.token());
    const { value } = await follow(client, await id(), 0).next();
    expect(value).toMatchObject({ errors: [{ message: 'No such twin.', extensions: { code: 'NOT_FOUND' } }] });
    await client.dispose();
  });
});

describe('following a job', () => {
  it('gives its state at every change and ends with it', async () => {
    const job = await one.dependencies.unitOfWork.run(HOSPITAL_A, (stores) =>
      stores.jobs.enqueue({ kind: 'sync-patient', patientId: recorded.patient.id }),
    );
    const client = two.client(await provider.token());
    const states: string[] = [];
    const update = (
      change: Parameters<Parameters<Parameters<typeof one.dependencies.unitOfWork.run>[1]>[0]['jobs']['update']>[1],
    ) => one.dependencies.unitOfWork.run(HOSPITAL_A, (stores) => stores.jobs.update(job.id, change));
    const progress = client.iterate<{ jobProgress: { status: string; progress: number } }>({
      query: `subscription { jobProgress(jobId: "${job.id}") { status progress } }`,
    });
    for await (const { data } of progress) {
      states.push(`${data?.jobProgress.status} ${data?.jobProgress.progress}`);
      if (states.length === 1) await update({ status: 'RUNNING', attempt: 1 });
      if (states.length === 2) await update({ progress: 0.5 });
      if (states.length === 3) await update({ status: 'SUCCEEDED', progress: 1 });
    }
    expect(states).toEqual(['QUEUED 0', 'RUNNING 0', 'RUNNING 0.5', 'SUCCEEDED 1']);
    await client.dispose();
  });
});

describe('a WebSocket', () => {
  it.each([
    ['no token', () => Promise.resolve(null)],
    ['an expired token', () => provider.token({}, { expiresIn: '-1m' })],
    ['a token for somebody else', () => provider.token({}, { audience: 'other' })],
    ['nonsense', () => Promise.resolve('abc')],
  ])('is closed with 4403 for %s', async (_what, token) => {
    expect(await closing(one, await token())).toEqual({ code: 4403, acknowledged: false });
  });

  it('is closed with 4403 when its token expires', async () => {
    const token = await provider.token({}, { expiresIn: new Date(Date.now() + 1500) });
    expect(await closing(one, token)).toEqual({ code: 4403, acknowledged: true });
  });

  it('lets nobody subscribe without the permission', async () => {
    const client = one.client(await provider.token({ scope: 'user/Patient.rs' }));
    const { value } = await follow(client, recorded.twin.id, 0).next();
    expect(value).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN', requires: ['READ_TWIN'] } }] });
    await client.dispose();
  });
});
