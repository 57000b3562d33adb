/** Every type of query, asked by the built data source against a running server; and its editors in Chromium. */
import type { Page } from 'playwright-core';
import { keepScreenshot } from './launchBrowser.ts';
import type { PluginBrowser } from './pluginBrowser.ts';
import { cpu, savedIn, startPluginBrowser } from './pluginBrowser.ts';
import { shareAfter, shareBefore } from './pushShop.ts';

let plugins: PluginBrowser;
beforeAll(async () => {
  plugins = await startPluginBrowser();
}, 60_000);
afterEach(() => plugins.closePages());
afterAll(() => plugins?.close());

test('"both" answers with cores over time and with the flame graph', async () => {
  const { errors, frames } = await plugins.ask({ queryType: 'both' });
  expect(errors).toEqual([]);
  const [overTime, graph] = frames;
  expect(overTime).toMatchObject({ shownAs: 'graph', units: ['', 'cores'] });
  // Two pods of half a core each: 7.5 s of every 15.
  expect(overTime?.most).toBeCloseTo(1, 1);
  expect(graph).toMatchObject({
    shownAs: 'flamegraph',
    units: ['', 'ns', 'ns', ''],
    fields: ['level', 'value', 'self', 'label'],
  });
  // The root: 15 minutes of one core.
  expect((graph?.rows[0]?.[1] as number) / 900e9).toBeCloseTo(1, 1);
  expect(graph?.custom).toMatchObject({ profileTypeId: cpu, pods: 2, accuracy: { kind: 'exact' } });
  // A profile each 15 s of two pods.
  expect(Math.abs(Number(graph?.custom?.['profiles']) - 120)).toBeLessThanOrEqual(2);
});

test('a state is averaged over the snapshots of a step', async () => {
  const { frames } = await plugins.ask({
    queryType: 'metrics',
    profileTypeId: 'memory:inuse_space:bytes:inuse_space:bytes',
  });
  expect(frames[0]?.most).toBe(100 * 2 ** 20);
});

test('a diff against last week shows both sides of every bar', async () => {
  const { errors, frames } = await plugins.ask({ queryType: 'diff', compareWith: { kind: 'offset', offset: '1w' } });
  expect(errors).toEqual([]);
  expect(frames[0]).toMatchObject({
    name: 'process_cpu / cpu against same time last week',
    shownAs: 'flamegraph',
    fields: ['level', 'value', 'self', 'valueRight', 'selfRight', 'label'],
  });
  const [root] = frames[0]?.rows ?? [];
  expect((root?.[1] as number) / (root?.[3] as number)).toBeCloseTo(1, 1);
});

test('a diff against another version holds one version against the other', async () => {
  const { errors, frames } = await plugins.ask({
    queryType: 'diff',
    labelSelector: '{service_name="$service_name", version="v2"}',
    compareWith: { kind: 'label', name: 'version', value: 'v1' },
  });
  expect(errors).toEqual([]);
  // Of the last quarter of an hour a third is v1's.
  const [root] = frames[0]?.rows ?? [];
  expect((root?.[3] as number) / (root?.[1] as number)).toBeCloseTo(2, 0);
});

test('top functions come with shares, and against last week with their change, the largest first', async () => {
  const plain = await plugins.ask({ queryType: 'topFunctions', limit: 2 });
  expect(plain.errors).toEqual([]);
  expect(plain.frames[0]?.rows.map(([name]) => name)).toEqual(['cart.Load', 'metrics.Report']);

  const { errors, frames } = await plugins.ask({ queryType: 'topFunctions', compareWith: '1w', groupBy: ['version'] });
  expect(errors).toEqual([]);
  expect(frames[0]?.fields).toEqual([
    'version',
    'Function',
    'Self',
    'Self share',
    'Total',
    'Total share',
    'Change of self share',
    'Change of total share',
  ]);
  const row = frames[0]?.rows.find(([version, name]) => version === 'v1' && name === 'json.Marshal');
  expect(row?.[3]).toBeCloseTo(shareBefore);
  expect(row?.[6]).toBeCloseTo(0);
});

test('the share of a function over time is what the version before and after has', async () => {
  const { errors, frames } = await plugins.ask({ queryType: 'functionShare', functions: ['json'] });
  expect(errors).toEqual([]);
  const [line, ...others] = frames;
  expect(others).toEqual([]);
  expect(line).toMatchObject({ name: 'json.Marshal', units: ['', 'percentunit'] });
  expect(line?.rows[0]?.[1]).toBeCloseTo(shareBefore);
  expect(line?.most).toBeCloseTo(shareAfter);
});

test('in cores, of several functions, by pod', async () => {
  const { errors, frames } = await plugins.ask({
    queryType: 'functionShare',
    functions: ['^json\\.Marshal$', '^cart\\.Load$'],
    shownAs: 'rate',
    groupBy: ['pod'],
  });
  expect(errors).toEqual([]);
  expect(frames.map(({ name }) => name).sort()).toEqual([
    'cart.Load · shop-a',
    'cart.Load · shop-b',
    'json.Marshal · shop-a',
    'json.Marshal · shop-b',
  ]);
  expect(frames.find(({ name }) => name === 'json.Marshal · shop-a')?.most).toBeCloseTo(0.06);
  expect(frames[0]?.units).toEqual(['', 'cores']);
});

test('a heatmap counts profiles by their size', async () => {
  const { errors, frames } = await plugins.ask({ queryType: 'heatmap' });
  expect(errors).toEqual([]);
  expect(frames[0]).toMatchObject({ shownAs: 'heatmap-cells', fields: ['xMax', 'yMin', 'yMax', 'count'] });
  expect(frames[0]?.rows[0]?.[3]).toBe(2);
});

test('single profiles are listed, and one of them can be opened', async () => {
  const { errors, frames } = await plugins.ask({ queryType: 'exemplars', limit: 5 });
  expect(errors).toEqual([]);
  expect(frames[0]).toMatchObject({ fields: ['Time', 'Value', 'Profile', 'Labels'], length: 5 });
  const [first] = frames[0]?.rows ?? [];
  expect(first?.[1]).toBe(7.5e9);
  const single = await plugins.ask({ queryType: 'profile', profileIdSelector: [frames[0]?.rows.at(-1)?.[2]] });
  expect(single.frames[0]?.rows[0]?.[1]).toBe(7.5e9);
});

test('a new version is marked where it appeared, with what costs more since', async () => {
  const { errors, frames } = await plugins.ask({ queryType: 'versions' });
  expect(errors).toEqual([]);
  expect(frames[0]).toMatchObject({ fields: ['time', 'title', 'text', 'tags'], length: 1 });
  const [time, title, text, tags] = frames[0]?.rows[0] ?? [];
  expect(Math.abs(Date.now() - 600_000 - Number(time))).toBeLessThan(60_000);
  expect(title).toBe('shop: version v2');
  expect(text).toBe('Before: v1. Cost more since then, of their own: json.Marshal 3.0 % → 12.0 %.');
  expect(tags).toEqual(['version', 'regression']);
});

test('nothing in the range is explained with where the nearest profiles are', async () => {
  const { errors, frames } = await plugins.ask({ labelSelector: '{service_name="shop", version="v1", pod="nobody"}' });
  expect(errors).toEqual([]);
  expect(frames[0]?.length).toBe(0);
  expect(frames[0]?.notices?.[0]).toContain('none that fit within 31 days');
});

test('a span that nobody has falls back to the labels and says so', async () => {
  const { errors, frames } = await plugins.ask({ spanSelector: ['00f067aa0ba902b7'] });
  expect(errors).toEqual([]);
  expect(frames[0]?.length).toBeGreaterThan(5);
  expect(frames[0]?.notices?.[0]).toContain('not that span');
});

test('a mistake comes back as a sentence', async () => {
  const { errors } = await plugins.ask({ queryType: 'diff', compareWith: { kind: 'offset', offset: 'last week' } });
  expect(errors).toEqual(['"last week" is no offset to compare with: write 1w, 1d or 30m']);
});

test('the query editor chooses CPU by itself, offers what the server has, and saves what is chosen', async () => {
  const { page, complaints } = await plugins.show('query');
  const type = page.getByRole('combobox', { name: 'Profile type' });
  await type.waitFor();
  await page
    .getByRole('status', { name: 'Preview' })
    .getByText(/^2 pods, 1[12]\d profiles, last seen/)
    .waitFor();
  await expectSaved(page, { version: 2, profileTypeId: cpu, queryType: 'profile' });
  expect(await type.inputValue()).toBe('process_cpu / cpu');

  await page.getByRole('combobox', { name: 'Query type' }).click();
  await page.getByRole('option', { name: /^Diff/ }).click();
  await page.getByRole('combobox', { name: 'Compare with' }).click();
  await page.getByRole('option', { name: 'version v1' }).click();
  await expectSaved(page, {
    queryType: 'diff',
    compareWith: { kind: 'label', name: 'version', value: 'v1' },
  });
  await page.getByRole('combobox', { name: 'Label value' }).click();
  await page.getByRole('option', { name: 'shop' }).click();
  await expectSaved(page, { labelSelector: '{service_name="shop"}' });
  await keepScreenshot(page, 'query-editor-diff');

  await page.getByRole('combobox', { name: 'Query type' }).click();
  await page.getByRole('option', { name: /^Function share/ }).click();
  await page.getByRole('combobox', { name: 'Functions' }).click();
  await page.getByRole('option', { name: 'json.Marshal' }).click();
  await expectSaved(page, { functions: ['^json\\.Marshal$'] });
  await keepScreenshot(page, 'query-editor-share');
  expect(complaints).toEqual([]);
});

test('code mode offers labels, and marks what it cannot read', async () => {
  const { page, complaints } = await plugins.show('query');
  await page.getByRole('status', { name: 'Preview' }).getByText(/pods/).waitFor();
  await page.getByRole('radio', { name: 'Code' }).check({ force: true });
  const editor = page.locator('.monaco-editor').first();
  await editor.waitFor({ timeout: 20_000 });
  await editor.click();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type(', ver');
  await suggested(page, '.monaco-list-row.focused', 'version');
  await keepScreenshot(page, 'query-editor-code');
  // What is offered would take the Enter.
  await page.keyboard.press('Escape');
  await page.keyboard.type('sion="v2"');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expectSaved(page, { labelSelector: '{service_name="$service_name", version="v2"}' });

  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.getByText(/a closing } is missing \(character \d+\)/).waitFor();
  await page.locator('.squiggly-error').first().waitFor();
  expect(complaints).toEqual([]);
});

test('code mode offers functions behind the selector of a function share', async () => {
  const { page, complaints } = await plugins.show('query', {
    query: JSON.stringify({ queryType: 'functionShare', functions: ['^json\\.Marshal$'] }),
  });
  await page.getByRole('status', { name: 'Preview' }).getByText(/pods/).waitFor();
  await page.getByRole('radio', { name: 'Code' }).check({ force: true });
  await page.locator('.monaco-editor').first().click({ timeout: 20_000 });
  await page.keyboard.press('End');
  await page.keyboard.type(' or function=~"');
  await suggested(page, '.monaco-list-row', 'cart.Load');
  await keepScreenshot(page, 'query-editor-code-functions');
  await page.keyboard.press('Escape');
  await page.keyboard.type('cart|gzip');
  await page.keyboard.press('Escape');
  // The closing quote stands there already.
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expectSaved(page, { functions: ['^json\\.Marshal$', 'cart|gzip'] });
  expect(complaints).toEqual([]);
});

test('the data source for alerts is chosen among those of Prometheus, and says which it has to be', async () => {
  const { page, complaints } = await plugins.show('config');
  await page.getByLabel('Server URL').fill('http://pyrolens:4040/');
  await page.getByRole('combobox', { name: 'Alerts through' }).click();
  await page.getByRole('option', { name: 'Pyrolens metrics' }).click();
  await expectSaved(page, { jsonData: { prometheusUid: 'pyrolens-metrics' } });
  await keepScreenshot(page, 'config-editor-alerts');
  expect(complaints).toEqual([]);
});

test('without a data source of Prometheus the settings say which one to add', async () => {
  const { page } = await plugins.show('config', { sources: 'none' });
  await page.getByLabel('Server URL').fill('http://pyrolens:4040/');
  await page.getByPlaceholder('none yet: add Prometheus, http://pyrolens:4040/prometheus').waitFor();
});

test('the config editor keeps secrets where no browser reads them back, and its test tells version, reading and writing', async () => {
  const { page, complaints } = await plugins.show('config');
  await page.getByLabel('Server URL').fill('http://pyrolens:4040');
  await page.locator('#pyrolens-token').fill('secret');
  await page.locator('#pyrolens-tenant').fill('team-a');
  await page.locator('#pyrolens-min-step').fill('30s');
  await expectSaved(page, {
    url: 'http://pyrolens:4040',
    jsonData: { httpHeaderName1: 'Authorization', httpHeaderName2: 'X-Scope-OrgID', minStep: '30s' },
    secureJsonData: { httpHeaderValue1: 'Bearer secret', httpHeaderValue2: 'team-a' },
  });
  await page.locator('#pyrolens-tlsAuthWithCACert').check({ force: true });
  await page.locator('#pyrolens-tlsCACert').fill('-----BEGIN CERTIFICATE-----');
  await expectSaved(page, {
    jsonData: { tlsAuthWithCACert: true },
    secureJsonData: { tlsCACert: '-----BEGIN CERTIFICATE-----' },
  });
  await page.getByRole('button', { name: 'Save & test' }).click();
  await page.locator('output').filter({ hasText: 'success' }).waitFor();
  expect(await page.locator('output').textContent()).toBe(
    'success: Connected to version test. Reading works. Writing works. 2 profile types in the last 24 hours.',
  );
  await keepScreenshot(page, 'config-editor');
  expect(complaints).toEqual([]);
});

/** The editor tells of a choice a moment after the click. */
async function expectSaved(page: Page, expected: object): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      expect(await savedIn(page)).toMatchObject(expected);
      return;
    } catch {
      // Not yet; the last look below says what is there instead.
      await page.waitForTimeout(100);
    }
  }
  expect(await savedIn(page)).toMatchObject(expected);
}

/** The editor offers by itself; on a busy machine it may have given up before the answer came, so it is asked again. */
async function suggested(page: Page, row: string, text: string): Promise<void> {
  const offer = page.locator(`.suggest-widget ${row}`).getByText(text).first();
  for (let tries = 0; tries < 5 && !(await offer.isVisible()); tries++) {
    await offer.waitFor({ timeout: 2_000 }).catch(() => page.keyboard.press('Control+Space'));
  }
  await offer.waitFor();
}
