/**
 * The story, step by step as a person goes, in any host that has Grafana's addresses: checkout got slow; which function is it,
 * what do its pods say, and who watches it from now on.
 */
import type { Page } from 'playwright-core';
import { faultyFunction, storyMoment } from './shopStory.ts';

/** What differs between hosts. */
export interface StoryPlace {
  readonly origin: () => string;
  /** In front of every parameter list, as "theme=dark&". */
  readonly parameters: string;
  /** Pods whose lines Explore shows. */
  readonly podsInLogs: (page: Page) => Promise<readonly string[]>;
  readonly ruleIn: (page: Page) => Promise<Rule>;
}

export interface Rule {
  readonly name: string;
  readonly dataSource: string;
  readonly query: string;
  readonly isAbove: string;
}

export interface Told {
  /** Milliseconds at the beginning and at the end of the hour. */
  readonly slowest: readonly number[];
  /** Cells of the faulty function in the difference's table. */
  readonly difference: readonly string[];
  /** The first rows of what changed, cell by cell. */
  readonly changed: readonly (readonly string[])[];
  readonly logs: { readonly expr: string; readonly range: object; readonly pods: readonly string[] };
  readonly rule: Rule;
}

type TakePicture = (page: Page, name: string) => Promise<void>;

/** The browser believes to be at the story's moment, and time goes on from there. */
export async function goToStoryMoment(page: Page): Promise<void> {
  await page.addInitScript((moment) => {
    const behind = Date.now() - moment;
    const Real = Date;
    const here = (): number => Real.now() - behind;
    window.Date = new Proxy(Real, {
      construct: (target, values: []) => (values.length === 0 ? new target(here()) : new target(...values)),
      get: (target, name) => (name === 'now' ? here : (Reflect.get(target, name) as unknown)),
      apply: () => new Real(here()).toString(),
    });
  }, storyMoment);
}

export async function tellStory(page: Page, place: StoryPlace, takePicture: TakePicture): Promise<Told> {
  await openDashboard(page, place, 'now-1h');
  const slowest = await slowestIn(page);
  await takePicture(page, 'dashboard');

  await openDashboard(page, place, 'now-15m');
  await followPanelMenu(page, 'Flame graph: checkout', 'Profiles of these pods');
  await page.waitForURL(/pyrolens-profiles-app\/explore\?.*now-15m/);
  await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
  await takePicture(page, 'explore');

  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Last week' }).click();
  await page.waitForURL(/\/a\/pyrolens-profiles-app\/compare\?.*1w/);
  await page.getByRole('radio', { name: 'What changed' }).click();
  const changed = await changesIn(page);
  await takePicture(page, 'changes');

  await page.getByRole('radio', { name: 'Overlay' }).click();
  await page.getByRole('searchbox').fill('encoding/json');
  await page.getByRole('columnheader', { name: 'Points', exact: true }).getByRole('button').click();
  // The table leaves out what does not fit a moment later.
  await page.getByRole('row').filter({ hasText: 'PlaceOrder' }).waitFor({ state: 'detached' });
  const difference = await (await faultyRow(page)).getByRole('gridcell').allTextContents();
  await takePicture(page, 'compare');

  await openMenu(page);
  await takePicture(page, 'menu');
  await page.getByRole('menuitem', { name: 'Logs of these pods' }).click();
  await page.waitForURL(/\/explore\?/);
  const pods = await place.podsInLogs(page);
  const { query, range } = paneIn(page);
  await takePicture(page, 'logs');

  await page.goBack();
  await openMenu(page);
  await page.getByRole('menuitem', { name: 'Create alert from this function' }).click();
  await page.waitForURL(/\/alerting\/new\?/);
  const rule = await place.ruleIn(page);
  await takePicture(page, 'rule');
  return { slowest, difference, changed, logs: { expr: query.expr, range, pods }, rule };
}

async function openDashboard(page: Page, { origin, parameters }: StoryPlace, from: string): Promise<void> {
  await page.goto(`${origin()}/d/pyrolens-service?${parameters}var-service_name=checkout&from=${from}&to=now`);
  await page.locator('canvas[aria-label^="Flame graph"]').waitFor();
  await page.getByText('msg="large answer"').first().waitFor();
}

const panelOf = (page: Page, title: string) => page.getByTestId(`data-testid Panel header ${title}`);

/** The legend has the first value and the last. */
async function slowestIn(page: Page): Promise<readonly number[]> {
  const legend = panelOf(page, 'p99 of requests').getByText(/First/).first();
  await legend.waitFor();
  const text = (await panelOf(page, 'p99 of requests').textContent()) ?? '';
  return [...text.matchAll(/(\d+) ms/g)].slice(-2).map(([, millis]) => Number(millis));
}

async function followPanelMenu(page: Page, panel: string, item: string): Promise<void> {
  await panelOf(page, panel).hover({ position: { x: 60, y: 14 } });
  await page.getByRole('button', { name: new RegExp(`^Menu for panel (with title )?${panel}$`) }).click();
  await page.getByRole('menuitem', { name: 'Extensions' }).hover();
  await page.getByRole('menuitem', { name: item }).click();
}

async function changesIn(page: Page): Promise<readonly (readonly string[])[]> {
  const rows = page.getByRole('row').filter({ hasText: 'points' });
  await rows.first().waitFor();
  const first = await rows.all();
  return Promise.all(first.slice(0, 3).map((row) => row.getByRole('cell').allTextContents()));
}

async function faultyRow(page: Page) {
  const name = page.getByText(faultyFunction, { exact: true });
  const row = page.getByRole('grid', { name: 'Functions' }).getByRole('row').filter({ has: name });
  await row.waitFor();
  return row;
}

async function openMenu(page: Page): Promise<void> {
  const row = await faultyRow(page);
  await row.click({ button: 'right' });
  await page.getByRole('menu', { name: faultyFunction }).waitFor();
}

interface Pane {
  readonly queries: readonly { readonly expr: string }[];
  readonly range: object;
}

function paneIn(page: Page): { readonly query: { readonly expr: string }; readonly range: object } {
  const panes = new URL(page.url()).searchParams.get('panes') ?? '{}';
  const [pane] = Object.values(JSON.parse(panes) as Readonly<Record<string, Pane>>);
  const [query] = pane?.queries ?? [];
  if (pane === undefined || query === undefined) throw new Error(`Explore is asked for nothing: ${panes}`);
  return { query, range: pane.range };
}
