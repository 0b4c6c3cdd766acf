import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSequelaClient, type SequelaClient } from '../../../scripts/demo/graphql-client.ts';
import { type MainJobResult, runMainJob } from '../../../scripts/demo/main-job.ts';
import { EVENTS, FORECAST, type Lesion, REQUEST_FORECAST, RUN_SCENARIO } from '../../../scripts/demo/operations.ts';
import { startSequela, type Sequela } from '../../../src/composition/start-sequela.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/logger.ts';
import { cloneTemplate } from '../../support/database.ts';

// As many others as a fitted model asks for before it may be trusted, and the patient.
const PATIENTS = 10;

let sequela: Sequela;
let client: SequelaClient;
let result: MainJobResult;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const database = await cloneTemplate();
  const directory = mkdtempSync(path.join(tmpdir(), 'sequela-main-job-'));
  cleanUp.push(
    async () => rmSync(directory, { recursive: true }),
    () => database.drop(),
  );
  sequela = await startSequela({
    config: loadConfig({
      DATABASE_URL: database.url,
      SEQUELA_DATA_DIRECTORY: directory,
      SEQUELA_PORT: '0',
      SEQUELA_DEMO_PATIENTS: String(PATIENTS),
    }),
    role: 'all',
    importDemoHospital: false,
    logger: createLogger('error'),
  });
  cleanUp.unshift(() => sequela.close());
  client = createSequelaClient(sequela.url);
  cleanUp.unshift(() => client.close());
  result = await runMainJob(client, {
    fhirIds: (await sequela.hospitalPatients()).sort(),
    disease: 'tumour-response',
    horizonDays: 7,
    seed: 1,
    intervention: (from, to) => ({ treatment: { key: 'chemotherapy', from, to, amountPerDay: 21 } }),
    progress: () => undefined,
  });
}, 180_000);
afterAll(async () => {
  for (const step of cleanUp) {
    await step();
  }
});

interface Answered {
  readonly status: string;
  readonly inputHash: string;
  readonly image: { image: { sha256: string }; baseline: { sha256: string } };
  readonly values: { key: string; value: number | null; baseline: number | null }[];
}

async function answer(operation: string, input: Record<string, unknown>): Promise<Answered> {
  const data = await client.request<Record<string, { forecast: { id: string }; message?: string }>>(operation, {
    input,
  });
  const requested = Object.values(data)[0];
  const id = requested?.forecast?.id;
  expect(requested).toMatchObject({ forecast: {} });
  await client.follow<{ twinEvents: { type: string; forecast: { id: string } | null } }>(
    EVENTS,
    { twinId: result.twin.id, after: 0 },
    ({ twinEvents }) => twinEvents.forecast?.id === id && /ISSUED|DECLINED|FAILED/.test(twinEvents.type),
  );
  return (await client.request<{ forecast: Answered }>(FORECAST, { id })).forecast;
}

describe('the main job on the demo hospital', () => {
  test('every visit of a tidy patient is aligned and used', () => {
    expect(result.twin).toMatchObject({ status: 'READY', disease: 'tumour-response' });
    expect(result.twin.visits).toBeGreaterThanOrEqual(8);
    expect(result.registration).toHaveLength(result.twin.visits - 1);
    for (const { accepted, ssim, ssimBefore } of result.registration) {
      expect(accepted).toBe(true);
      expect(ssim).toBeGreaterThan(ssimBefore ?? 1);
    }
  });

  test('the next image and the next values are forecast together, beside "no change"', () => {
    const { image, values, baseline } = result.forecast as {
      image: { sha256: string; isDeclined: boolean };
      values: { code: string; value: number | null; isDeclined: boolean }[];
      baseline: { image: { sha256: string }; values: { code: string; value: number | null }[] };
    };
    for (const { code, value, isDeclined } of values) {
      const carried = baseline.values.find((one) => one.code === code)?.value;
      expect(value).not.toBeNull();
      expect(value === carried).toBe(isDeclined);
    }
    expect(image.sha256 === baseline.image.sha256).toBe(image.isDeclined);
  });

  test('the volume of the lesion is told as it is seen, expected and drawn, and what a dose changes of it', () => {
    const { lesions } = result.forecast['image'] as { lesions: readonly Lesion[] };
    expect(lesions).toHaveLength(1);
    const { unit, baseline, value, drawn, intervals } = lesions[0]!;
    expect(unit).toBe('mL');
    expect(baseline).toBeGreaterThan(0.05);
    expect(value).not.toBe(baseline);
    expect(Math.abs(drawn / value - 1)).toBeLessThan(0.05);
    expect(intervals.map(({ coverage }) => coverage)).toEqual([0.5, 0.8, 0.9, 0.95]);
    for (const { low, high } of intervals) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect((result.forecast['assumptions'] as string[]).join()).not.toMatch(/lesion volume/i);
    const { lesions: changed } = result.whatIf['imageDifference'] as {
      lesions: readonly { reference: number; scenario: number; difference: number }[];
    };
    expect(changed).toHaveLength(1);
    expect(changed[0]!.reference).toBe(value);
    expect(changed[0]!.difference).toBe(changed[0]!.scenario - value);
    expect(changed[0]!.difference).not.toBe(0);
  });

  test("every event reached the subscriber in order, from the twin's first to its forecast", () => {
    const { types } = result.subscription;
    expect(types[0]).toBe('TWIN_CREATED');
    expect(types.filter((type) => type === 'VISIT_REGISTERED')).toHaveLength(result.registration.length);
    expect(types.at(-1)).toMatch(/^FORECAST_(ISSUED|DECLINED)$/);
  });

  test('the same question gives the same bytes', async () => {
    const again = await answer(REQUEST_FORECAST, { twinId: result.twin.id, horizonDays: 7, seed: 1 });
    expect(again.image.image.sha256).toBe((result.forecast['image'] as { sha256: string }).sha256);
  });

  test('at horizon 0 the forecast is the last image and the last values, exactly', async () => {
    const now = await answer(REQUEST_FORECAST, { twinId: result.twin.id, horizonDays: 0, seed: 1 });
    expect(now.image.image.sha256).toBe(now.image.baseline.sha256);
    for (const { value, baseline } of now.values) {
      expect(value).toBe(baseline);
    }
  });

  test('a what-if that changes nothing gives the bytes of its reference', async () => {
    const forecastId = result.forecast['id'];
    const reference = (await client.request<{ forecast: Answered }>(FORECAST, { id: forecastId })).forecast;
    const unchanged = await answer(RUN_SCENARIO, { forecastId, interventions: [] });
    expect(unchanged.inputHash).toBe(reference.inputHash);
    expect(unchanged.image.image.sha256).toBe(reference.image.image.sha256);
    expect(unchanged.values.map(({ value }) => value)).toEqual(reference.values.map(({ value }) => value));
  });

  test('another dose gives another answer wherever the model is trusted', () => {
    const { imageDifference, valueDifferences } = result.whatIf as {
      imageDifference: { isIdentical: boolean };
      valueDifferences: { code: string; difference: number | null }[];
    };
    const { image, values } = result.forecast as {
      image: { isDeclined: boolean };
      values: { code: string; isDeclined: boolean }[];
    };
    expect(imageDifference.isIdentical).toBe(image.isDeclined);
    for (const { code, difference } of valueDifferences) {
      expect(difference === 0).toBe(values.find((one) => one.code === code)?.isDeclined);
    }
    // The cohort's effect of chemotherapy is real: something must be trusted, or the test would prove nothing.
    expect([image, ...values].some(({ isDeclined }) => !isDeclined)).toBe(true);
  });

  test('refusals are answers: an unknown treatment, a dose beyond the limit, a target too far', async () => {
    const { originAt, targetAt } = (
      await client.request<{ forecast: { originAt: string; targetAt: string } }>(FORECAST, {
        id: result.forecast['id'],
      })
    ).forecast;
    const scenario = (treatment: Record<string, unknown>) =>
      client.request<{ runScenario: Record<string, unknown> }>(RUN_SCENARIO, {
        input: {
          forecastId: result.forecast['id'],
          interventions: [{ treatment: { from: originAt, to: targetAt, ...treatment } }],
        },
      });
    expect((await scenario({ key: 'aspirin', amountPerDay: 1 })).runScenario).toMatchObject({ __typename: 'Refusal' });
    expect((await scenario({ key: 'radiotherapy', amountPerDay: 80 })).runScenario).toMatchObject({
      __typename: 'Refusal',
    });
    const far = await client.request<{ requestForecast: Record<string, unknown> }>(REQUEST_FORECAST, {
      input: { twinId: result.twin.id, horizonDays: 5000 },
    });
    expect(far.requestForecast).toMatchObject({ __typename: 'Refusal' });
  });
});
