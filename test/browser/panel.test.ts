/** What people do in the panel beyond looking: graphs beside each other, full detail, where to go from a function. */
import type { Page } from 'playwright-core';
import type { TestRequest } from '../../backend/wire/otlp/testRequest.ts';
import { encodeRequest } from '../../backend/wire/otlp/testRequest.ts';
import { profileOf, requestOf, sample, strings } from '../../backend/wire/otlp/testShop.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage } from '../testServer.ts';
import { keepScreenshot } from './launchBrowser.ts';
import type { PluginBrowser } from './pluginBrowser.ts';
import { cpu, savedIn, startPluginBrowser } from './pluginBrowser.ts';
import { pushShop } from './pushShop.ts';

const dayMillis = 86_400_000;
const repository = { service_repository: 'https://github.com/example/billing', service_git_ref: 'v2' };
let browser: PluginBrowser | undefined;
beforeAll(async () => {
  browser = await startPluginBrowser(async (url) => {
    const now = Date.now();
    await pushShop(url, now);
    const push = async (labels: Readonly<Record<string, string>>, folded: string, millis: number): Promise<void> => {
      const profile = foldedPprof({ folded: [folded], timeNanos: BigInt(millis) * 1_000_000n });
      await call(url, 'push.v1.PusherService/Push', pushMessage({ __name__: 'process_cpu', ...labels }, profile));
    };
    await pushTyped(url, now);
    await push({ service_name: 'nightly' }, 'main;work 1000', now - dayMillis);
    await push({ service_name: 'billing', ...repository }, 'main.main;github.com/example/billing/tax.Lookup 1000', now);
  });
}, 60_000);
afterEach(() => browser?.closePages());
afterAll(() => browser?.close());

/** As an OpenTelemetry agent sends it: which of its functions run where. */
async function pushTyped(url: string, now: number): Promise<void> {
  const types = ['cpython', 'kernel'];
  const names = ['handle', 'sys_read', 'strncpy'];
  const words = [...strings, 'profile.frame.type', ...names];
  const at = (word: string): number => words.indexOf(word) + 1;
  const more: Partial<TestRequest> = {
    strings: words,
    attributes: types.map((type) => [at('profile.frame.type'), type] as const),
    functions: names.map((name) => ({ name: at(name), file: 0, startLine: 0 })),
    locations: names.map((_, i) => ({
      mapping: 0,
      address: 0n,
      lines: [[i + 1, 1, 0]],
      attributes: i < types.length ? [i + 1] : [],
    })),
    stacks: [
      [2, 1],
      [3, 1],
    ],
    resources: [],
  };
  const samples = [sample({ attributes: [] }), sample({ stack: 2, attributes: [] })];
  const profile = profileOf(samples, { timeNanos: BigInt(now) * 1_000_000n });
  const resources = [{ attributes: [['service.name', 'typed'] as const], profiles: [profile] }];
  const { status } = await fetch(`${url}/v1development/profiles`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(encodeRequest({ ...requestOf([], more), resources }, '1.10')),
  });
  if (status !== 200) throw new Error(`the server answers ${status}`);
}

async function panel(query: object = {}, more: Readonly<Record<string, string>> = {}) {
  if (browser === undefined) throw new Error('no browser');
  return browser.show('panel', { query: JSON.stringify(query), ...more });
}

const rowOf = (page: Page, name: string) =>
  page.getByRole('grid', { name: 'Functions' }).getByRole('row').filter({ hasText: name });

for (const [theme, width] of [
  ['dark', '1000'],
  ['light', '380'],
] as const) {
  test(`a query that splits by pod draws a graph for each, ${theme} and ${width} pixels wide`, async () => {
    const { page, complaints } = await panel({ splitBy: ['pod'] }, { theme, width });
    const ofPod = page.getByRole('region', { name: 'shop-a' });
    await ofPod.getByRole('tree').waitFor();
    expect(await page.getByRole('region').count()).toBe(2);
    expect(await ofPod.getByRole('button', { name: /^shop-a/ }).textContent()).toBe('shop-a50 %');
    const boxes = await page
      .getByRole('region')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
    expect(boxes[0] === boxes[1]).toBe(width === '1000');
    await keepScreenshot(page, `panel-split-${theme}`);
    expect(complaints).toEqual([]);
  });
}

test('one of the graphs is chosen, with its own table, and kept in the options', async () => {
  const { page } = await panel({ splitBy: ['version', 'pod'] });
  const name = '{version="v2", pod="shop-b"}';
  await page.getByRole('radio', { name }).click({ force: true });
  await rowOf(page, 'json.Marshal').waitFor();
  expect(await rowOf(page, 'json.Marshal').textContent()).toMatch(/12 %/);
  expect(await savedIn(page)).toMatchObject({ group: name });
  await page.getByRole('radio', { name: 'All' }).click({ force: true });
  await page.getByRole('region').nth(3).waitFor();
  expect(await savedIn(page)).not.toHaveProperty('group');
});

test('what was cut away as "other" is shown at a double click, and the whole again', async () => {
  const { page } = await panel({ maxNodes: 3 });
  await rowOf(page, 'other').waitFor();
  await page.getByRole('button', { name: 'Icicle' }).click();
  const canvas = page.locator('#root canvas').first();
  await canvas.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  expect(await canvas.locator('[aria-selected=true]').getAttribute('aria-label')).toMatch(/^http\.serve/);
  await page.keyboard.press('d');
  await page.getByText('Full detail below http.serve').waitFor();
  await keepScreenshot(page, 'panel-detail');
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await rowOf(page, 'cart.Load').waitFor();
  expect(await rowOf(page, 'runtime.gc').count()).toBe(0);
  await page.getByRole('button', { name: 'Whole graph' }).click();
  await rowOf(page, 'other').waitFor();
  await page.getByRole('button', { name: 'Icicle' }).click();
  const box = await canvas.boundingBox();
  // Below http.serve, beside what was kept of it.
  await canvas.dblclick({ position: { x: (box?.width ?? 0) * 0.3, y: 3 * 22 + 10 } });
  await page.getByText('Full detail below').waitFor();
});

test('both sides of a difference are shown at full detail', async () => {
  const { page } = await panel({ queryType: 'diff', maxNodes: 3, compareWith: { kind: 'offset', offset: '1w' } });
  await rowOf(page, 'other').waitFor();
  await page.getByRole('button', { name: 'Icicle' }).click();
  await page.locator('#root canvas').first().focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'd']) await page.keyboard.press(key);
  await page.getByText('Full detail below http.serve').waitFor();
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await rowOf(page, 'json.Marshal').waitFor();
  expect(await rowOf(page, 'json.Marshal').textContent()).toMatch(/\+/);
});

test('colours by runtime are what the agent said, and the legend says of how much', async () => {
  for (const theme of ['dark', 'light']) {
    const { page } = await panel({}, { service: 'typed', theme, width: theme === 'dark' ? '1000' : '380' });
    await page.getByRole('combobox', { name: 'Colour by' }).selectOption({ label: 'Runtime' });
    await page.getByText('50 % as the agents told, the rest guessed from names').waitFor();
    await keepScreenshot(page, `panel-runtime-${theme}`);
  }
});

test('where there are no profiles a button leads to the nearest', async () => {
  for (const theme of ['dark', 'light']) {
    const { page } = await panel({}, { service: 'nightly', theme });
    expect(await page.getByRole('status').textContent()).toMatch(/The nearest are from .*, 23 h earlier\.$/);
    await keepScreenshot(page, `panel-empty-${theme}`);
    await page.getByRole('button', { name: 'Go there' }).click();
    const { from, to } = (await savedIn(page)) as { readonly from: number; readonly to: number };
    expect(to - from).toBe(900_000);
    const yesterday = Date.now() - dayMillis;
    expect(from).toBeLessThan(yesterday);
    expect(to).toBeGreaterThan(yesterday - 60_000);
  }
});

test('the menu of a function leads to logs, metrics, source, an alert and where the dashboard says', async () => {
  const links = [{ title: 'Runbook of ${function}', url: 'https://wiki.example/${function}?share=${share}' }];
  const { page } = await panel(
    { labelSelector: `{service_name="shop", pod=~"shop-.*"}` },
    { links: JSON.stringify(links) },
  );
  await rowOf(page, 'json.Marshal').click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'json.Marshal' });
  await keepScreenshot(page, 'panel-menu');
  const href = async (name: RegExp): Promise<string> =>
    decodeURIComponent((await menu.getByRole('menuitem', { name }).getAttribute('href'))?.replaceAll('+', ' ') ?? '');
  expect(await href(/^Logs/)).toMatch(/\/explore\?.*"uid":"loki".*\{service_name=\\"shop\\", pod=~\\"shop-\.\*\\"\}/);
  expect(await href(/^Metrics/)).toMatch(/\/explore\?.*"uid":"prometheus".*container_cpu_usage_seconds_total/);
  expect(await href(/^Create alert/)).toMatch(/\/alerting\/new\?.*"pyrolens-metrics".*function=\\"json\.Marshal\\"/);
  expect(await href(/^Function share/)).toMatch(/\/explore\?.*"queryType":"functionShare"/);
  expect(await href(/^Runbook/)).toMatch(/^https:\/\/wiki\.example\/json\.Marshal\?share=\d/);
  expect(await menu.getByRole('menuitem', { name: 'Open source' }).count()).toBe(0);
  for (const [name, address] of [
    [/^Metrics/, /\/explore\?/],
    [/^Create alert/, /\/alerting\/new\?/],
  ] as const) {
    if (!(await menu.isVisible())) await rowOf(page, 'json.Marshal').click({ button: 'right' });
    await menu.getByRole('menuitem', { name }).click();
    await page.waitForURL(address);
    await page.goBack();
    await rowOf(page, 'json.Marshal').waitFor();
  }
});

test('a function of a repository that the labels name leads to its source', async () => {
  const matchers = Object.entries({ service_name: 'billing', ...repository }).map(
    ([name, value]) => `${name}="${value}"`,
  );
  const { page } = await panel({ labelSelector: `{${matchers.join(', ')}}` });
  await rowOf(page, 'tax.Lookup').click({ button: 'right' });
  const source = page.getByRole('menuitem', { name: 'Open source' });
  expect(await source.getAttribute('href')).toBe('https://github.com/example/billing/tree/v2/tax');
  expect(await source.getAttribute('target')).toBe('_blank');
});

test('a function is recorded as a metric from its menu, and the server lists the rule', async () => {
  for (const theme of ['dark', 'light']) {
    const { page, complaints } = await panel({}, { theme });
    await rowOf(page, 'json.Marshal').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Record as a metric' }).click();
    const dialog = page.getByRole('dialog', { name: 'Record as a metric' });
    await dialog.getByText('Makes about 1 series').waitFor();
    expect(await dialog.getByLabel('Label selector').inputValue()).toBe('{service_name="shop"}');
    await keepScreenshot(page, `panel-record-${theme}`);
    const name = dialog.getByLabel('Metric name');
    expect(await name.inputValue()).toBe('profiles_recorded_json_Marshal');
    await name.fill('json');
    await dialog.getByText('metric_name: expected profiles_recorded_').waitFor();
    expect(await dialog.getByRole('button', { name: 'Save' }).isEnabled()).toBe(false);
    await keepScreenshot(page, `panel-record-refused-${theme}`);
    await name.fill(`profiles_recorded_json_${theme}`);
    await dialog.getByRole('radio', { name: 'Self' }).check({ force: true });
    await dialog.getByLabel('Group by').fill('service_name, pod');
    await dialog.getByText(/Makes about \d+ series/).waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(`profiles_recorded_json_${theme} is recorded`).waitFor();
    expect(await dialog.textContent()).toMatch(/at \/prometheus, .* at \/metrics\/profiles/);
    await keepScreenshot(page, `panel-record-saved-${theme}`);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'hidden' });
    // The browser itself notes the answer of 400.
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
  }
  const { json } = await call(browser?.server.url ?? '', 'settings.v1.RecordingRulesService/ListRecordingRules', {});
  const wanted = ['dark', 'light'].map((theme) => ({
    metricName: `profiles_recorded_json_${theme}`,
    profileType: cpu,
    groupBy: ['service_name', 'pod'],
    stacktraceFilter: { functionName: { functionName: 'json.Marshal', metricType: 'SELF' } },
  }));
  expect(json).toMatchObject({ rules: wanted });
});
