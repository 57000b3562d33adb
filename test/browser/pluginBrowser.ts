/** A server with the shop's profiles, the built plugins before it, and a browser: what the tests of the plugins share. */
import type { Browser, Page } from 'playwright-core';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import type { OpenPage } from './launchBrowser.ts';
import { launchBrowser, openPage } from './launchBrowser.ts';
import { pushShop } from './pushShop.ts';
import type { PluginHost } from './servePluginHost.ts';
import { servePluginHost } from './servePluginHost.ts';

export const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

export interface SavedFrame {
  readonly name?: string;
  readonly shownAs?: string;
  readonly notices?: readonly string[];
  readonly custom?: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
  readonly units: readonly string[];
  readonly length: number;
  readonly most: number;
  readonly rows: readonly (readonly unknown[])[];
}

export interface PluginBrowser {
  readonly server: TestServer;
  /** A part of the plugins by itself; pluginHost.tsx knows which. */
  show(part: string, more?: Readonly<Record<string, string>>): Promise<OpenPage>;
  /** What a query answers with. */
  ask(query: object): Promise<{ readonly errors: readonly string[]; readonly frames: readonly SavedFrame[] }>;
  /** A page of the app: path and parameters behind its name. */
  openApp(path: string, options?: { readonly width?: number; readonly theme?: string }): Promise<OpenPage>;
  closePages(): Promise<void>;
  close(): Promise<void>;
}

export const savedIn = async (page: Page): Promise<unknown> =>
  JSON.parse((await page.locator('#saved').textContent()) ?? '');

export async function startPluginBrowser(fill: (url: string) => Promise<void> = fillShop): Promise<PluginBrowser> {
  const opened: (Browser | TestServer | PluginHost)[] = [];
  const close = async () => {
    for (const each of opened) await each.close();
  };
  try {
    const browser = await launchBrowser();
    opened.push(browser);
    const server = await startTestServer({ limits: { rejectOlderThanMillis: Infinity } });
    opened.push(server);
    await fill(server.url);
    const host = await servePluginHost(server.url);
    opened.push(host);
    return { ...pagesOf(browser, host), server, close };
  } catch (error) {
    // What was opened must still close, or the run never ends.
    await close();
    throw error;
  }
}

const fillShop = (url: string): Promise<void> => pushShop(url, Date.now());

function pagesOf(browser: Browser, host: PluginHost): Omit<PluginBrowser, 'server' | 'close'> {
  const goTo = async (url: string, width: number): Promise<OpenPage> => {
    const opened = await openPage(browser, { viewport: { width, height: 800 } });
    const { page } = opened;
    await page.goto(url);
    await page.locator('#root > *, body[data-failed]').first().waitFor({ state: 'attached' });
    expect(await page.locator('body').getAttribute('data-failed')).toBeNull();
    return opened;
  };
  const show: PluginBrowser['show'] = (part, more = {}) => {
    const query = new URLSearchParams({ show: part, service: 'shop', type: cpu, ...more });
    return goTo(`${host.url}?${query.toString()}`, 1_200);
  };
  return {
    show,
    ask: async (query) => {
      const { page } = await show('frames', { query: JSON.stringify(query) });
      await page.locator('#saved:not(:empty)').waitFor({ state: 'attached' });
      return (await savedIn(page)) as Awaited<ReturnType<PluginBrowser['ask']>>;
    },
    openApp: (path, { width = 1_200, theme = 'dark' } = {}) => {
      const separator = path.includes('?') ? '&' : '?';
      return goTo(`${host.origin}/a/pyrolens-profiles-app/${path}${separator}theme=${theme}`, width);
    },
    // Pages that nobody looks at would go on drawing.
    closePages: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
  };
}
