import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/database/embedded-postgres.ts';
import { expectGaplessEvents, identityIn, expectWholeRecord } from '../../support/record-checks.ts';
import { type SequelaServer, startServer, until } from '../../support/sequela-server.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';

const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let server: SequelaServer;
let cluster: string;
let databaseUrl: string;

beforeAll(async () => {
  const directory = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-restart-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  // PostgreSQL runs as another user where this is root.
  await chmod(directory, 0o755);
  cluster = path.join(directory, 'cluster');
  const postgres = opened.adopt(await startEmbeddedPostgres({ directory: cluster }), (running) => running.stop());
  databaseUrl = postgres.url;
  hospital = opened.adopt(await startSmallHospital({ visits: 3 }), (running) => running.stop());
  server = opened.adopt(await startServer({ databaseUrl, hospital: hospital.config }), (running) => running.close());
});
afterAll(() => opened.disposeAsync());

const postmaster = async (): Promise<number> => {
  const [pid] = (await readFile(path.join(cluster, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
};

test('a restart of the database in the middle of a synchronisation loses and doubles nothing, and everybody goes on', async () => {
  const release = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let images = 0;
  hospital.proxy.interfere = async ({ path: asked }) => {
    if (/\/instances\/[\d.]+$/.test(asked) && ++images === 5) {
      reached.resolve();
      await release.promise;
    }
    return null;
  };
  const twin = await server.importTwin('demo-0001');
  const following = server.client.follow<{ twinEvents: { seq: number; type: string } }>(
    'subscription ($twinId: ID!) { twinEvents(twinId: $twinId, after: 0) { seq type } }',
    { twinId: twin.twinId },
    ({ twinEvents: { type } }) => type === 'FORECAST_ISSUED' || type === 'FORECAST_DECLINED',
  );
  await reached.promise;

  const before = await postmaster();
  // A fast shutdown: every connection is ended, in the middle of whatever it does.
  process.kill(before, 'SIGINT');
  await until(async () => ((await postmaster()) !== before ? true : null));
  release.resolve();

  await until(async () => ((await fetch(`${server.sequela.url}/readyz`)).ok ? true : null));
  // A job whose end could not be written while the database was away is given out again when its lease has run out,
  // which is not waited for here.
  const owner = opened.adopt(new Client({ connectionString: databaseUrl }), (client) => client.end());
  await owner.connect();
  await until(async () => {
    await owner.query(
      `update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute'
       where state = 'active' and heartbeat_on < now() - interval '2 seconds'`,
    );
    return (await server.jobEnded(twin.jobId, 100)).status === 'SUCCEEDED' ? true : null;
  });
  await server.twinIs(twin.twinId, 'READY');
  // A client whose stream was ended comes back by itself and asks for everything again.
  const seen = [...new Map((await following).map(({ twinEvents }) => [twinEvents.seq, twinEvents])).values()];
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
  expect(seen.filter(({ type }) => type === 'VISIT_REGISTERED')).toHaveLength(2);
  await expectWholeRecord(server, hospital, twin.patientId);
  await expectGaplessEvents(server, twin.twinId);

  // And the next synchronisation, asked for over the same connections, works.
  hospital.hospital.publishNextVisit('demo-0001');
  expect(await server.sync(twin.patientId)).toMatchObject({ status: 'SUCCEEDED' });
  await expectWholeRecord(server, hospital, twin.patientId);
  expect(server.log.join('')).toContain('connection');
  expect(await identityIn(server.log, hospital, ['postgres:'])).toEqual([]);
});
