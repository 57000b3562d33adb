/** From a line in Loki to profiles, inside a real Grafana: the links of provisioning/, with a Loki behind the data source. */
import type { Page } from 'playwright-core';
import { keepScreenshot } from './launchBrowser.ts';
import { askGrafana, exploreAddress, inGrafana, shopSelector, useGrafana } from './realGrafana.ts';

const { open } = useGrafana();

const span = '00f067aa0ba902b7';
const line = `level=warn msg="slow answer" trace_id=${span}${span} span_id=${span} service=shop`;

/** The line's time in milliseconds, and the page with its details open. */
async function openLine(): Promise<{ readonly page: Page; readonly time: number }> {
  const time = Date.now() - 30_000;
  const streams = [{ stream: { service_name: 'shop', pod: 'shop-a' }, values: [[`${time}000000`, line]] }];
  const { status } = await askGrafana('/api/datasources/proxy/uid/loki/loki/api/v1/push', { streams });
  expect(status).toBe(204);
  const datasource = { type: 'loki', uid: 'loki' };
  const page = await open(exploreAddress({ refId: 'A', datasource, expr: shopSelector }));
  await page.getByText('slow answer').first().click();
  return { page, time };
}

inGrafana('a line leads to the flame graph of its service, a minute around', async () => {
  const { page, time } = await openLine();
  const link = page.getByRole('link', { name: 'Flame graph of this service' });
  await keepScreenshot(page, 'grafana-log-line');
  await page.goto(new URL((await link.getAttribute('href')) ?? '', page.url()).href);
  await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
  const parameters = new URL(page.url()).searchParams;
  expect(parameters.get('q')).toBe(shopSelector);
  // Another line may be newer, by as much as this file takes.
  expect(Math.abs(Number(parameters.get('from')) + 60_000 - time)).toBeLessThan(300_000);
});

inGrafana('a correlation leads from a service named in the line to its flame graph', async () => {
  const { page } = await openLine();
  await page.getByRole('link', { name: 'Profiles of the service in this line' }).click();
  await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
});

inGrafana('an ID of a span becomes a query for the samples of that span', async () => {
  const { page } = await openLine();
  await page.getByRole('link', { name: 'Flame graph of this span' }).click();
  await page
    .getByText(/^No profiles|No samples/)
    .first()
    .waitFor();
  await keepScreenshot(page, 'grafana-span');
  expect(decodeURIComponent(page.url())).toContain(`"spanSelector":["${span}"]`);
});
