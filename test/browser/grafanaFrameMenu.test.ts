/** What a function of the flame graph offers inside a real Grafana: in a dashboard and in Explore. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { keepScreenshot } from './launchBrowser.ts';
import { exploreAddress, inGrafana, shopQuery, useGrafana } from './realGrafana.ts';

const { open } = useGrafana();

const places: readonly (readonly [string, string])[] = [
  ['a dashboard', '/d/pyrolens-service?var-service_name=shop&from=now-30m&to=now'],
  ['Explore', exploreAddress(shopQuery('profile'))],
];

async function openMenu(path: string): Promise<Page> {
  const page = await open(path);
  await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Both' }).click();
  const row = page.getByRole('grid', { name: 'Functions' }).getByRole('row').filter({ hasText: 'json.Marshal' });
  await row.click({ button: 'right' });
  await page.getByRole('menu', { name: 'json.Marshal' }).waitFor();
  return page;
}
const choose = (page: Page, name: RegExp | string): Promise<void> => page.getByRole('menuitem', { name }).click();

for (const [place, path] of places) {
  inGrafana(`in ${place}, "Create alert" opens the rule editor filled in`, async () => {
    const page = await openMenu(path);
    await choose(page, /^Create alert/);
    const name = page.getByRole('textbox', { name: 'name' });
    await name.waitFor();
    expect(await name.inputValue()).toMatch(/^json\.Marshal costs more than \d+ %$/);
    await page.getByText('pyrolens_function_share').first().waitFor();
    await page.getByRole('button', { name: 'Preview alert rule condition' }).click();
    await page
      .getByText(/^service_name=?/)
      .first()
      .waitFor();
    await keepScreenshot(page, `grafana-rule-from-${place === 'Explore' ? 'explore' : 'dashboard'}`);
  });

  inGrafana(`in ${place}, "Function share over time" asks for it in Explore`, async () => {
    const page = await openMenu(path);
    await choose(page, 'Function share over time');
    await page.waitForURL(/\/explore\?.*functionShare/);
    await page.getByRole('button', { name: 'json.Marshal' }).waitFor();
  });

  inGrafana(`in ${place}, logs and metrics of the same service are asked for in Explore`, async () => {
    const page = await openMenu(path);
    await choose(page, 'Logs of these pods');
    await page.waitForURL(/\/explore\?.*loki/);
    expect(decodeURIComponent(page.url())).toContain('{service_name=\\"shop\\"}');
    await page.goBack();
    const again = await openMenu(path);
    await choose(again, 'Metrics of these pods');
    await again.waitForURL(/\/explore\?.*process_cpu_seconds_total/);
  });
}

for (const [format, start] of [
  ['PNG', '\x89PNG'],
  ['SVG', '<svg'],
  ['pprof', '\x1f\x8b'],
  ['folded', ''],
  ['speedscope', '{'],
] as const) {
  inGrafana(`what is shown can be taken along as ${format}`, async () => {
    const page = await open(exploreAddress(shopQuery('profile')));
    await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: new RegExp(format, 'i') }).click(),
    ]);
    const bytes = readFileSync(await download.path(), 'latin1');
    expect(bytes.slice(0, start.length)).toBe(start);
    if (format === 'folded') expect(bytes).toMatch(/^main;http\.serve;checkout\.Handle;json\.Marshal \d+$/m);
  });
}
