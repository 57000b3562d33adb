/** The app's pages, the dashboards and what stands in Grafana's own pages, inside a real Grafana. */
import type { Page } from 'playwright-core';
import { keepScreenshot } from './launchBrowser.ts';
import { askGrafana, cpu, inGrafana, shopQuery, shopSelector, useGrafana } from './realGrafana.ts';

const { open } = useGrafana();

const shop = `q=${encodeURIComponent(shopSelector)}&type=${cpu}&from=now-30m`;
const flameGraph = (page: Page) => page.locator('canvas[aria-label^="Flame graph"]');

inGrafana('the services page lists the shop with its top function', async () => {
  const page = await open('/a/pyrolens-profiles-app/services');
  await page.getByRole('row').filter({ hasText: 'shop' }).getByText('cart.Load').waitFor();
  await keepScreenshot(page, 'grafana-services');
});

for (const theme of ['dark', 'light']) {
  inGrafana(`the explore page draws values over time and a flame graph, ${theme}`, async () => {
    const page = await open(`/a/pyrolens-profiles-app/explore?${shop}&theme=${theme}`);
    await page.getByRole('img', { name: /^Over time: \d+ points/ }).waitFor();
    await flameGraph(page).waitFor();
    await keepScreenshot(page, `grafana-app-explore-${theme}`);
  });
}

inGrafana('the compare page tells the version that JSON grew with', async () => {
  const versions = encodeURIComponent('{"kind":"label","name":"version","value":"v1"}');
  const page = await open(`/a/pyrolens-profiles-app/compare?${shop}&vs=${versions}&shown=changes`);
  await page.getByRole('row').filter({ hasText: 'json.Marshal' }).waitFor();
  await keepScreenshot(page, 'grafana-compare');
});

inGrafana('the ingest page lists who sent the shop', async () => {
  const page = await open('/a/pyrolens-profiles-app/ingest');
  await page.getByRole('row').filter({ hasText: 'shop' }).getByText('pprof').waitFor();
  await keepScreenshot(page, 'grafana-ingest');
});

for (const [uid, theme] of [
  ['pyrolens-service', 'dark'],
  ['pyrolens-regressions', 'light'],
] as const) {
  inGrafana(`the dashboard ${uid} draws its flame graph`, async () => {
    const page = await open(`/d/${uid}?var-service_name=shop&from=now-30m&to=now&theme=${theme}`);
    await flameGraph(page).waitFor();
    await keepScreenshot(page, `grafana-${uid}`);
  });
}

inGrafana('the regression board names the function that grew first, and by how much', async () => {
  const page = await open('/d/pyrolens-regressions?var-service_name=shop&from=now-5m&to=now');
  const first = page.getByRole('row').nth(1);
  await first.getByText('json.Marshal').waitFor();
  await first.getByText('9.00%').first().waitFor();
});

inGrafana('the settings of the data source show its server, and Test tells the version', async () => {
  const page = await open('/connections/datasources/edit/pyrolens');
  expect(await page.getByLabel('Server URL').inputValue()).toMatch(/^http/);
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText(/Connected/).waitFor();
  await keepScreenshot(page, 'grafana-data-source');
});

inGrafana('the settings of the app name the data source that its pages start with', async () => {
  const page = await open('/plugins/pyrolens-profiles-app?page=settings');
  await page.getByRole('button', { name: 'Save' }).waitFor();
  expect(await page.getByRole('tabpanel').or(page.locator('main')).first().getByRole('combobox').inputValue()).toBe(
    'Pyrolens',
  );
  await keepScreenshot(page, 'grafana-settings');
});

inGrafana('the menu of a panel leads to the profiles of what it shows', async () => {
  const page = await open('/d/pyrolens-service?var-service_name=shop&from=now-30m&to=now');
  const title = 'Profile over time';
  await page.getByTestId(`data-testid Panel header ${title}`).hover({ position: { x: 60, y: 14 } });
  await page.getByRole('button', { name: new RegExp(`^Menu for panel (with title )?${title}$`) }).click();
  await page.getByRole('menuitem', { name: 'Extensions' }).hover();
  await page.getByRole('menuitem', { name: 'Profiles of these pods' }).click();
  await page.waitForURL(/pyrolens-profiles-app\/explore\?/);
  await flameGraph(page).waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe(shopSelector);
});

inGrafana(
  "variables, and frames of Grafana's own profiling data source in our panel, work in one dashboard",
  async () => {
    const uid = 'pyrolens-test-board';
    const dashboard = {
      uid,
      title: 'Test of Pyrolens',
      time: { from: 'now-30m', to: 'now' },
      templating: {
        list: [
          {
            name: 'functions',
            type: 'query',
            datasource: shopQuery('').datasource,
            query: { refId: 'functions', type: 'function', profileTypeId: cpu, labelSelector: shopSelector },
            refresh: 2,
          },
        ],
      },
      panels: [
        {
          id: 1,
          type: 'pyrolens-flamegraph-panel',
          title: 'Drawn here, asked by Grafana',
          gridPos: { x: 0, y: 0, w: 24, h: 14 },
          datasource: { type: 'grafana-pyroscope-datasource', uid: 'pyrolens-pyroscope' },
          targets: [
            {
              ...shopQuery('profile'),
              datasource: { type: 'grafana-pyroscope-datasource', uid: 'pyrolens-pyroscope' },
            },
          ],
        },
      ],
    };
    const { status } = await askGrafana('/api/dashboards/db', { dashboard, overwrite: true });
    expect(status).toBe(200);
    try {
      const page = await open(`/d/${uid}`);
      await flameGraph(page).waitFor();
      expect(await flameGraph(page).getAttribute('aria-label')).toMatch(/^Flame graph/);
      await page.getByText('cart.Load').first().waitFor();
      await keepScreenshot(page, 'grafana-own-frames');
    } finally {
      await askGrafana(`/api/dashboards/uid/${uid}`, undefined, 'DELETE');
    }
  },
);
