/** The built plugins in dist/, loaded in Chromium as Grafana loads them, against a running server. */
import type { Browser, Page } from 'playwright-core';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { canvasColours, keepScreenshot, launchBrowser, openPage } from './launchBrowser.ts';
import { checkoutStacks, pushOverTime } from './pushOverTime.ts';
import type { PluginHost } from './servePluginHost.ts';
import { servePluginHost } from './servePluginHost.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
/** The root, and each beginning of a stack once. */
const barCount =
  1 +
  new Set(
    checkoutStacks.flatMap((line) => {
      const frames = line.replace(/ \d+$/, '').split(';');
      return frames.map((_, i) => frames.slice(0, i + 1).join(';'));
    }),
  ).size;
let browser: Browser;
let server: TestServer;
let host: PluginHost | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startTestServer();
  await pushOverTime(server.url, 'checkout', checkoutStacks);
  host = await servePluginHost(server.url);
}, 60_000);
// Pages that nobody looks at would go on drawing.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  // When something above failed, what was opened must still close, or the run never ends.
  for (const each of [browser, host, server]) await each?.close();
});

async function show(part: string, more: Readonly<Record<string, string>> = {}) {
  const opened = await openPage(browser, { viewport: { width: 1_100, height: 700 } });
  const { page } = opened;
  const query = new URLSearchParams({ show: part, service: 'checkout', type: cpu, ...more });
  await page.goto(`${host?.url}?${query.toString()}`);
  await page.locator('#root > *, body[data-failed]').first().waitFor({ state: 'attached' });
  expect(await page.locator('body').getAttribute('data-failed')).toBeNull();
  return opened;
}

const savedIn = async (page: Page): Promise<unknown> => JSON.parse((await page.locator('#saved').textContent()) ?? '');

for (const [theme, background] of [
  ['dark', '24,27,31,255'],
  ['light', '255,255,255,255'],
] as const) {
  test(`a query against the running server draws a flame graph in the panel, ${theme}`, async () => {
    const { page, complaints } = await show('panel', { theme });
    const canvas = page.locator('#root canvas');
    await canvas.waitFor();
    expect(await savedIn(page)).toEqual({ fields: ['level', 'value', 'self', 'label'], length: barCount });
    expect(await canvas.getAttribute('aria-label')).toMatch(/^Flame graph, total/);
    const table = page.getByRole('grid', { name: 'Functions' });
    await table.getByText('runtime.scanobject').waitFor();
    expect(await table.getByRole('row').nth(1).textContent()).toMatch(/^runtime\.scanobject.*13 %/);
    const colours = await canvasColours(page, '#root');
    expect(colours.get(background)).toBeGreaterThan(1_000);
    expect([...colours.values()].filter((pixels) => pixels > 300).length).toBeGreaterThan(6);
    await keepScreenshot(page, `panel-${theme}`);
    expect(complaints).toEqual([]);
  });
}

test('what a person does in the panel goes into its options', async () => {
  const { page } = await show('panel');
  await page.getByRole('searchbox').fill('gzip');
  await page.getByText('through').waitFor();
  await page.getByRole('button', { name: 'Icicle' }).click();
  const box = await page.locator('#root canvas').boundingBox();
  await page.locator('#root canvas').click({ position: { x: (box?.width ?? 0) / 2, y: 32 } });
  expect(await savedIn(page)).toMatchObject({ view: 'icicle', search: 'gzip', focus: ['runtime.goexit'] });
  expect(await page.getByRole('grid', { name: 'Functions' }).isVisible()).toBe(false);
});

test('without profiles the panel says for which selector, and that nothing is near', async () => {
  const { page } = await show('panel', { service: 'nobody' });
  expect(await page.getByRole('status').textContent()).toMatch(
    /^No process_cpu \/ cpu profiles for \{service_name="nobody"\} in this time range\..*none that fit within 31 days/,
  );
});

test("the panel shows the server's sentence when it refuses a question", async () => {
  const { page } = await show('panel', { type: 'nonsense' });
  expect(await page.getByRole('status').textContent()).toContain('nonsense');
});
