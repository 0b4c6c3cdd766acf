import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  colouredPixels,
  contentOf,
  hasChromium,
  openBrowser,
  openPage,
  pixelsOf,
  seriousFindings,
} from './chromium.ts';
import type { WatchedPage } from './chromium.ts';
import { type BrowserHospital, MARKUP_NAME, startBrowserHospital } from './browser-hospital.ts';
import { cloneTemplate } from '../support/database.ts';

const opened = new AsyncDisposableStack();
let hospital: BrowserHospital;
let browser: Browser;
let watched: WatchedPage;

describe.skipIf(!hasChromium)('the page of a hospital', () => {
  beforeAll(async () => {
    const database = opened.adopt(await cloneTemplate(), (clone) => clone.drop());
    hospital = opened.adopt(await startBrowserHospital(database.url), (running) => running.close());
    browser = opened.adopt(await openBrowser(), (running) => running.close());
  }, 240_000);
  afterAll(() => opened.disposeAsync());
  beforeEach(async () => {
    watched = await openPage(browser);
  });
  afterEach(async () => {
    await watched.page.context().close();
    expect(watched.faults).toEqual([]);
  });
  const go = (path: string) => watched.page.goto(hospital.url + path);
  const twinPath = (index = 0) => `/twins/${hospital.twins[index]!.twinId}`;
  const mainCanvas = '.image-card .view canvas';
  const drawn = (selector: string) => watched.page.locator(`${selector}[data-drawn*="/images/"]`).first().waitFor();

  describe('patients', () => {
    test('are listed with status, gaps, last forecast and freshness, and are found by name', async () => {
      const { page } = watched;
      await go('/');
      const rows = page.locator('tbody tr');
      await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(hospital.twins.length);
      const first = rows.filter({ has: page.locator(`a[href="${twinPath()}"]`) });
      expect(await first.innerText()).toMatch(/Solid tumour under treatment\s+Ready\s+1 gap\s+for \d+ \w+ 20\d\d/);
      await page.getByRole('searchbox').fill(hospital.twins[2]!.fhirId);
      await expect.poll(() => rows.count()).toBe(1);
      expect(new URL(page.url()).search).toBe(`?q=${hospital.twins[2]!.fhirId}`);
      await rows.getByRole('link').first().click();
      await page.waitForURL(`**${twinPath(2)}`);
      await page.goBack();
      await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe(hospital.twins[2]!.fhirId);
    });

    test('whose name is markup are shown by it, letter by letter', async () => {
      const { page } = watched;
      await go('/');
      await page.getByRole('link', { name: MARKUP_NAME }).first().click();
      await page.getByRole('heading', { level: 1, name: MARKUP_NAME }).waitFor();
      expect(await page.title()).toContain(MARKUP_NAME);
      expect(await page.locator('h1 img, h1 script').count()).toBe(0);
    });
  });

  describe('a twin', () => {
    test('is moved through in time: image, values and words go together', async () => {
      const { page } = watched;
      await go(twinPath());
      await drawn(mainCanvas);
      const slider = page.getByRole('slider', { name: 'Time' });
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/^Forecast for/);
      expect(await page.locator('.image-card').innerText()).toContain('Forecast, not acquired');
      const seen = new Set<number>();
      await slider.press('Home');
      for (let visit = 1; visit <= 4; visit++) {
        await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain(`Visit ${visit} of 4`);
        await page
          .locator('.stop-card')
          .getByRole('heading', { name: `Visit ${visit} of 4` })
          .waitFor();
        await drawn(mainCanvas);
        await expect.poll(async () => seen.has(await pixelsOf(page, mainCanvas))).toBe(false);
        seen.add(await pixelsOf(page, mainCanvas));
        await slider.press('ArrowRight');
      }
      expect(seen.size).toBe(4);
      expect(await page.locator('.row .value.forecast').count()).toBe(3);
    });

    test('plays by itself to the forecast', async () => {
      const { page } = watched;
      await go(twinPath());
      await drawn(mainCanvas);
      const slider = page.getByRole('slider', { name: 'Time' });
      await page.getByRole('button', { name: 'Play' }).click();
      await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain('Visit 2 of 4');
      await expect.poll(() => slider.getAttribute('aria-valuetext'), { timeout: 8000 }).toContain('Forecast for');
      await page.getByRole('button', { name: 'Play' }).waitFor();
    });

    test('shows how a visit was aligned: before, after, and in turn with the reference', async () => {
      const { page } = watched;
      await go(twinPath());
      await drawn(mainCanvas);
      await page.getByRole('button', { name: 'Visit 3 of 4' }).click();
      expect(await page.locator('.stop-card').innerText()).toMatch(/Structure \(SSIM\)\s+0\.\d\d\s+0\.\d\d/);
      const shots: number[] = [];
      for (const name of ['Before', 'After', 'Reference']) {
        await page.getByRole('button', { name, exact: true }).click();
        await expect.poll(async () => shots.includes(await pixelsOf(page, mainCanvas))).toBe(false);
        shots.push(await pixelsOf(page, mainCanvas));
      }
      await page.getByRole('button', { name: 'After', exact: true }).click();
      await page.getByRole('button', { name: 'Flicker with reference' }).click();
      const [, after, reference] = shots;
      await expect.poll(() => pixelsOf(page, mainCanvas), { interval: 60 }).toBe(reference);
      await expect.poll(() => pixelsOf(page, mainCanvas), { interval: 60 }).toBe(after);
    });

    test('says what is missing and why', async () => {
      const { page } = watched;
      await go(twinPath());
      const missing = page.getByRole('region', { name: 'What is missing' });
      expect(await missing.innerText()).toMatch(/Measurement of .*unit/);
      await missing.getByRole('link', { name: 'source' }).click();
      await page.locator('tr.marked').waitFor();
      expect(await page.locator('tr.marked').innerText()).toContain('Observation/without-unit');
    });

    test('shows what would have been forecast at an earlier visit, beside what came', async () => {
      const { page } = watched;
      await go(twinPath(1));
      await page.getByRole('button', { name: 'Visit 3 of 4' }).click();
      await page.getByRole('button', { name: 'What would have been forecast here?' }).click();
      const came = page.getByRole('region', { name: 'Forecasts beside what came' });
      await expect.poll(() => came.innerText(), { timeout: 40_000 }).toMatch(/Carcinoembryonic antigen[\s\S]*ng\/mL/);
      const chart = page.getByRole('img', { name: /^Carcinoembryonic antigen .* over time/ });
      expect(await chart.getAttribute('aria-label')).toContain('4 measurements and 2 forecasts');
    });

    test('is windowed, zoomed and sliced', async () => {
      const { page } = watched;
      await go(twinPath());
      await drawn(mainCanvas);
      let before = await pixelsOf(page, mainCanvas);
      for (const name of ['Slice', 'Window', 'Level', 'Zoom']) {
        await page.getByRole('slider', { name }).press('PageUp');
        await expect.poll(() => pixelsOf(page, mainCanvas)).not.toBe(before);
        before = await pixelsOf(page, mainCanvas);
      }
    });
  });

  describe('a forecast', () => {
    const views = '.pictures .view';
    const canvas = (index: number) => `.pictures .view:nth-child(${index}) .picture canvas`;

    test('stands beside the last image and the last values, in plain words', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}`);
      await drawn(canvas(2));
      expect(await page.locator(views).count()).toBe(4);
      expect(await page.locator('.in-short').innerText()).toMatch(
        /7 days after the last usable visit.*\n?.*no change|declines/s,
      );
      const values = page.getByRole('region', { name: 'Values' });
      expect(await values.locator('tbody tr').count()).toBe(3);
      expect(await values.innerText()).toMatch(/Last known\s+Forecast\s+Change/);
    });

    test('is marked by words, by colour and in its pixels', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}`);
      await drawn(canvas(2));
      expect(await page.locator(`${views}.predicted`).first().innerText()).toContain('Forecast, not acquired');
      const border = (index: number) =>
        page
          .locator(`${views}:nth-child(${index}) .picture`)
          .evaluate((element) => getComputedStyle(element).borderColor);
      expect(await border(2)).not.toBe(await border(1));
      const bright = async (index: number) => (await contentOf(page, canvas(index))).whiteInCorner;
      expect(await bright(1)).toBe(0);
      expect(await bright(2)).toBeGreaterThan(20);
    });

    test('is overlaid with what changes, and without', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}`);
      await drawn(canvas(3));
      await expect.poll(() => colouredPixels(page, canvas(3))).toBeGreaterThan(50);
      expect(await colouredPixels(page, canvas(1))).toBe(0);
      await page.getByLabel('Colours on').uncheck();
      await expect.poll(() => colouredPixels(page, canvas(3))).toBe(0);
      await page.getByLabel('Colours on').check();
      await expect.poll(() => colouredPixels(page, canvas(3))).toBeGreaterThan(50);
    });

    test('moves its pictures together, and a cursor in one is seen in all', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}`);
      await drawn(canvas(1));
      await drawn(canvas(2));
      const before = [await pixelsOf(page, canvas(1)), await pixelsOf(page, canvas(2))];
      await page.locator(canvas(1)).hover({ position: { x: 60, y: 140 } });
      await expect.poll(() => colouredPixels(page, canvas(2))).toBeGreaterThan(50);
      await page.mouse.wheel(0, 120);
      await expect.poll(() => page.locator('.pictures .display-controls').innerText()).toContain('3 of 3');
      await page.mouse.move(2, 2);
      await expect.poll(() => colouredPixels(page, canvas(2))).toBe(0);
      expect(await pixelsOf(page, canvas(1))).not.toBe(before[0]);
      expect(await pixelsOf(page, canvas(2))).not.toBe(before[1]);
    });

    test('says what it was made from, each linked to its source', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}`);
      const origin = page.getByRole('region', { name: 'Where it comes from' });
      expect(await origin.innerText()).toMatch(/Replay id\s+\S+@.+:[0-9a-f]{64}:1/);
      await origin.locator('summary').click();
      const first = origin.locator('.inputs a').first();
      const id = (await first.getAttribute('href'))!.split('#')[1]!;
      await first.click();
      await page.locator(`tr.marked[id="${id}"]`).waitFor();
    });
  });

  describe('what if', () => {
    test('is asked, beside the plan, kept under a name, compared and shared', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}/what-if`);
      await page.getByLabel('Chemotherapy: another dose').check();
      const dose = page.getByRole('slider', { name: 'Dose of chemotherapy' });
      await dose.fill('100');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      const difference = '.compared .column:nth-child(2) .view:nth-of-type(2) .picture canvas';
      await drawn(difference);
      await expect.poll(() => colouredPixels(page, difference)).toBeGreaterThan(50);
      expect(await page.locator('.compared .column:nth-child(2)').innerText()).toContain('100 mg/m² per day');

      await page.getByLabel('Name of the scenario').fill('More chemotherapy');
      await page.getByRole('button', { name: 'Keep' }).click();
      await page.getByRole('region', { name: 'Kept scenarios' }).getByText('More chemotherapy').waitFor();

      await dose.fill('0');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await expect.poll(() => page.locator('.compared .column').count()).toBe(3);
      await page.getByLabel('Name of the scenario').nth(1).fill('No chemotherapy');
      await page.getByRole('button', { name: 'Keep' }).nth(1).click();
      await expect
        .poll(() => page.getByRole('region', { name: 'Kept scenarios' }).innerText())
        .toContain('No chemotherapy');
      const heads = page.getByRole('region', { name: 'Values' }).locator('thead th');
      await expect
        .poll(() => heads.allInnerTexts())
        .toEqual(['Variable', 'Under the plan', 'More chemotherapy', 'No chemotherapy']);

      const other = await openPage(browser);
      await other.page.goto(page.url());
      await expect.poll(() => other.page.locator('.compared .column').count()).toBe(3);
      expect(await other.page.locator('.compared').innerText()).toContain('More chemotherapy');
      await other.page.context().close();
      expect(other.faults).toEqual([]);
    });

    test('is reached and asked without a pointer', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}`);
      await page.getByRole('link', { name: 'Ask what if' }).focus();
      await page.keyboard.press('Enter');
      await page.getByLabel('Radiotherapy: another dose').waitFor();
      expect(await page.title()).toMatch(/^What if, /);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.getByLabel('Radiotherapy: another dose').focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('Tab');
      for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
      expect(await page.getByRole('slider', { name: 'Dose of radiotherapy' }).getAttribute('aria-valuetext')).toMatch(
        /^0\.\d+ Gy per day$/,
      );
    });

    test('that cannot be meant is refused in words', async () => {
      const { page } = watched;
      await go(`/forecasts/${hospital.forecastId}/what-if`);
      await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
      expect(await page.getByRole('button', { name: 'Ask', exact: true }).isDisabled()).toBe(true);
      await page.getByLabel('Radiotherapy: another dose').check();
      await page.getByLabel('To, included').evaluate((input) => {
        // As a browser without date fields would send it.
        (input as HTMLInputElement).form!.noValidate = true;
      });
      await page.getByLabel('From').fill('2030-01-01');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      expect(await page.getByRole('alert').innerText()).toMatch(/must/);
    });
  });

  describe('live', () => {
    test('a visit that comes from outside appears without a reload, with a bar for the work', async () => {
      const { page } = watched;
      await go(twinPath(3));
      await drawn(mainCanvas);
      await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
      hospital.hospital.hospital.publishNextVisit(hospital.twins[3]!.fhirId);
      const bar = page.locator('[data-job="SYNC_PATIENT"] progress').waitFor();
      await Promise.all([bar, hospital.work.sync(hospital.twins[3]!.patientId)]);
      await page.getByRole('button', { name: /^Visit 5 of 5/ }).waitFor({ timeout: 40_000 });
      await expect
        .poll(() => page.locator('.forecast-list').first().innerText(), { timeout: 40_000 })
        .toMatch(/Issued|Declined/);
      await expect
        .poll(() => page.getByRole('region', { name: 'Forecasts beside what came' }).innerText(), { timeout: 40_000 })
        .toMatch(/Came/);
      expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true);
    });

    test('a server that dies and comes back has told everything that happened meanwhile, each event once', async () => {
      const { page, faults } = watched;
      await go(twinPath(4));
      await page.locator('.events li').first().waitFor();
      const second = await hospital.startApi();
      await hospital.killApi();
      await page.getByText('Reconnecting…').waitFor();
      const asked = await fetch(`${second.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: `mutation { requestForecast(input: { twinId: "${hospital.twins[4]!.twinId}", horizonDays: 9 }) { __typename } }`,
        }),
      });
      expect(await asked.json()).toEqual({ data: { requestForecast: { __typename: 'RequestForecastSuccess' } } });
      await hospital.restartApi();
      await expect
        .poll(() => page.locator('.events').innerText(), { timeout: 30_000 })
        .toMatch(/(A forecast was issued|declined|no change|patients)[\s\S]*A forecast was requested/);
      const numbers = await page
        .locator('.events li')
        .evaluateAll((items) => items.map((item) => Number(item.dataset['seq'])));
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => numbers.length - index));
      await page.getByText('Live', { exact: true }).waitFor();
      // The browser itself writes that the server did not answer.
      expect(faults.filter((fault) => !/ERR_CONNECTION|WebSocket connection/.test(fault))).toEqual([]);
      faults.length = 0;
    });
  });

  test.each([
    ['light', 1280],
    ['dark', 820],
  ] as const)('has no serious fault of accessibility, %s and %i pixels wide', async (colorScheme, width) => {
    const { page, faults } = await openPage(browser, { colorScheme, viewport: { width, height: 1000 } });
    const paths = ['/', twinPath(), `${twinPath()}/record`, `/forecasts/${hospital.forecastId}`];
    for (const path of [...paths, `/forecasts/${hospital.forecastId}/what-if`]) {
      await page.goto(hospital.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect({ path, findings: await seriousFindings(page) }).toEqual({ path, findings: [] });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect({ path, wide }).toEqual({ path, wide: width });
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
