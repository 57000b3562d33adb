/** The pictures that README and the plugins show, beyond those that the story takes on its way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '../../golden.ts';
import { openPage } from '../launchBrowser.ts';
import { indexedPng } from './indexedPng.ts';
import { takeIngestPicture } from './takeIngestPicture.ts';
import { goToStoryMoment } from './tellStory.ts';

export type Theme = 'dark' | 'light';
export const themes: readonly Theme[] = ['dark', 'light'];
const app = 'src/img/screenshots';

/** Where a picture of the story belongs, if anywhere; two are shown in light too. */
export function pathOf(name: string, theme: Theme): string | undefined {
  const suffix = { dark: '', light: '-light' }[theme];
  const shown = theme === 'light' ? ['dashboard', 'compare'] : ['dashboard', 'explore', 'compare', 'logs', 'rule'];
  return shown.includes(name) ? `${app}/${name}${suffix}.png` : undefined;
}

/** Icons come a moment after what they stand for. */
const iconsMillis = 1_500;

export async function keepPicture(page: Page, path: string): Promise<void> {
  await page.waitForTimeout(iconsMillis);
  const png = indexedPng(await page.screenshot({ animations: 'disabled' }));
  const file = join(projectRoot, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, png);
}

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

/** Without Grafana: what the host shows of the plugins, and the page that the server brings. */
export async function takePictures(browser: Browser, host: string, server: string): Promise<void> {
  const open = async (address: string, width: number, height: number, colorScheme: Theme = 'dark'): Promise<Page> => {
    const { page } = await openPage(browser, { viewport: { width, height }, colorScheme });
    await goToStoryMoment(page);
    await page.goto(address);
    return page;
  };
  const services = await open(`${host}/a/pyrolens-profiles-app/services?from=now-1h`, 1_280, 424);
  await services.getByRole('row').filter({ hasText: 'recommend' }).getByText('sgemm_kernel').waitFor();
  await keepPicture(services, `${app}/services.png`);

  const ofPanel = new URLSearchParams({ show: 'panel', service: 'checkout', type: cpu, width: '1264' });
  const panel = await open(`${host}/host.html?${ofPanel.toString()}`, 1_280, 576);
  await panel.locator('canvas[aria-label^="Flame graph"]').waitFor();
  await panel.getByRole('searchbox').fill('encoding/json');
  await panel.getByText('through').waitFor();
  await keepPicture(panel, 'src/panel/img/screenshots/panel.png');
  await takeCodeMode(await open(`${host}/host.html?${editor.toString()}`, 1_100, 420));

  await takeIngestPicture(browser, (page) => keepPicture(page, `${app}/ingest.png`));

  for (const theme of themes) {
    const page = await open(`${server}/#service=checkout&from=now-1h`, 1_400, 860, theme);
    await page.locator('main[aria-busy=false]').waitFor();
    await page.getByText('compress/flate.(*compressor).findMatch').waitFor();
    await page.locator('#chart svg').waitFor();
    await keepPicture(page, theme === 'light' ? 'src/img/page.png' : 'src/img/page-dark.png');
  }
}

const editor = new URLSearchParams({
  show: 'query',
  service: 'checkout',
  type: cpu,
  query: JSON.stringify({
    queryType: 'functionShare',
    labelSelector: '{service_name="checkout"}',
    functions: ['^encoding/json\\.Marshal$'],
  }),
});

async function takeCodeMode(page: Page): Promise<void> {
  await page.getByRole('status', { name: 'Preview' }).getByText(/pods/).waitFor();
  await page.getByRole('radio', { name: 'Code' }).check({ force: true });
  await page.locator('.monaco-editor').first().click({ timeout: 20_000 });
  await page.keyboard.press('End');
  await page.keyboard.type(' or function="');
  await page.locator('.suggest-widget .monaco-list-row').first().waitFor();
  await keepPicture(page, 'src/datasource/img/screenshots/code.png');
}
