/** The built-in page in Chromium, against a real server with profiles of our own. */
import type { Browser, Page } from 'playwright-core';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { canvasColours, keepScreenshot, launchBrowser, openPage } from './launchBrowser.ts';
import { checkoutStacks, pushOverTime } from './pushOverTime.ts';

let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startTestServer();
  await pushOverTime(server.url, 'checkout', checkoutStacks);
  await pushOverTime(server.url, 'cart', ['main;cart.Add 7', 'main;cart.Total 3']);
});
// Pages that nobody looks at would go on drawing.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  // When something above failed, what was opened must still close, or the run never ends.
  for (const each of [browser, server]) await each?.close();
});

const wide = { viewport: { width: 1_400, height: 900 } } as const;
const checkout = '#service=checkout&from=now-15m';

async function openAt(hash: string, options: Parameters<typeof openPage>[1] = wide, url = server.url) {
  const opened = await openPage(browser, options);
  await opened.page.goto(`${url}/${hash}`);
  await settled(opened.page);
  return opened;
}

const settled = (page: Page) => page.locator('main[aria-busy=false]').waitFor();
const hashOf = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const rows = (page: Page) => page.getByRole('grid', { name: 'Functions' }).getByRole('row');
const focusSteps = (page: Page) =>
  page.getByRole('navigation', { name: 'Focus' }).getByRole('button').allTextContents();

/** Clicks into the drawing: share of the width, and row from the top. */
async function clickBar(page: Page, share: number, row: number): Promise<void> {
  const canvas = page.locator('#graph canvas');
  const box = await canvas.boundingBox();
  await canvas.click({ position: { x: (box?.width ?? 0) * share, y: row * 22 + 10 } });
}

test('the page shows service, profile type, values over time, flame graph and table', async () => {
  const { page, complaints } = await openAt(checkout);
  expect(await page.title()).toBe('checkout · process_cpu / cpu – Pyrolens');
  expect(await page.locator('#headline').textContent()).toMatch(
    /^checkout · process_cpu \/ cpu · 0\.\d+ cores on average · [\d.]+ min$/,
  );
  expect(await page.locator('#service option').allTextContents()).toEqual(['cart', 'checkout']);
  const chart = await page.locator('#chart svg').getAttribute('aria-label');
  expect(chart).toMatch(/^(30|31) points over time, at most (0\.\d+ cores|1 core); drag/);
  // Bars in the colours of several packages, not a blank canvas.
  const colours = [...(await canvasColours(page, '#graph')).values()].filter((pixels) => pixels > 500);
  expect(colours.length).toBeGreaterThan(6);
  expect(await page.locator('#graph canvas').getAttribute('aria-label')).toMatch(/^Flame graph, total/);
  await expect(rows(page).nth(1).textContent()).resolves.toMatch(/^runtime\.scanobject.*13 %/);
  await keepScreenshot(page, 'page-light');
  expect(complaints).toEqual([]);
});

test('a search tells its share of the total, filters the table, and stands in the link', async () => {
  const { page } = await openAt(checkout);
  await page.getByRole('searchbox').fill('json\\..*');
  await page.getByText('through').waitFor();
  expect(await page.locator('#graph [role=status]').first().textContent()).toMatch(
    /^5 functions · 22 % through · 19 % self/,
  );
  expect(hashOf(page).get('search')).toBe('json\\..*');
  await rows(page).filter({ hasText: 'runtime.scanobject' }).waitFor({ state: 'detached' });
  expect((await rows(page).allTextContents()).slice(1).filter((row) => !row.includes('json'))).toEqual([]);
  expect(await rows(page).count()).toBe(6);
});

test('a click focuses a bar; the link shows another person the same; Escape goes back', async () => {
  const { page } = await openAt(checkout);
  await clickBar(page, 0.5, 1);
  expect(await focusSteps(page)).toEqual(['total', 'runtime.goexit']);
  expect(hashOf(page).getAll('focus')).toEqual(['runtime.goexit']);
  const link = page.url();

  const other = await openPage(browser, wide);
  await other.page.goto(link);
  await settled(other.page);
  expect(await focusSteps(other.page)).toEqual(['total', 'runtime.goexit']);
  await other.page.reload();
  await settled(other.page);
  expect(await focusSteps(other.page)).toEqual(['total', 'runtime.goexit']);

  await page.keyboard.press('Escape');
  expect(hashOf(page).getAll('focus')).toEqual([]);
});

test('another service is chosen, and Back returns', async () => {
  const { page } = await openAt(checkout);
  await page.selectOption('#service', 'cart');
  await page.getByText('cart.Add').first().waitFor();
  expect(hashOf(page).get('service')).toBe('cart');
  await page.goBack();
  await page.getByText('runtime.scanobject').first().waitFor();
  expect(await page.locator('#service').inputValue()).toBe('checkout');
});

test('dragging over the chart narrows the range, and the flame graph with it', async () => {
  const { page } = await openAt(checkout);
  const before = await page.locator('#headline').textContent();
  const box = await page.locator('#chart svg').boundingBox();
  if (box === null) throw new Error('the chart has no box');
  await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await settled(page);
  const [from, until] = [Number(hashOf(page).get('from')), Number(hashOf(page).get('until'))];
  expect((until - from) / 60_000).toBeCloseTo(3.75, 1);
  expect(await page.locator('#range').inputValue()).toBe('custom');
  expect(await page.locator('#from').isVisible()).toBe(true);
  expect(await page.locator('#headline').textContent()).not.toBe(before);
});

test('labels narrow the question; what the server does not understand is told with its place', async () => {
  const { page } = await openAt(checkout);
  await page.locator('#labels').fill('pod="checkout-1"');
  await page.locator('#labels').press('Enter');
  await settled(page);
  expect(await page.locator('#headline').isVisible()).toBe(true);
  await page.locator('#labels').fill('pod="checkout-1');
  await page.locator('#labels').press('Enter');
  const alert = page.getByRole('alert').filter({ hasText: 'string' });
  await alert.waitFor();
  expect(await alert.textContent()).toContain('string at character 30 is not closed');
  expect(await alert.locator('code').textContent()).toBe('{service_name="checkout", pod="checkout-1}');
});

test('a range without profiles says so and leads to the nearest ones', async () => {
  const day = 86_400_000;
  const { page } = await openAt(`#service=checkout&from=${Date.now() - 3 * day}&until=${Date.now() - 2 * day}`);
  expect(await page.locator('#nothing').textContent()).toMatch(
    /^No process_cpu \/ cpu profiles for \{service_name="checkout"\} in this range\.Nearest: /,
  );
  await page.getByRole('button', { name: 'Go there' }).click();
  await page.locator('#headline').waitFor();
  expect(await page.locator('#headline').textContent()).toContain('cores on average');
});

test('an empty server says how to start, and draws the first profile when it comes', async () => {
  const empty = await startTestServer();
  try {
    const { page, complaints } = await openAt('', wide, empty.url);
    expect(await page.getByRole('heading').allTextContents()).toEqual([
      'No profiles yet',
      'This server itself',
      'Everything on a Linux machine',
      'A profile that you have as a file',
    ]);
    expect(await page.locator('#start pre').allTextContents()).toEqual([
      'npm start -- --self-profile',
      expect.stringContaining(`url = "${empty.url}"`),
      expect.stringContaining(`npm run push -- --url ${empty.url}`),
    ]);
    await keepScreenshot(page, 'page-empty');
    await pushOverTime(empty.url, 'first', ['main;work 1']);
    await page.locator('#headline').waitFor();
    expect(await page.locator('#headline').textContent()).toMatch(/^first · /);
    expect(complaints).toEqual([]);
  } finally {
    await empty.close();
  }
});

test('a server with a token is asked with it, after a wrong one was refused', async () => {
  const locked = await startTestServer({ token: 'secret' });
  try {
    await pushOverTime(locked.url, 'locked', ['main;work 1'], 'secret');
    const { page } = await openPage(browser, wide);
    await page.goto(locked.url);
    for (const [token, isRefused] of [
      ['wrong', false],
      ['secret', true],
    ] as const) {
      await page.getByRole('dialog', { name: 'This server asks for a token' }).waitFor();
      expect(await page.locator('#token-refused').isVisible()).toBe(isRefused);
      await page.getByLabel('Token', { exact: true }).fill(token);
      await page.getByRole('button', { name: 'Continue' }).click();
    }
    await page.locator('#headline').waitFor();
    expect(await page.locator('#headline').textContent()).toMatch(/^locked · /);
    await page.reload();
    await page.locator('#headline').waitFor();
  } finally {
    await locked.close();
  }
});

test('a server with tenants is asked for the one that is named, and the link keeps it', async () => {
  const shared = await startTestServer({ token: 'secret', multitenancy: true });
  try {
    for (const tenant of ['a', 'b']) {
      const answer = await fetch(`${shared.url}/ingest?name=of-${tenant}&format=folded`, {
        method: 'POST',
        headers: { authorization: 'Bearer secret', 'x-scope-orgid': tenant },
        body: 'main;work 100',
      });
      expect(answer.status).toBe(200);
    }
    const { page } = await openPage(browser, wide);
    await page.goto(shared.url);
    await page.getByLabel('Token', { exact: true }).fill('secret');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('several tenants').waitFor();
    for (const tenant of ['a', 'b']) {
      await page.getByLabel('Tenant', { exact: true }).fill(tenant);
      await page.keyboard.press('Enter');
      await page.locator('#headline').getByText(`of-${tenant} ·`).waitFor();
      expect(hashOf(page).get('tenant')).toBe(tenant);
      expect(await page.locator('#service option').allTextContents()).toEqual([`of-${tenant}`]);
    }
    await page.reload();
    await page.locator('#headline').getByText('of-b ·').waitFor();
    expect(await page.getByLabel('Tenant', { exact: true }).inputValue()).toBe('b');
  } finally {
    await shared.close();
  }
});

test('colours follow the system, and the button beats it until the next choice', async () => {
  const { page } = await openAt(checkout, { ...wide, colorScheme: 'dark' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  const darkCanvas = await canvasColours(page, '#graph');
  await keepScreenshot(page, 'page-dark');
  await page.getByRole('button', { name: 'Colours: system' }).click();
  const light = await background();
  expect([dark, light]).toEqual(['rgb(17, 18, 23)', 'rgb(244, 245, 245)']);
  // The canvas too, whose colours no style sheet changes.
  expect(darkCanvas.get('24,27,31,255')).toBeGreaterThan(1_000);
  const lightCanvas = await canvasColours(page, '#graph');
  expect([lightCanvas.get('24,27,31,255') ?? 0, (lightCanvas.get('255,255,255,255') ?? 0) > 1_000]).toEqual([0, true]);
  await page.reload();
  await settled(page);
  expect(await background()).toBe(light);
});

test('at 360 pixels nothing is cut off at the side', async () => {
  const { page } = await openAt(checkout, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBe(0);
  for (const id of [
    '#service',
    '#profile-type',
    '#labels',
    '#range',
    '#refresh',
    '#theme',
    '#chart svg',
    '#graph canvas',
  ]) {
    const box = await page.locator(id).boundingBox();
    expect([id, (box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 360]).toEqual([id, true]);
  }
  await keepScreenshot(page, 'page-360');
});

test('the page refreshes by itself when told to', async () => {
  const { page } = await openAt(`${checkout}&refresh=1`);
  const before = await page.locator('#headline').textContent();
  await pushOverTime(server.url, 'checkout', ['main;new.Code 90']);
  await page.getByText('new.Code').first().waitFor();
  expect(await page.locator('#headline').textContent()).not.toBe(before);
});
