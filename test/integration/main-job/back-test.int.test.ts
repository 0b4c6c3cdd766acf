import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerVisits } from '../../../src/twins/register-visits.ts';
import { cloneTemplate } from '../../support/database.ts';
import { expectGaplessEvents } from '../../support/record-checks.ts';
import { type ImportedTwin, type SequelaServer, startServer } from '../../support/sequela-server.ts';
import { type SmallHospital, startSmallHospital } from '../../support/small-hospital.ts';

const ACTOR = { tenantId: 'demo', userId: 'test' };
const opened = new AsyncDisposableStack();
let hospital: SmallHospital;
let server: SequelaServer;
let twin: ImportedTwin;

interface BackTest {
  readonly forecast: {
    readonly id: string;
    readonly targetAt: string;
    readonly values: readonly { readonly key: string; readonly value: number; readonly baseline: number }[];
  };
  readonly values: readonly {
    readonly key: string;
    readonly predicted: number;
    readonly baseline: number;
    readonly observed: number;
    readonly observedAt: string;
    readonly isInside90: boolean | null;
  }[];
  readonly image: {
    readonly entry: { readonly id: string };
    readonly observedAt: string;
    readonly mse: number;
    readonly baselineMse: number;
  } | null;
}

beforeAll(async () => {
  const { url } = opened.adopt(await cloneTemplate(), (database) => database.drop());
  hospital = opened.adopt(await startSmallHospital({ visits: 2 }), (running) => running.stop());
  server = opened.adopt(await startServer({ databaseUrl: url, hospital: hospital.config }), (one) => one.close());
  twin = await server.importTwin('demo-0001');
  await server.twinIs(twin.twinId, 'READY');
});
afterAll(() => opened.disposeAsync());

async function backTests(): Promise<readonly BackTest[]> {
  const { diseaseTwin } = await server.client.request<{ diseaseTwin: { backTests: readonly BackTest[] } }>(
    `query ($id: ID!) {
      diseaseTwin(id: $id) {
        backTests {
          forecast { id targetAt values { key value baseline } }
          values { key predicted baseline observed observedAt isInside90 }
          image { entry { id } observedAt mse baselineMse }
        }
      }
    }`,
    { id: twin.twinId },
  );
  return diseaseTwin.backTests;
}

async function ask(input: Record<string, unknown>): Promise<string> {
  const { asked } = await server.client.request<{ asked: { forecast: { id: string }; job: { id: string } } }>(
    `mutation ($input: RequestForecastInput!) {
      asked: requestForecast(input: $input) {
        ... on RequestForecastSuccess { forecast { id } job { id } }
        ... on Refusal { message }
      }
    }`,
    { input: { twinId: twin.twinId, ...input } },
  );
  expect(asked).not.toHaveProperty('message');
  expect(await server.jobEnded(asked.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  return asked.forecast.id;
}

test('a forecast is compared with the visit that came, once, and the score is told', async () => {
  const forecastId = await ask({ horizonDays: 7 });
  expect(await backTests()).toEqual([]);

  hospital.hospital.publishNextVisit('demo-0001');
  await server.sync(twin.patientId);
  await server.twinIs(twin.twinId, 'READY');
  await Promise.all(
    [1, 2].map(() =>
      registerVisits(server.sequela.dependencies, ACTOR, twin.twinId, {
        signal: new AbortController().signal,
        report: async () => {},
      }),
    ),
  );

  const scored = (await backTests()).find(({ forecast }) => forecast.id === forecastId)!;
  expect(scored.image).toMatchObject({ entry: { id: expect.any(String) as string } });
  expect(scored.image!.mse).toBeGreaterThan(0);
  expect(scored.image!.baselineMse).toBeGreaterThan(0);
  expect(scored.values.length).toBeGreaterThan(0);
  for (const { key, predicted, baseline, observed, observedAt, isInside90 } of scored.values) {
    expect(isInside90).toBeTypeOf('boolean');
    expect(scored.forecast.values).toContainEqual({ key, value: predicted, baseline });
    expect(observed).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(observedAt) - Date.parse(scored.forecast.targetAt))).toBeLessThanOrEqual(86_400_000);
  }
  const events = await expectGaplessEvents(server, twin.twinId);
  const [requested, answered, ...scores] = events.filter((event) => event.forecastId === forecastId);
  expect([requested!.type, answered!.type]).toEqual([
    'FORECAST_REQUESTED',
    expect.stringMatching(/ISSUED|DECLINED/) as string,
  ]);
  // Values may come before their image is aligned: then the score is told again, with more in it, and never twice.
  expect(new Set(scores.map(({ type }) => type))).toEqual(new Set(['FORECAST_SCORED']));
  expect(new Set(scores.map(({ message }) => message)).size).toBe(scores.length);
  expect(scores.at(-1)!.message).toContain('the image');
});

test('a forecast from an earlier moment of knowledge is scored as soon as it is issued', async () => {
  const { diseaseTwin } = await server.client.request<{ diseaseTwin: { visits: readonly { occurredAt: string }[] } }>(
    'query ($id: ID!) { diseaseTwin(id: $id) { visits { occurredAt } } }',
    { id: twin.twinId },
  );
  const [, second, third] = diseaseTwin.visits.map(({ occurredAt }) => new Date(occurredAt));
  const asOf = new Date(third!.getTime() - 86_400_000);
  const forecastId = await ask({ targetDate: third, asOf, clock: 'ISSUED' });
  const scored = (await backTests()).find(({ forecast }) => forecast.id === forecastId)!;
  expect(scored.values.length).toBeGreaterThan(0);
  expect(scored.image?.observedAt).toBe(third!.toISOString());
  expect(second!.getTime()).toBeLessThan(asOf.getTime());
});
