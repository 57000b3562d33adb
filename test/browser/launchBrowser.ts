/** Chromium for tests, and where they leave what they saw. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { projectRoot } from '../golden.ts';

/** A busy machine starves a browser now and then: one more try, and the log shows the first. */
jest.retryTimes(1, { logErrorsBeforeRetry: true });

export function launchBrowser(): Promise<Browser> {
  // npm test sets it to what it found or installed.
  return chromium.launch({
    executablePath: process.env['CHROME_BIN'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface OpenPage {
  readonly page: Page;
  /** What the page complained of: errors thrown, and errors in its console. */
  readonly complaints: readonly string[];
}

export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<OpenPage> {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`.trim());
  });
  return { page, complaints };
}

/** Kept under test/artifacts, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const dir = join(projectRoot, 'test/artifacts');
  mkdirSync(dir, { recursive: true });
  await page.screenshot({ path: join(dir, `${name}.png`) });
}

/** How many pixels of each colour the largest canvas below the selector has. */
export function canvasColours(page: Page, selector: string): Promise<ReadonlyMap<string, number>> {
  return page
    .locator(`${selector} canvas`)
    .evaluateAll((canvases) => {
      const counts: Record<string, number> = {};
      const [canvas] = canvases
        .filter((each): each is HTMLCanvasElement => each instanceof HTMLCanvasElement)
        .sort((a, b) => b.width * b.height - a.width * a.height);
      const context = canvas?.getContext('2d');
      if (canvas === undefined || context === null || context === undefined) return counts;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) {
        const colour = data.slice(at, at + 4).join(',');
        counts[colour] = (counts[colour] ?? 0) + 1;
      }
      return counts;
    })
    .then((counts) => new Map(Object.entries(counts)));
}
