/** The app's pages in Chromium, as Grafana would show them, against a running server with profiles of our own. */
import type { Page } from 'playwright-core';
import { canvasColours, keepScreenshot } from './launchBrowser.ts';
import type { PluginBrowser } from './pluginBrowser.ts';
import { cpu, savedIn, startPluginBrowser } from './pluginBrowser.ts';
import { pushShop } from './pushShop.ts';

let plugins: PluginBrowser;
beforeAll(async () => {
  plugins = await startPluginBrowser();
}, 60_000);
afterEach(() => plugins.closePages());
afterAll(() => plugins?.close());

const addressOf = (page: Page) => {
  const { pathname, searchParams } = new URL(page.url());
  return { page: pathname.split('/').at(-1), state: Object.fromEntries(searchParams) };
};
const shop = `q=${encodeURIComponent('{service_name="shop"}')}&from=now-30m`;

for (const [theme, width] of [
  ['dark', 1_400],
  ['light', 1_400],
  ['dark', 420],
] as const) {
  test(`services, ${theme}, ${width} pixels wide: what each costs, its top function, its change and its versions`, async () => {
    const { page, complaints } = await plugins.openApp('services?from=now-30m', { theme, width });
    const row = page.getByRole('row').filter({ hasText: 'shop' });
    await row.getByText('cart.Load').waitFor();
    const cells = await row.getByRole('cell').allTextContents();
    expect(cells[0]).toBe('shop');
    expect(cells[2]).toMatch(/^(0\.9\d*|1) cores?$/);
    expect(cells[3]).toMatch(/^(±0 %|[▲▼] \d(\.\d+)? %)$/);
    expect(cells[4]).toMatch(/^cart\.Load5\d(\.\d)? %$/);
    expect(cells[5]?.split(', ').sort()).toEqual(['v1', 'v2']);
    expect(cells[6]).toBe('2');
    expect(await row.getByRole('img', { name: 'shop over time' }).locator('path').nth(1).getAttribute('d')).toMatch(
      /^M.*L/,
    );
    await keepScreenshot(page, `app-services-${theme}-${width}`);
    expect(complaints).toEqual([]);
  });
}

test('a service leads to its flame graph, and the address has the whole state', async () => {
  const { page } = await plugins.openApp('services?from=now-30m');
  await page.getByRole('link', { name: 'shop' }).click();
  await page.locator('#root canvas').waitFor();
  expect(addressOf(page)).toMatchObject({
    page: 'explore',
    state: { q: '{service_name="shop"}', from: 'now-30m', type: cpu },
  });
});

for (const [theme, width] of [
  ['dark', 1_400],
  ['light', 1_400],
  ['dark', 420],
] as const) {
  test(`Explore, ${theme}, ${width} pixels wide: values over time above the flame graph`, async () => {
    const { page, complaints } = await plugins.openApp(`explore?${shop}`, { theme, width });
    const chart = page.getByRole('img', { name: /^Over time/ });
    await chart.waitFor();
    expect(await chart.getAttribute('aria-label')).toMatch(
      /^Over time: (59|60|61) points over time, at most 1(\.\d+)? cores?; drag/,
    );
    await page.locator('#root canvas').first().waitFor();
    const colours = [...(await canvasColours(page, '#root')).values()].filter((pixels) => pixels > 500);
    expect(colours.length).toBeGreaterThan(4);
    await keepScreenshot(page, `app-explore-${theme}-${width}`);
    expect(complaints).toEqual([]);
  });
}

test('a drag over the chart narrows the range, and "back" widens it again', async () => {
  const { page } = await plugins.openApp(`explore?${shop}`);
  const chart = page.getByRole('img', { name: /^Over time/ });
  await chart.waitFor();
  const box = await chart.boundingBox();
  const [left = 0, top = 0, wide = 0] = [box?.x, box?.y, box?.width];
  await page.mouse.move(left + wide * 0.5, top + 40);
  await page.mouse.down();
  await page.mouse.move(left + wide * 0.75, top + 40, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+/);
  const { from, to } = addressOf(page).state;
  expect((Number(to) - Number(from)) / 60_000).toBeCloseTo(7.5, 0);
  await page.goBack();
  await page.waitForURL(/from=now-30m/);
});

test('colours by runtime ask the server what the agents told', async () => {
  const { page } = await plugins.openApp(`explore?${shop}`);
  await page.getByRole('combobox', { name: 'Colour by' }).selectOption({ label: 'Runtime' });
  const asked = await page.waitForResponse((response) => response.url().endsWith('/api/v1/frame-types'));
  expect(await asked.json()).toEqual({ types: {} });
  await page.getByText('guessed from names').waitFor();
});

test('what is searched for in the flame graph stands in the address, and comes back from it', async () => {
  const { page } = await plugins.openApp(`explore?${shop}`);
  await page.getByRole('searchbox').fill('json');
  await page.waitForURL(/graph=.*json/);
  await page.reload();
  await page.getByRole('searchbox').waitFor();
  expect(await page.getByRole('searchbox').inputValue()).toBe('json');
});

test('a range without profiles says where the nearest are, and goes there', async () => {
  const [from, to] = [Date.now() - 86_400_000, Date.now() - 82_800_000];
  const { page } = await plugins.openApp(
    `explore?type=${cpu}&q=${encodeURIComponent('{service_name="shop"}')}&from=${from}&to=${to}`,
  );
  await page
    .getByRole('status')
    .getByText(/The nearest are from .* later\./)
    .waitFor();
  await page.getByRole('button', { name: 'Go there' }).click();
  await page.locator('#root canvas').first().waitFor();
});

for (const [theme, width] of [
  ['dark', 1_400],
  ['light', 1_400],
  ['dark', 420],
] as const) {
  test(`Compare, ${theme}, ${width} pixels wide: both sides over time, and their difference`, async () => {
    const { page, complaints } = await plugins.openApp(`compare?${shop}`, { theme, width });
    await page.getByRole('img', { name: /^Baseline: \d+ points/ }).waitFor();
    await page.getByRole('img', { name: /^Selected: \d+ points/ }).waitFor();
    const table = page.getByRole('grid', { name: 'Functions' });
    if (width > 600) await table.getByText('json.Marshal').waitFor();
    else await page.locator('#root canvas').first().waitFor();
    await keepScreenshot(page, `app-compare-${theme}-${width}`);
    expect(complaints).toEqual([]);
  });
}

test('the previous version is one click, and the list says what changed', async () => {
  const { page } = await plugins.openApp(
    `compare?type=${cpu}&q=${encodeURIComponent('{service_name="shop", version="v2"}')}&from=now-10m&shown=changes`,
  );
  await page.getByRole('button', { name: 'Previous version' }).click();
  const row = page.getByRole('row').filter({ hasText: 'json.Marshal' });
  await row.getByText('+9 points').waitFor();
  expect(await row.getByRole('cell').allTextContents()).toEqual(['json.Marshal', '3 %', '12 %', '+9 points', '–']);
  await keepScreenshot(page, 'app-compare-changes');
});

test('side by side shows two flame graphs', async () => {
  const { page } = await plugins.openApp(`compare?${shop}&shown=sides`);
  await page.getByRole('region', { name: 'Baseline' }).locator('canvas').first().waitFor();
  await page.getByRole('region', { name: 'Selected' }).locator('canvas').first().waitFor();
  await keepScreenshot(page, 'app-compare-sides');
});

for (const [theme, width] of [
  ['dark', 1_400],
  ['light', 1_400],
  ['dark', 420],
] as const) {
  test(`Ingest, ${theme}, ${width} pixels wide: who sent what, how late, how much in a day, and what was refused`, async () => {
    const { page, complaints } = await plugins.openApp('ingest', { theme, width });
    const row = page.getByRole('row').filter({ hasText: 'shop' });
    await row.waitFor();
    const cells = await row.getByRole('cell').allTextContents();
    expect(cells.filter((text) => /^comes (at once|\d+ (s|min) late)$/.test(text))).toHaveLength(1);
    expect(cells.filter((text) => /^\d+(\.\d+)? KiB$/.test(text))).toHaveLength(2);
    await page.getByText(/^\d+(\.\d+)? KiB came in the last 24 hours · kept in memory$/).waitFor();
    await row.getByRole('button').first().click();
    await page.getByText('Nothing was refused lately.').waitFor();
    await keepScreenshot(page, `app-ingest-${theme}-${width}`);
    expect(complaints).toEqual([]);
  });
}

test('the settings offer the data sources, and save through Grafana', async () => {
  const { page } = await plugins.show('settings');
  expect(await page.getByRole('combobox', { name: 'Data source' }).inputValue()).toBe('Pyrolens');
  await page.getByRole('button', { name: 'Save' }).click();
  // The host has no Grafana behind it: that it was not saved must be seen.
  await page.getByText(/^Not saved/).waitFor();
});

test('without a data source the app says how to get one', async () => {
  const { page } = await plugins.openApp('services?sources=none');
  expect(await page.getByRole('link', { name: 'Add a Pyrolens data source' }).getAttribute('href')).toBe(
    '/connections/datasources/pyrolens-profiles-datasource',
  );
  expect(await savedIn(page).catch(() => 'nothing')).toBe('nothing');
});

test('an empty server shows three ways to the first profile, and notices it by itself', async () => {
  const empty = await startPluginBrowser(() => Promise.resolve());
  try {
    const { page } = await empty.openApp('services');
    await page.getByText('Waiting for the first profile ...').waitFor();
    for (const name of ['Grafana Alloy', 'OpenTelemetry', 'perf']) await page.getByRole('textbox', { name }).waitFor();
    await keepScreenshot(page, 'app-first-run');
    await pushShop(empty.server.url, Date.now());
    await page.getByRole('row').filter({ hasText: 'shop' }).waitFor();
  } finally {
    await empty.close();
  }
}, 60_000);
