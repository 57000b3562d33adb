/**
 * One story from a slow service to an alert: a dashboard with logs, metrics and the flame graph, the difference to last week,
 * the function at fault, the logs of its pods, and the rule that watches it.
 *
 * Shape:  with PYROLENS_PICTURES (npm run screenshots) the pictures of README and of the plugins are taken on the way.
 */
import type { Browser, Page } from 'playwright-core';
import type { TestServer } from '../testServer.ts';
import { call, startTestServer } from '../testServer.ts';
import { keepScreenshot, launchBrowser, openPage } from './launchBrowser.ts';
import type { PluginHost } from './servePluginHost.ts';
import { servePluginHost } from './servePluginHost.ts';
import type { LogsAndMetrics } from './story/serveLogsAndMetrics.ts';
import { serveLogsAndMetrics } from './story/serveLogsAndMetrics.ts';
import { faultyFunction, pushShopStory, releaseAt, storyMoment } from './story/shopStory.ts';
import type { Theme } from './story/takePictures.ts';
import { keepPicture, pathOf, takePictures, themes } from './story/takePictures.ts';
import type { StoryPlace } from './story/tellStory.ts';
import { goToStoryMoment, tellStory } from './story/tellStory.ts';

const takesPictures = process.env['PYROLENS_PICTURES'] !== undefined;
const quarterMillis = 900_000;
let browser: Browser;
let server: TestServer;
let logsAndMetrics: LogsAndMetrics;
let host: PluginHost | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startTestServer({ limits: { rejectOlderThanMillis: Infinity } });
  await pushShopStory(server.url, { all: takesPictures });
  logsAndMetrics = await serveLogsAndMetrics();
  const { url } = logsAndMetrics;
  host = await servePluginHost(server.url, { loki: url, prometheus: url });
}, 60_000);
afterAll(async () => {
  // When something above failed, what was opened must still close, or the run never ends.
  for (const each of [browser, host, logsAndMetrics, server]) await each?.close();
});

const valueIn = (page: Page, label: string): Promise<string> => page.getByLabel(label, { exact: true }).inputValue();

const hostPlace = (theme: Theme): StoryPlace => ({
  origin: host?.origin ?? '',
  parameters: `theme=${theme}&`,
  podsInLogs: async (page) => {
    await page.getByRole('log').waitFor();
    return page.locator('[data-pod]').evaluateAll((lines) => lines.map((line) => line.getAttribute('data-pod') ?? ''));
  },
  ruleIn: async (page) => ({
    name: await valueIn(page, 'Name'),
    dataSource: await valueIn(page, 'Data source'),
    query: await valueIn(page, 'Query'),
    isAbove: await valueIn(page, 'Is above'),
  }),
});

/** Of a page that no Grafana drew only what the plugins draw is shown to people. */
const ofPlugins = ['explore', 'compare'];

for (const theme of takesPictures ? themes : themes.slice(0, 1)) {
  test(`a slow service leads to the function that grew, to what its pods say, and to a rule that watches it, ${theme}`, async () => {
    const { page, complaints } = await openPage(browser, { viewport: { width: 1_280, height: 900 } });
    await goToStoryMoment(page);
    const told = await tellStory(page, hostPlace(theme), async (shown, name) => {
      await keepScreenshot(shown, `story-${name}-${theme}`);
      const path = ofPlugins.includes(name) ? pathOf(name, theme) : undefined;
      if (takesPictures && path !== undefined) await keepPicture(shown, path);
    });
    await expectStory(told);
    expect(complaints).toEqual([]);
  }, 60_000);
}

if (takesPictures) {
  test('the pictures of README and of the plugins are taken', async () => {
    await takePictures(browser, host?.origin ?? '', server.url);
  }, 60_000);
}

async function expectStory({ slowest, difference, changed, logs, rule }: Awaited<ReturnType<typeof tellStory>>) {
  const [atFirst = 0, atLast = 0] = slowest;
  expect(atFirst).toBeLessThan(250);
  expect(atLast).toBeGreaterThan(1.5 * atFirst);
  // Baseline, today, and how many points it grew by.
  expect(difference.slice(0, 3)).toEqual([faultyFunction, '3 %', '12 %']);
  expect(difference[3]).toMatch(/^\+9(\+|$)/);
  expect(changed[0]).toEqual(['encoding/json.appendString', '0.9 %', '3.6 %', '+2.7 points', 'beyond chance']);

  expect(logs.range).toEqual({ from: 'now-15m', to: 'now' });
  const { pods } = releaseAt(storyMoment);
  expect([...new Set(logs.pods)].sort()).toEqual([...pods].sort());
  expect(await podsOfProfiles(logs.expr)).toEqual([...pods].sort());

  expect(rule).toMatchObject({ name: `${faultyFunction} costs more than 15 %`, isAbove: '0.15' });
  expect(rule.dataSource).toBe('pyrolens-metrics');
  expect(await valueOf(rule.query)).toBeCloseTo(0.12, 3);
}

/** What the logs were asked for selects profiles of the same pods. */
async function podsOfProfiles(labelSelector: string): Promise<readonly string[]> {
  const { json } = await call(server.url, 'querier.v1.QuerierService/SelectSeries', {
    profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector,
    start: String(storyMoment - quarterMillis),
    end: String(storyMoment),
    step: 60,
    groupBy: ['pod'],
  });
  const { series } = json as { readonly series: readonly { readonly labels: readonly { readonly value: string }[] }[] };
  return series.flatMap(({ labels }) => labels.map(({ value }) => value)).sort();
}

/** The rule's question, as Grafana's evaluation would ask it at the story's moment. */
async function valueOf(query: string): Promise<number> {
  const asked = new URLSearchParams({ query, time: String(storyMoment / 1_000) });
  const response = await fetch(`${server.url}/prometheus/api/v1/query?${asked.toString()}`);
  const answer = (await response.json()) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return Number(answer.data.result[0]?.value[1]);
}
