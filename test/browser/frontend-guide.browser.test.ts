import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSPITAL_A, recordTwin, type RecordedTwin } from '../support/api-record.ts';
import { type ApiServer, startApi } from '../support/api-server.ts';
import { cloneTemplate } from '../support/database.ts';
import { hasChromium, openBrowser, openPage } from './chromium.ts';

const root = path.resolve(import.meta.dirname, '../..');
const GRAPHQL_WS = path.join(root, 'node_modules/graphql-ws/dist');
const guide = readFileSync(path.join(root, 'docs/frontend.md'), 'utf8');
const example = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
const opened = new AsyncDisposableStack();
let api: ApiServer;
let browser: Browser;
let recorded: RecordedTwin;

/** A page of somebody else at the server's address: the example, and the package that it imports. */
const examplePage: RequestHandler = (request, response, next) => {
  if (request.path.startsWith('/graphql-ws/')) {
    response.sendFile(path.basename(request.path), { root: GRAPHQL_WS });
    return;
  }
  if (request.path !== '/example') return next();
  const imports = { imports: { 'graphql-ws': '/graphql-ws/client.js' } };
  response.removeHeader('content-security-policy');
  response.type('html').send(`<!doctype html><title>Example</title><link rel="icon" href="data:,"><body>
    <script type="importmap">${JSON.stringify(imports)}</script><script type="module">${example}</script></body>`);
};

describe.skipIf(!hasChromium)('the guide for front ends', () => {
  beforeAll(async () => {
    const database = opened.adopt(await cloneTemplate(), (clone) => clone.drop());
    api = opened.adopt(await startApi({ databaseUrl: database.url, pages: examplePage }), (server) => server.close());
    recorded = await recordTwin(api.dependencies, HOSPITAL_A, 1);
    browser = opened.adopt(await openBrowser(), (running) => running.close());
  });
  afterAll(() => opened.disposeAsync());

  test('has an example of ten lines that lists what happened and what happens', async () => {
    expect(example.split('\n').filter((line) => line.trim() !== '').length).toBe(10);
    const { page, faults } = await openPage(browser);
    await page.goto(`${api.url}/example?twin=${recorded.twin.id}`);
    const events = page.locator('li');
    await expect.poll(() => events.allInnerTexts()).toEqual(['Twin created.', 'A forecast is there.']);
    await api.ask(
      `mutation { retireDiseaseTwin(twinId: "${recorded.twin.id}") { ... on RetireDiseaseTwinSuccess { twin { id } } } }`,
    );
    await expect.poll(() => events.last().innerText()).toBe('Twin retired.');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
