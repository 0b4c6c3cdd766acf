import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Whether Debian's Chromium is here; without it nothing can be opened. */
export const hasChromium = existsSync(CHROMIUM);

/** Its sandbox does not run as root. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console, exceptions, dialogs and breaches of the content security policy, as they came. */
  readonly faults: string[];
}

/** A page in a context of its own, the size of a small screen unless said otherwise. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.exposeBinding('reportBreach', (_source, breach: string) => void faults.push(`policy: ${breach}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      const { reportBreach } = globalThis as unknown as { readonly reportBreach: (breach: string) => void };
      reportBreach(`${violatedDirective} ${blockedURI}`);
    });
  });
  return { page, faults };
}

interface CanvasContent {
  /** Every pixel in one number: equal pictures have equal ones. */
  readonly hash: number;
  /** Pixels with a colour, which no picture in grey has. */
  readonly coloured: number;
  /** White pixels of the upper left corner, where a scan has air. */
  readonly whiteInCorner: number;
}

/** What the user sees on a canvas. */
export const contentOf = (page: Page, selector: string): Promise<CanvasContent> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      // A copy: reading the page's own canvas would make it slow.
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      if (context === null) throw new Error('the canvas cannot be read');
      context.drawImage(element as HTMLCanvasElement, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      let [hash, coloured, whiteInCorner] = [0, 0, 0];
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
        hash = (Math.imul(hash, 31) + (red << 16) + (green << 8) + blue) | 0;
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 24) coloured++;
        const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
        if (Math.min(red, green, blue) > 200 && x < width / 2 && y < height / 30) whiteInCorner++;
      }
      return { hash, coloured, whiteInCorner };
    });

export const pixelsOf = async (page: Page, selector: string): Promise<number> => (await contentOf(page, selector)).hash;

export const colouredPixels = async (page: Page, selector: string): Promise<number> =>
  (await contentOf(page, selector)).coloured;

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What the accessibility checker finds on the page that is serious or worse, with the elements. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // Not by a script element, which the page's policy refuses as it should.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    return axe.run();
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
