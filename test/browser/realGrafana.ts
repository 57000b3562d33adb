/**
 * A Grafana that somebody started: tests of it run with GRAFANA_URL (a Grafana in which anybody is admin, with the plugins of
 * dist-backend/ and what provisioning/ has) and PYROLENS_URL (the server behind it, as this machine reaches it, which must
 * take profiles of last week: --reject-older-than off).
 */
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from './launchBrowser.ts';
import { pushShop } from './pushShop.ts';

const grafana = process.env['GRAFANA_URL'];
export const pyrolens = process.env['PYROLENS_URL'] ?? 'http://127.0.0.1:4040';
if (grafana === undefined) process.stderr.write('\nNOT RUN: tests in a real Grafana, as GRAFANA_URL is not set\n');
export const inGrafana = grafana === undefined ? test.skip : test;

export const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
export const shopSelector = '{service_name="shop"}';

export interface RealGrafana {
  /** The page, at a path of Grafana. */
  readonly open: (path: string) => Promise<Page>;
}

/** Fills the server before the first test of the file, and closes what was opened after each. */
export function useGrafana(): RealGrafana {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (grafana === undefined) return;
    browser = await launchBrowser();
    await pushShop(pyrolens, Date.now());
  }, 60_000);
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });
  afterAll(() => browser?.close());
  return {
    open: async (path) => {
      if (browser === undefined) throw new Error('there is no browser yet');
      const { page } = await openPage(browser, { viewport: { width: 1_400, height: 900 } });
      page.setDefaultTimeout(25_000);
      await page.goto(`${grafana ?? ''}${path}`);
      return page;
    },
  };
}

export interface Asked {
  readonly status: number;
  readonly body: unknown;
}

export async function askGrafana(
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Asked> {
  const response = await fetch(`${grafana ?? ''}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

export const ourSource = { type: 'pyrolens-profiles-datasource', uid: 'pyrolens' };

/** As the editor saves it. */
export const shopQuery = (queryType: string, more: object = {}) => ({
  refId: 'A',
  datasource: ourSource,
  version: 2,
  queryType,
  profileTypeId: cpu,
  labelSelector: shopSelector,
  groupBy: [],
  ...more,
});

interface AskedQuery {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  /** Instead of the editor's fields. */
  readonly query?: string;
  readonly expr?: string;
}

export function exploreAddress(query: AskedQuery): string {
  const pane = { datasource: query.datasource.uid, queries: [query], range: { from: 'now-30m', to: 'now' } };
  return `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify({ a: pane }))}`;
}
