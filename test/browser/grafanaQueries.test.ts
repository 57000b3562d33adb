/** Every kind of query in a real Grafana: asked by the browser through Grafana's proxy, and by Grafana through the backend. */
import { keepScreenshot } from './launchBrowser.ts';
import { askGrafana, exploreAddress, inGrafana, ourSource, shopQuery, useGrafana } from './realGrafana.ts';
import type { Asked } from './realGrafana.ts';
import type { Locator, Page } from 'playwright-core';

const { open } = useGrafana();

const json = { functions: ['^json\\.Marshal$'], functionValue: 'total' };
const lastWeek = { compareWith: { kind: 'offset', offset: '1w' } };
const rowOf = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name });
const flameGraph = (page: Page): Locator => page.locator('canvas[aria-label^="Flame graph"]');

/** What Explore shows of each. */
const shown: readonly (readonly [string, object, (page: Page) => Locator])[] = [
  ['metrics', {}, (page) => page.getByRole('button', { name: 'process_cpu / cpu' })],
  ['profile', {}, flameGraph],
  ['both', {}, flameGraph],
  ['diff', lastWeek, (page) => rowOf(page, 'json.Marshal').getByText('+', { exact: false }).first()],
  ['topFunctions', lastWeek, (page) => rowOf(page, 'json.Marshal')],
  ['functionShare', json, (page) => page.getByRole('button', { name: 'json.Marshal' })],
  ['heatmap', {}, (page) => page.getByRole('heading', { name: 'Heatmap' })],
  ['exemplars', {}, (page) => rowOf(page, 'shop-a').first()],
];
for (const [queryType, more, find] of shown) {
  inGrafana(`Explore shows a query of the type ${queryType}`, async () => {
    const page = await open(exploreAddress(shopQuery(queryType, more)));
    await find(page).waitFor();
    await keepScreenshot(page, `grafana-query-${queryType}`);
  });
}

inGrafana("Explore takes a query of one text, as Loki's links write it", async () => {
  const page = await open(
    exploreAddress({ refId: 'A', datasource: ourSource, query: `${shopQuery('').profileTypeId}{service_name="shop"}` }),
  );
  await page.getByRole('radio', { name: 'Builder' }).waitFor();
  await page.getByText(/^2 pods, [\d,]+ profiles/).waitFor();
  await flameGraph(page).waitFor();
});

interface Frame {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly data: { readonly values: readonly (readonly unknown[])[] };
}

async function framesOf(query: object): Promise<readonly Frame[]> {
  const { body } = await askGrafana('/api/ds/query', {
    from: 'now-30m',
    to: 'now',
    queries: [{ ...query, intervalMs: 15_000, maxDataPoints: 200 }],
  });
  const { results } = body as { readonly results: { readonly A: { readonly frames: readonly Frame[] } } };
  return results.A.frames;
}
const rows = ({ data }: Frame): number => data.values[0]?.length ?? 0;

for (const [queryType, more, fields] of [
  ['metrics', {}, [['time', 'value']]],
  ['profile', {}, [['level', 'value', 'self', 'label']]],
  [
    'both',
    {},
    [
      ['time', 'value'],
      ['level', 'value', 'self', 'label'],
    ],
  ],
  ['diff', lastWeek, [['level', 'value', 'self', 'valueRight', 'selfRight', 'label']]],
  ['topFunctions', {}, [['Function', 'Self', 'Self share', 'Total', 'Total share']]],
  ['functionShare', json, [['time', 'value']]],
  ['heatmap', {}, [['xMax', 'yMin', 'yMax', 'count']]],
  ['exemplars', {}, [['Time', 'Value', 'Profile', 'Labels']]],
] as const) {
  inGrafana(`Grafana itself asks a query of the type ${queryType} through the backend`, async () => {
    const frames = await framesOf(shopQuery(queryType, more));
    expect(frames.map(({ schema }) => schema.fields.map(({ name }) => name))).toEqual(fields);
    for (const frame of frames) expect(rows(frame)).toBeGreaterThan(5);
  });
}

/** The data source's own backend, Grafana's of Prometheus and Grafana's of Pyroscope, all in front of the same server. */
for (const uid of ['pyrolens', 'pyrolens-metrics', 'pyrolens-pyroscope']) {
  inGrafana(`the data source ${uid} of provisioning/ is well`, async () => {
    const { body }: Asked = await askGrafana(`/api/datasources/uid/${uid}/health`);
    expect(body).toMatchObject({ status: 'OK' });
  });
}

inGrafana("Grafana's own profiling data source draws flame graphs and series of this server", async () => {
  const datasource = { type: 'grafana-pyroscope-datasource', uid: 'pyrolens-pyroscope' };
  // It answers both at once, and in no order.
  const frames = await framesOf({ ...shopQuery('both'), datasource });
  const names = frames.map(({ schema }) => schema.fields.map(({ name }) => name).join(' '));
  expect(names.toSorted()).toEqual(['level value self label', 'time cpu']);
  for (const frame of frames) expect(rows(frame)).toBeGreaterThan(5);
  const page = await open(exploreAddress({ ...shopQuery('both'), datasource }));
  await page.getByText('cart.Load').first().waitFor();
  await keepScreenshot(page, 'grafana-own-pyroscope');
});
