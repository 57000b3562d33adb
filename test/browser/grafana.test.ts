/**
 * The same pages, panel and queries inside a real Grafana: run with GRAFANA_URL (a Grafana in which anybody is admin, with the
 * plugins of dist/ and the data source of provisioning/) and PYROLENS_URL (the server behind it, as this machine reaches it).
 */
import type { Browser } from 'playwright-core';
import { keepScreenshot, launchBrowser, openPage } from './launchBrowser.ts';
import { pushShop } from './pushShop.ts';

const grafana = process.env['GRAFANA_URL'];
const pyrolens = process.env['PYROLENS_URL'] ?? 'http://127.0.0.1:4040';
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
if (grafana === undefined) process.stderr.write('\nNOT RUN: tests in a real Grafana, as GRAFANA_URL is not set\n');
const inGrafana = grafana === undefined ? test.skip : test;

let browser: Browser;
beforeAll(async () => {
  if (grafana === undefined) return;
  browser = await launchBrowser();
  await pushShop(pyrolens, Date.now(), false);
}, 60_000);
afterAll(() => browser?.close());

async function open(path: string) {
  const { page } = await openPage(browser, { viewport: { width: 1_400, height: 900 } });
  page.setDefaultTimeout(30_000);
  await page.goto(`${grafana}${path}`);
  return page;
}

const shop = `q=${encodeURIComponent('{service_name="shop"}')}&type=${cpu}&from=now-30m`;

inGrafana('the services page lists the shop with its top function', async () => {
  const page = await open('/a/pyrolens-profiles-app/services');
  await page.getByRole('row').filter({ hasText: 'shop' }).getByText('cart.Load').waitFor();
  await keepScreenshot(page, 'grafana-services');
});

inGrafana('the explore page draws values over time and a flame graph', async () => {
  const page = await open(`/a/pyrolens-profiles-app/explore?${shop}`);
  await page.getByRole('img', { name: /^Over time: \d+ points/ }).waitFor();
  await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
  await keepScreenshot(page, 'grafana-app-explore');
});

inGrafana('the compare page tells the version that JSON grew with', async () => {
  const versions = encodeURIComponent('{"kind":"label","name":"version","value":"v1"}');
  const page = await open(`/a/pyrolens-profiles-app/compare?${shop}&vs=${versions}&shown=changes`);
  await page.getByRole('row').filter({ hasText: 'json.Marshal' }).waitFor();
});

for (const uid of ['pyrolens-service', 'pyrolens-regressions']) {
  inGrafana(`the dashboard ${uid} draws its flame graph`, async () => {
    const page = await open(`/d/${uid}?var-service_name=shop&from=now-30m&to=now`);
    await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
    await keepScreenshot(page, `grafana-${uid}`);
  });
}

inGrafana("Explore takes a query of one text, as Loki's links write it", async () => {
  const query = { refId: 'A', query: `${cpu}{service_name="shop"}`, queryType: 'both' };
  const pane = {
    datasource: 'pyrolens',
    queries: [{ ...query, datasource: { type: 'pyrolens-profiles-datasource', uid: 'pyrolens' } }],
    range: { from: 'now-30m', to: 'now' },
  };
  const page = await open(`/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify({ a: pane }))}`);
  await page.getByRole('combobox', { name: 'Query type' }).waitFor();
  await page
    .getByRole('status', { name: 'Preview' })
    .getByText(/^2 pods/)
    .waitFor();
  await keepScreenshot(page, 'grafana-explore');
});
