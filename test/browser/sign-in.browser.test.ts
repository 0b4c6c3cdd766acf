import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildViewerWhenStale } from '../../src/composition/viewer-build.ts';
import { createSignIn } from '../../src/http/viewer/sign-in.ts';
import { createViewer } from '../../src/http/viewer/viewer.ts';
import { createLogger } from '../../src/logger.ts';
import { FAMILY_NAME, HOSPITAL_A, HOSPITAL_B, recordTwin, type RecordedTwin } from '../support/api-record.ts';
import { type ApiServer, startApi } from '../support/api-server.ts';
import { cloneTemplate } from '../support/database.ts';
import { type AuthorisationServer, CLIENT, startAuthorisationServer } from './authorisation-server.ts';
import { hasChromium, openBrowser, openPage } from './chromium.ts';

const opened = new AsyncDisposableStack();
let api: ApiServer;
let browser: Browser;
let authority: AuthorisationServer;
let recorded: RecordedTwin;

/** What the browser itself writes of an answer 401, which is no fault of the page. */
const REFUSED = /status of 401/;

describe.skipIf(!hasChromium)('signing in', () => {
  beforeAll(async () => {
    const database = opened.adopt(await cloneTemplate(), (clone) => clone.drop());
    authority = opened.adopt(await startAuthorisationServer(), (running) => running.close());
    const { issuer, fhirBaseUrl } = authority;
    const signIn = createSignIn(
      { issuer, clientId: CLIENT.clientId, launchers: [fhirBaseUrl] },
      createLogger('silent'),
    );
    const pages = await createViewer({ directory: (await buildViewerWhenStale()) ?? '', signIn });
    const oidc = { issuer, audience: CLIENT.audience, jwksUrl: null, tenantClaim: 'tenant' };
    api = opened.adopt(await startApi({ databaseUrl: database.url, pages, config: { oidc } }), (server) =>
      server.close(),
    );
    recorded = await recordTwin(api.dependencies, HOSPITAL_A, 1);
    await recordTwin(api.dependencies, HOSPITAL_B, 2);
    browser = opened.adopt(await openBrowser(), (running) => running.close());
  });
  afterAll(() => opened.disposeAsync());
  beforeEach(() => {
    authority.next = { tenant: 'hospital-a', expiresInS: 300, patient: null, hasRefreshToken: false };
  });

  test('goes by a code with PKCE, comes back to where the user was, and shows the own hospital only', async () => {
    const { page, faults } = await openPage(browser);
    await page.goto(`${api.url}/twins/${recorded.twin.id}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: FAMILY_NAME }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/twins/${recorded.twin.id}`);
    const asked = authority.asked.at(-1)!;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.clientId,
      redirect_uri: `${api.url}/signed-in`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    });
    expect(asked.get('scope')).toContain('user/DiseaseTwin.crus');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Patients' }).first().click();
    await expect.poll(() => page.locator('tbody .name').allInnerTexts()).toEqual([`${FAMILY_NAME}0001, Ada`]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(authority.refused).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('is asked for again when a token is not accepted, and what was shown is gone', async () => {
    const { page, faults } = await openPage(browser);
    await page.goto(api.url);
    // The page settles first, so that it does not tidy away what is put there.
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.evaluate(() =>
      sessionStorage.setItem('sequela.tokens', JSON.stringify({ accessToken: 'a.b.c', refreshToken: null })),
    );
    await page.goto(`${api.url}/twins/${recorded.twin.id}`);
    await page.getByRole('alert').filter({ hasText: 'Your session has ended' }).waitFor();
    expect(await page.locator('main').innerText()).not.toContain(FAMILY_NAME);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(faults.filter((fault) => !REFUSED.test(fault) && !fault.includes('WebSocket'))).toEqual([]);
    await page.context().close();
  });

  test('is renewed without the user when the token runs out', async () => {
    const { page, faults } = await openPage(browser);
    authority.next = { ...authority.next, expiresInS: -10, hasRefreshToken: true };
    await page.goto(api.url);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const before = authority.asked.length;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    authority.next = { ...authority.next, expiresInS: 300 };
    await expect.poll(() => page.locator('tbody .name').count()).toBe(1);
    expect(authority.asked.length).toBe(before + 1);
    expect(faults.filter((fault) => !REFUSED.test(fault))).toEqual([]);
    await page.context().close();
  });

  test('of an EHR opens the patient that it has open', async () => {
    const { page, faults } = await openPage(browser);
    authority.next = { ...authority.next, patient: 'patient-1' };
    const launch = new URLSearchParams({ iss: authority.fhirBaseUrl, launch: 'handle-7' });
    await page.goto(`${api.url}/launch?${launch}`);
    await page.getByRole('heading', { level: 1, name: FAMILY_NAME }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/twins/${recorded.twin.id}`);
    expect(Object.fromEntries(authority.asked.at(-1)!)).toMatchObject({
      aud: authority.fhirBaseUrl,
      launch: 'handle-7',
      scope: expect.stringMatching(/ launch$/) as unknown,
    });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('of an EHR that is not known here is refused, and nothing is sent to it', async () => {
    const { page, faults } = await openPage(browser);
    const before = authority.asked.length;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const launch = new URLSearchParams({ iss: 'http://127.0.0.1:9/fhir', launch: 'x' });
    await page.goto(`${api.url}/launch?${launch}`);
    await page.getByRole('alert').filter({ hasText: 'not one that this server was set up with' }).waitFor();
    expect(authority.asked.length).toBe(before);
    expect(asked.filter((address) => !address.startsWith(api.url))).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('that was not started here is not finished here', async () => {
    const { page, faults } = await openPage(browser);
    await page.goto(`${api.url}/signed-in?code=stolen&state=unknown`);
    await page.getByRole('alert').filter({ hasText: 'was not started here' }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
