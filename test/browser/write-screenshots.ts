/** Starts the server with its demo hospital and writes pictures of every view, light and dark, into `docs/viewer`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createSequelaClient, type SequelaClient } from '../../scripts/demo/graphql-client.ts';
import { startSequela } from '../../src/composition/start-sequela.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { until } from '../support/sequela-server.ts';
import { openBrowser, openPage } from './chromium.ts';

const TARGET = path.resolve(import.meta.dirname, '../../docs/viewer');
const [WIDTH, HIGHEST] = [1280, 1500];
const QUALITY = 0.8;
/** Enough for models that want to have seen 8 others. */
const PATIENTS = '12';
/** Forecasts that are asked as if it were so many visits earlier. */
const BACK_TESTS = 3;

const data = await mkdtemp(path.join(tmpdir(), 'sequela-screenshots-'));
const logger = createLogger('error', process.stderr);
const sequela = await startSequela({
  config: {
    ...loadConfig({
      SEQUELA_PORT: '0',
      SEQUELA_DATA_DIRECTORY: data,
      SEQUELA_SYNC_INTERVAL_MINUTES: '1440',
      SEQUELA_DEMO_PATIENTS: PATIENTS,
    }),
  },
  role: 'all',
  logger,
  importDemoHospital: true,
});
const client = createSequelaClient(sequela.url);
const browser = await openBrowser();
try {
  await mkdir(TARGET, { recursive: true });
  const { twinId, forecastId } = await chooseForecast(client);
  await askBackTests(client, twinId);
  const scenarios = await askScenarios(client, forecastId);
  const views: Readonly<Record<string, string>> = {
    patients: '/',
    twin: `/twins/${twinId}`,
    forecast: `/forecasts/${forecastId}`,
    'what-if': `/forecasts/${forecastId}/what-if?with=${scenarios.join(',')}`,
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, address] of Object.entries(views)) {
      await write(browser, `${sequela.url}${address}`, `${name}-${colorScheme}`, { colorScheme });
    }
  }
  await write(browser, `${sequela.url}${views['twin'] ?? ''}`, 'twin-tablet', {
    viewport: { width: 820, height: 1180 },
  });
} finally {
  await browser.close();
  await client.close();
  await sequela.close();
  await rm(data, { recursive: true, force: true });
}

interface Candidates {
  readonly diseaseTwins: {
    readonly nodes: readonly {
      readonly id: string;
      readonly status: string;
      readonly forecasts: {
        readonly nodes: readonly {
          readonly id: string;
          readonly status: string;
          readonly values: readonly unknown[];
        }[];
      };
    }[];
  };
}

/** A twin whose newest forecast was issued, once every twin of the demo has looked again. */
async function chooseForecast(api: SequelaClient): Promise<{ twinId: string; forecastId: string }> {
  return until(async () => {
    const { diseaseTwins } = await api.request<Candidates>(
      `{ diseaseTwins(first: 50) { nodes { id status forecasts(first: 1) { nodes { id status } } } } }`,
    );
    if (diseaseTwins.nodes.some(({ status }) => status !== 'READY' && status !== 'INCOMPLETE')) return null;
    for (const { id, forecasts } of diseaseTwins.nodes) {
      const [newest] = forecasts.nodes;
      if (newest?.status === 'ISSUED') return { twinId: id, forecastId: newest.id };
    }
    return null;
  }, 600_000);
}

/** What would have been forecast at earlier visits, with what the hospital had published by then. */
async function askBackTests(api: SequelaClient, twinId: string): Promise<void> {
  const { twin } = await api.request<{ twin: { visits: readonly { occurredAt: string }[] } }>(
    'query ($id: ID!) { twin: diseaseTwin(id: $id) { visits { occurredAt } } }',
    { id: twinId },
  );
  for (const { occurredAt } of twin.visits.slice(-1 - BACK_TESTS, -1)) {
    const asOf = new Date(Date.parse(occurredAt) + 86_400_000).toISOString();
    const { asked } = await api.request<{ asked: { forecast: { id: string } } }>(
      'mutation ($input: RequestForecastInput!) { asked: requestForecast(input: $input) { ... on RequestForecastSuccess { forecast { id } } } }',
      { input: { twinId, horizonDays: 7, asOf, clock: 'ISSUED' } },
    );
    await answered(api, asked.forecast.id);
  }
}

async function askScenarios(api: SequelaClient, forecastId: string): Promise<readonly string[]> {
  const { forecast } = await api.request<{ forecast: { originAt: string; targetAt: string } }>(
    'query ($id: ID!) { forecast(id: $id) { originAt targetAt } }',
    { id: forecastId },
  );
  const plans = [
    { name: 'Chemotherapy now', key: 'chemotherapy', amountPerDay: 75 },
    { name: 'Radiotherapy daily', key: 'radiotherapy', amountPerDay: 2 },
  ];
  const ids: string[] = [];
  for (const { name, key, amountPerDay } of plans) {
    const treatment = { key, amountPerDay, from: forecast.originAt, to: forecast.targetAt };
    const { asked } = await api.request<{ asked: { forecast: { id: string } } }>(
      'mutation ($input: RunScenarioInput!) { asked: runScenario(input: $input) { ... on RunScenarioSuccess { forecast { id } } } }',
      { input: { forecastId, interventions: [{ treatment }] } },
    );
    const { id } = asked.forecast;
    await api.request(
      'mutation ($id: ID!, $name: String) { nameScenario(forecastId: $id, name: $name) { __typename } }',
      {
        id,
        name,
      },
    );
    await answered(api, id);
    ids.push(id);
  }
  return ids;
}

async function answered(api: SequelaClient, id: string): Promise<void> {
  await until(async () => {
    const { answer } = await api.request<{ answer: { completedAt: string | null } }>(
      'query ($id: ID!) { answer: forecast(id: $id) { completedAt } }',
      { id },
    );
    return answer.completedAt;
  }, 120_000);
}

async function write(
  opened: Browser,
  address: string,
  name: string,
  options: Parameters<typeof openPage>[1],
): Promise<void> {
  const { page, faults } = await openPage(opened, { viewport: { width: WIDTH, height: 860 }, ...options });
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const webp = await toWebp(page, await page.screenshot({ fullPage: true, clip: await seen(page) }));
  await writeFile(path.join(TARGET, `${name}.webp`), webp);
  console.log(`${String(webp.length).padStart(7)} bytes  docs/viewer/${name}.webp  ${faults.join('; ')}`);
  await page.context().close();
}

/** The whole page, unless it is very long. */
async function seen(page: Page) {
  const { width, height } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
  }));
  return { x: 0, y: 0, width, height: Math.min(height, HIGHEST) };
}

/** The browser writes smaller pictures than it takes. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const blank = await page.context().newPage();
  const text = await blank.evaluate(
    async ({ source, quality }) => {
      const bytes = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
      const written = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(written, (byte) => String.fromCharCode(byte)).join(''));
    },
    { source: png.toString('base64'), quality: QUALITY },
  );
  await blank.close();
  return Buffer.from(text, 'base64');
}
