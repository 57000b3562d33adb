/** The page's list of who sends what, in Chromium, against a real server. */
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { keepScreenshot, launchBrowser, openPage } from './launchBrowser.ts';

let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  browser = await launchBrowser();
});
beforeEach(async () => (server = await startTestServer()));
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server?.close();
});
afterAll(() => browser?.close());

const wide = { viewport: { width: 1_400, height: 700 } } as const;
const narrow = { viewport: { width: 360, height: 900 } } as const;

async function push(agent: string, service: string, millisAgo: number): Promise<void> {
  const timeNanos = BigInt(Date.now() - millisAgo) * 1_000_000n;
  const profile = gzipSync(foldedPprof({ folded: ['main;work 500', 'main;wait 200'], timeNanos }));
  const labels = { __name__: 'process_cpu', service_name: service, pod: `${service}-7d9f-abcde`, namespace: 'shop' };
  await call(server.url, 'push.v1.PusherService/Push', pushMessage(labels, profile), { 'user-agent': agent });
}

async function openAt(hash: string, options: Parameters<typeof openPage>[1]) {
  const opened = await openPage(browser, options);
  await opened.page.goto(`${server.url}/${hash}`);
  await opened.page.locator('main[aria-busy=false]').waitFor();
  return opened;
}

test('senders are listed when the first profile comes; what is refused is marked and explained', async () => {
  const { page, complaints } = await openAt('#page=ingest', wide);
  expect(await page.getByRole('heading').first().textContent()).toBe('Nothing has come yet');
  expect(await page.locator('#start pre').first().textContent()).toBe('npm start -- --self-profile');
  await keepScreenshot(page, 'page-ingest-empty');

  await push('Alloy/v1.18.0 (linux; docker)', 'checkout', 0);
  const table = page.getByRole('table', { name: 'Senders' });
  await table.waitFor();
  expect(await page.locator('#start').isVisible()).toBe(false);
  expect(await table.getByRole('row').nth(1).textContent()).toMatch(
    /^Alloy 1\.18\.0.*pprof.*\/push\.v1\.PusherService\/Push.*checkout.*service_name="checkout".*1 profile.*\d+ B in 24 h.*none.*comes at once$/,
  );

  await push('pyroscope-go/1.2.0', 'cart', 7_200_000);
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await table.locator('.with-refusals').waitFor();
  expect(await page.locator('#ingest-headline').textContent()).toMatch(
    /^2 senders · .* · 1 with refusals · \d+ B in 24 h$/,
  );
  // The last seen first.
  expect(await table.getByRole('rowheader').allTextContents()).toEqual([
    expect.stringContaining('pyroscope-go 1.2.0'),
    expect.stringContaining('Alloy 1.18.0'),
  ]);
  expect(await table.locator('.with-refusals').allTextContents()).toEqual([
    expect.stringMatching(/1 refused.*not_in_ingestion_window 1 time, .*ingestion window/),
  ]);
  await keepScreenshot(page, 'page-ingest-light');
  expect(complaints).toEqual([]);
});

test('the header leads there and back, and what was chosen before is kept', async () => {
  await push('Alloy/v1.18.0', 'checkout', 0);
  const { page, complaints } = await openAt('#service=checkout&from=now-15m', { ...wide, colorScheme: 'dark' });
  await page.locator('#headline').waitFor();
  await page.getByRole('link', { name: 'Ingest' }).click();
  await page.getByRole('table', { name: 'Senders' }).waitFor();
  expect(await page.title()).toBe('Ingest – Pyrolens');
  expect(new URL(page.url()).hash).toBe('#page=ingest&service=checkout&from=now-15m');
  expect(await page.getByRole('link', { name: 'Ingest' }).getAttribute('aria-current')).toBe('page');
  for (const id of ['#headline', '#graph', '#service']) expect(await page.locator(id).isVisible()).toBe(false);
  await keepScreenshot(page, 'page-ingest-dark');
  await page.getByRole('link', { name: 'Explore' }).click();
  await page.locator('#headline').getByText('checkout ·').waitFor();
  expect(await page.locator('#ingest').isVisible()).toBe(false);
  await page.goBack();
  await page.getByRole('table', { name: 'Senders' }).waitFor();
  expect(complaints).toEqual([]);
});

test('the list goes on by itself, and a server that is gone is told', async () => {
  await push('Alloy/v1.18.0', 'checkout', 0);
  const { page } = await openAt('#page=ingest', wide);
  await push('pyroscope-go/1.2.0', 'cart', 0);
  await page.getByRole('rowheader', { name: 'pyroscope-go' }).waitFor({ timeout: 15_000 });
  await page.route('**/api/v1/ingest/recent', (route) =>
    route.fulfill({ status: 503, json: { code: 'unavailable', message: 'the store is being opened' } }),
  );
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await page.getByRole('alert').getByText('the store is being opened').waitFor();
});

test('at 360 pixels the cells stand one below the other, each with its title, and nothing is cut off', async () => {
  await push('Alloy/v1.18.0 (linux; docker)', 'checkout', 0);
  await push('pyroscope-go/1.2.0', 'cart', 7_200_000);
  const { page } = await openAt('#page=ingest', { ...narrow, colorScheme: 'dark' });
  const table = page.getByRole('table', { name: 'Senders' });
  await table.waitFor();
  const overflow = await page.evaluate(() =>
    ['html', '.senders'].map((each) => {
      const found = document.querySelector(each);
      return (found?.scrollWidth ?? 999) - (found?.clientWidth ?? 0);
    }),
  );
  expect(overflow).toEqual([0, 0]);
  expect(
    await table
      .getByRole('cell')
      .first()
      .evaluate((cell) => getComputedStyle(cell, '::before').content),
  ).toContain('Format');
  await keepScreenshot(page, 'page-ingest-360');
});

test('a server with a token and tenants is asked for both, and tells each its own senders', async () => {
  const shared = await startTestServer({ token: 'secret', multitenancy: true });
  try {
    for (const tenant of ['a', 'b']) {
      await fetch(`${shared.url}/ingest?name=of-${tenant}&format=folded`, {
        method: 'POST',
        headers: { authorization: 'Bearer secret', 'x-scope-orgid': tenant },
        body: 'main;work 100',
      });
    }
    const { page } = await openPage(browser, wide);
    await page.goto(`${shared.url}/#page=ingest`);
    await page.getByLabel('Token', { exact: true }).fill('secret');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('several tenants').waitFor();
    await page.getByLabel('Tenant', { exact: true }).fill('b');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader').getByText('tenant b').waitFor();
    expect(await page.locator('.senders').textContent()).toMatch(/of-b/);
    expect(await page.locator('.senders').textContent()).not.toMatch(/of-a/);
  } finally {
    await shared.close();
  }
});
