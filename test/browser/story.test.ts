/**
 * One story from a slow service to an alert: a dashboard with logs, metrics and the flame graph, the difference to last week,
 * the function at fault, the logs of its pods, and the rule that watches it.
 *
 * Shape:  told in the host of the plugin tests and, with GRAFANA_URL and PYROLENS_URL (a server with --reject-older-than off), in
 *         a real Grafana, whose data sources loki and prometheus must lead to free ports of this machine. With PYROLENS_PICTURES
 *         (npm run screenshots) the pictures of README and of the plugins are taken on the way.
 */
import type { Browser, Page } from 'playwright-core';
import type { TestServer } from '../testServer.ts';
import { startTestServer } from '../testServer.ts';
import { keepScreenshot, launchBrowser, openPage } from './launchBrowser.ts';
import type { PluginHost } from './servePluginHost.ts';
import { servePluginHost } from './servePluginHost.ts';
import type { LogsAndMetrics } from './story/serveLogsAndMetrics.ts';
import { serveLogsAndMetrics } from './story/serveLogsAndMetrics.ts';
import { expectStory } from './story/expectStory.ts';
import { fillOnce, grafanaPlace, hindranceIn, serveGrafana } from './story/grafanaPlace.ts';
import { pushShopStory } from './story/shopStory.ts';
import { keepPicture, pathOf, takePictures, themes } from './story/takePictures.ts';
import type { StoryPlace } from './story/tellStory.ts';
import { goToStoryMoment, tellStory } from './story/tellStory.ts';

const takesPictures = process.env['PYROLENS_PICTURES'] !== undefined;
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

const hostPlace: StoryPlace = {
  origin: () => host?.origin ?? '',
  parameters: '',
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
};

test('a slow service leads to the function that grew, to what its pods say, and to a rule that watches it', async () => {
  const { page, complaints } = await openPage(browser, { viewport: { width: 1_280, height: 900 } });
  await goToStoryMoment(page);
  const told = await tellStory(page, hostPlace, (shown, name) => keepScreenshot(shown, `story-${name}`));
  await expectStory(told, server.url);
  expect(complaints).toEqual([]);
}, 60_000);

if (takesPictures) {
  test('the pictures of README and of the plugins are taken', async () => {
    await takePictures(browser, host?.origin ?? '', server.url);
  }, 60_000);
}

/** A Grafana in which anybody is admin, with the plugins, and with the data sources and dashboards of provisioning/. */
const grafana = process.env['GRAFANA_URL'];
const pyrolens = process.env['PYROLENS_URL'] ?? 'http://127.0.0.1:4040';
const hindrance = grafana === undefined ? 'GRAFANA_URL is not set' : await hindranceIn(grafana);
if (hindrance !== undefined) process.stderr.write(`\nNOT RUN: the story in a real Grafana, as ${hindrance}\n`);

for (const theme of takesPictures ? themes : themes.slice(0, 1)) {
  (hindrance === undefined ? test : test.skip)(
    `the same story in a real Grafana, ${theme}`,
    async () => {
      const served = await serveGrafana(grafana ?? '');
      const { page } = await openPage(browser, { viewport: { width: 1_400, height: 1_000 } });
      try {
        await fillOnce(pyrolens);
        page.setDefaultTimeout(30_000);
        await goToStoryMoment(page);
        const told = await tellStory(page, grafanaPlace(page, grafana ?? '', theme), async (shown, name) => {
          await keepScreenshot(shown, `grafana-story-${name}-${theme}`);
          const path = pathOf(name, theme);
          if (takesPictures && path !== undefined) await keepPicture(shown, path);
        });
        await expectStory(told, pyrolens);
      } catch (error) {
        await keepScreenshot(page, `grafana-story-failed`);
        throw error;
      } finally {
        for (const each of served) await each.close();
      }
    },
    180_000,
  );
}
