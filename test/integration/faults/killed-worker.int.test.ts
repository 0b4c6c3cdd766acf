import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSequelaClient } from '../../../scripts/demo/graphql-client.ts';
import { cloneTemplate } from '../../support/database.ts';
import { expectGaplessEvents, expectWholeRecord } from '../../support/record-checks.ts';
import { hospitalWork, type SequelaServer, startServer, until } from '../../support/sequela-server.ts';
import { type SequelaProcess, startSequelaProcess } from '../../support/sequela-process.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';

const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let databaseUrl: string;
let env: Record<string, string>;
let owner: Client;

beforeAll(async () => {
  databaseUrl = opened.adopt(await cloneTemplate(), (database) => database.drop()).url;
  hospital = opened.adopt(await startSmallHospital({ visits: 4 }), (running) => running.stop());
  const directory = opened.adopt(await mkdtemp(path.join(tmpdir(), 'sequela-processes-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  const hospitals = path.join(directory, 'hospitals.json');
  await writeFile(hospitals, JSON.stringify({ hospitals: [hospital.config] }));
  env = { DATABASE_URL: databaseUrl, SEQUELA_HOSPITALS_FILE: hospitals, SEQUELA_DATA_DIRECTORY: directory };
  owner = opened.adopt(new Client({ connectionString: databaseUrl }), (client) => client.end());
  await owner.connect();
});
afterAll(() => opened.disposeAsync());

const start = async (role: 'api' | 'worker'): Promise<SequelaProcess> =>
  opened.adopt(await startSequelaProcess(role, env), (running) => running.kill());
/** Jobs of dead workers are given to others when their lease has run out, which is not waited for here. */
const leasesRunOut = () =>
  owner.query(`update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute' where state = 'active'`);
const countOf = async (sql: string): Promise<number> => Number((await owner.query(sql)).rows[0].count);

test('a worker that is killed in the middle of a synchronisation and of a registration loses and doubles nothing', async () => {
  // Two processes that meet an empty database at the same time.
  const [api, first] = await Promise.all([start('api'), start('worker')]);
  const client = opened.adopt(createSequelaClient(api.url), (made) => made.close());
  const work = hospitalWork(client);

  // The third image does not come until the worker is dead.
  let images = 0;
  const waitsForImage = Promise.withResolvers<void>();
  hospital.proxy.interfere = ({ path: asked }) => {
    if (!/\/instances\/[\d.]+$/.test(asked) || ++images <= 6) return null;
    waitsForImage.resolve();
    return 'silent';
  };
  const twin = await work.importTwin('demo-0001');
  const events = client.follow<{ twinEvents: { seq: number; type: string } }>(
    'subscription ($twinId: ID!) { twinEvents(twinId: $twinId, after: 0) { seq type } }',
    { twinId: twin.twinId },
    ({ twinEvents: { type } }) => type === 'FORECAST_ISSUED' || type === 'FORECAST_DECLINED',
  );
  await waitsForImage.promise;
  await first.kill();
  expect(await countOf(`select count(*) from timeline_entry where kind = 'image'`)).toBe(2);
  hospital.proxy.interfere = null;

  const second = await start('worker');
  await leasesRunOut();
  await until(async () => ((await countOf('select count(*) from visit_registration')) > 0 ? true : null));
  await second.kill();
  const registered = await countOf('select count(*) from visit_registration');
  expect(registered).toBeLessThan(3);

  const third = await start('worker');
  await leasesRunOut();
  await work.twinIs(twin.twinId, 'READY');
  const seen = (await events).map(({ twinEvents }) => twinEvents);
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
  expect(seen.filter(({ type }) => type === 'VISIT_REGISTERED')).toHaveLength(3);
  expect(seen.filter(({ type }) => type === 'SYNC_STARTED').length).toBeGreaterThan(1);

  await until(async () =>
    (await countOf(`select count(*) from job_run where status in ('QUEUED', 'RUNNING')`)) === 0 ? true : null,
  );
  const { rows: jobs } = await owner.query<{ kind: string; status: string; attempt: number }>(
    'select kind, status, attempt from job_run',
  );
  expect(new Set(jobs.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  for (const interrupted of ['sync-patient', 'register-twin']) {
    expect(jobs).toContainEqual({ kind: interrupted, status: 'SUCCEEDED', attempt: 2 });
  }

  const reader: SequelaServer = opened.adopt(
    await startServer({ databaseUrl, hospital: hospital.config, role: 'api' }),
    (running) => running.close(),
  );
  await expectWholeRecord(reader, hospital, twin.patientId);
  const told = await expectGaplessEvents(reader, twin.twinId);
  const entries = (await reader.history(twin.patientId)).filter(({ body }) => body.kind !== 'gap');
  const announced = told.flatMap(({ type, message }) =>
    type === 'TIMELINE_CHANGED' ? [Number(/\d+/.exec(message)?.[0] ?? 1)] : [],
  );
  // What was learned before the twin existed was told to nobody; its images came later, and each was told of.
  const announcedEntries = announced.reduce((sum, count) => sum + count, 0);
  expect(announcedEntries).toBeGreaterThanOrEqual(4);
  expect(announcedEntries).toBeLessThanOrEqual(entries.length);

  expect(await third.terminate()).toBe(0);
  expect(await api.terminate()).toBe(0);
  for (const log of [api.log(), first.log(), second.log(), third.log()]) {
    expect(log).not.toMatch(/demo-0001|2\.25\.\d|127\.0\.0\.1:\d+\/|postgres:/);
  }
});
