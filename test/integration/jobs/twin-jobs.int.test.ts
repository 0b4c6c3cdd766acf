import { rename } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { issueForecast } from '../../../src/twins/issue-forecast.ts';
import type { JobContext } from '../../../src/twins/ports.ts';
import { registerVisits } from '../../../src/twins/register-visits.ts';
import { syncPatient } from '../../../src/twins/sync-patient.ts';
import { cloneTemplate } from '../../support/database.ts';
import { expectGaplessEvents, expectWholeRecord } from '../../support/record-checks.ts';
import { type ImportedTwin, type SequelaServer, startServer, until } from '../../support/sequela-server.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';

const ACTOR = { tenantId: 'demo', userId: 'test' };
const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let server: SequelaServer;
let twin: ImportedTwin;
let databaseUrl: string;

beforeAll(async () => {
  databaseUrl = opened.adopt(await cloneTemplate(), (database) => database.drop()).url;
  hospital = opened.adopt(await startSmallHospital({ visits: 2 }), (running) => running.stop());
  server = opened.adopt(await startServer({ databaseUrl, hospital: hospital.config }), (running) => running.close());
  twin = await server.importTwin('demo-0001');
  await server.twinIs(twin.twinId, 'READY');
});
afterEach(() => {
  hospital.proxy.interfere = null;
});
afterAll(() => opened.disposeAsync());

const unhurried = (): JobContext => ({ signal: new AbortController().signal, report: async () => {} });

async function requestForecast(): Promise<{ forecastId: string; jobId: string }> {
  const { asked } = await server.client.request<{ asked: { forecast: { id: string }; job: { id: string } } }>(
    `mutation ($input: RequestForecastInput!) {
      asked: requestForecast(input: $input) { ... on RequestForecastSuccess { forecast { id } job { id } } }
    }`,
    { input: { twinId: twin.twinId, horizonDays: 7 } },
  );
  return { forecastId: asked.forecast.id, jobId: asked.job.id };
}
async function forecast(id: string): Promise<{ status: string; statusReason: string | null }> {
  const answer = await server.client.request<{ forecast: { status: string; statusReason: string | null } }>(
    'query ($id: ID!) { forecast(id: $id) { status statusReason } }',
    { id },
  );
  return answer.forecast;
}
const status = async (): Promise<{ status: string; statusReason: string | null }> => {
  const answer = await server.client.request<{ diseaseTwin: { status: string; statusReason: string | null } }>(
    'query ($id: ID!) { diseaseTwin(id: $id) { status statusReason } }',
    { id: twin.twinId },
  );
  return answer.diseaseTwin;
};
const cancel = async (jobId: string): Promise<Record<string, unknown>> => {
  const { cancelled } = await server.client.request<{ cancelled: Record<string, unknown> }>(
    `mutation ($id: ID!) {
      cancelled: cancelJob(jobId: $id) { ... on CancelJobSuccess { job { status } } ... on Refusal { reason } }
    }`,
    { id: jobId },
  );
  return cancelled;
};
const eventsOf = async (forecastId: string): Promise<string[]> =>
  (await expectGaplessEvents(server, twin.twinId)).flatMap((event) =>
    event.forecastId === forecastId ? [event.type] : [],
  );

test('a forecast that is computed three times at once is issued once', async () => {
  const { forecastId, jobId } = await requestForecast();
  await Promise.all([1, 2].map(() => issueForecast(server.sequela.dependencies, ACTOR, forecastId, unhurried())));
  expect(await server.jobEnded(jobId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await eventsOf(forecastId)).toEqual(['FORECAST_REQUESTED', expect.stringMatching(/ISSUED|DECLINED/)]);
});

test('a synchronisation and a registration that run three times at once tell everything once', async () => {
  hospital.hospital.publishNextVisit('demo-0001');
  const { dependencies } = server.sequela;
  await Promise.all([
    server.sync(twin.patientId),
    syncPatient(dependencies, ACTOR, twin.patientId, unhurried()),
    syncPatient(dependencies, ACTOR, twin.patientId, unhurried()),
  ]);
  await expectWholeRecord(server, hospital, twin.patientId);
  await Promise.all([1, 2].map(() => registerVisits(dependencies, ACTOR, twin.twinId, unhurried())));
  await server.twinIs(twin.twinId, 'READY');
  const events = await expectGaplessEvents(server, twin.twinId);
  const registered = events.flatMap(({ type, entryId }) => (type === 'VISIT_REGISTERED' ? [entryId] : []));
  expect(registered).toHaveLength(2);
  expect(new Set(registered).size).toBe(2);
});

test('a forecast that is cancelled while it is computed is not issued afterwards', async () => {
  const owner = new Client({ connectionString: databaseUrl });
  await owner.connect();
  try {
    // What earlier jobs left to do would wait for the lock, too, and keep the worker busy.
    const left = `select 1 from pgboss.job where state in ('created', 'retry', 'active') and start_after <= now() limit 1`;
    await until(async () => ((await owner.query(left)).rowCount === 0 ? true : null));
    // The computation cannot read what others teach, and stays where it is.
    await owner.query('begin; lock table population_record in access exclusive mode');
    const { forecastId, jobId } = await requestForecast();
    await until(async () => ((await forecast(forecastId)).status === 'RUNNING' ? true : null));
    expect(await cancel(jobId)).toEqual({ job: { status: 'CANCELLED' } });
    await owner.query('commit');
    // Its worker is free again for the next one.
    const next = await requestForecast();
    expect(await server.jobEnded(next.jobId)).toMatchObject({ status: 'SUCCEEDED' });

    expect(await forecast(forecastId)).toEqual({ status: 'CANCELLED', statusReason: 'The forecast was cancelled.' });
    expect(await eventsOf(forecastId)).toEqual(['FORECAST_REQUESTED', 'FORECAST_CANCELLED']);
    expect(await cancel(next.jobId)).toEqual({ reason: 'CONFLICT' });
    expect((await forecast(next.forecastId)).status).toMatch(/ISSUED|DECLINED/);
  } finally {
    await owner.end();
  }
});

test('a twin whose synchronisation is cancelled says so and is taken up by the next one', async () => {
  const reached = Promise.withResolvers<void>();
  hospital.proxy.interfere = ({ path: asked }) => {
    if (!asked.startsWith('/dicomweb')) return null;
    reached.resolve();
    return 'silent';
  };
  const { synced } = await server.client.request<{ synced: { job: { id: string } } }>(
    'mutation ($id: ID!) { synced: syncPatient(patientId: $id) { ... on SyncPatientSuccess { job { id } } } }',
    { id: twin.patientId },
  );
  await reached.promise;
  expect(await cancel(synced.job.id)).toEqual({ job: { status: 'CANCELLED' } });
  expect(await status()).toEqual({ status: 'FAULTED', statusReason: 'The synchronisation was cancelled.' });
  hospital.proxy.interfere = null;
  await server.sync(twin.patientId);
  await server.twinIs(twin.twinId, 'READY');
  expect((await status()).statusReason).toBeNull();
});

test('work that fails again and again ends with a reason, and is done when the cause is gone', async () => {
  const blobs = path.join(server.dataDirectory, 'blobs');
  await rename(blobs, `${blobs}-gone`);
  const { forecastId, jobId } = await requestForecast();
  await server.sync(twin.patientId);
  expect(await server.jobEnded(jobId)).toMatchObject({
    status: 'FAILED',
    message: expect.stringContaining('given up'),
  });
  expect(await forecast(forecastId)).toEqual({ status: 'FAILED', statusReason: expect.stringContaining('given up') });
  expect(await eventsOf(forecastId)).toEqual(['FORECAST_REQUESTED', 'FORECAST_FAILED']);
  await server.twinIs(twin.twinId, 'FAULTED');
  expect((await status()).statusReason).toContain('given up');

  await rename(`${blobs}-gone`, blobs);
  await server.sync(twin.patientId);
  await server.twinIs(twin.twinId, 'READY');
});
