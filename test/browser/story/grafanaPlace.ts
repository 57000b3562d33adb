/** The story inside a real Grafana, whose data sources of logs and metrics lead to addresses where this machine can listen. */
import type { Page } from 'playwright-core';
import { call } from '../../testServer.ts';
import type { LogsAndMetrics } from './serveLogsAndMetrics.ts';
import { serveLogsAndMetrics } from './serveLogsAndMetrics.ts';
import { pushShopStory, storyMoment } from './shopStory.ts';
import type { StoryPlace } from './tellStory.ts';
import type { Theme } from './takePictures.ts';

/** Why the story cannot be told there, or undefined. */
export async function hindranceIn(grafana: string): Promise<string | undefined> {
  for (const address of await addressesIn(grafana)) {
    if (!['127.0.0.1', 'localhost'].includes(address.hostname)) return `${address.href} is no address of this machine`;
    const isTaken = await fetch(address).then(
      () => true,
      () => false,
    );
    if (isTaken) return `somebody else answers at ${address.href}`;
  }
  return undefined;
}

async function addressesIn(grafana: string): Promise<readonly URL[]> {
  return Promise.all(
    ['loki', 'prometheus'].map(async (uid) => {
      const response = await fetch(`${grafana}/api/datasources/uid/${uid}`);
      return new URL(((await response.json()) as { readonly url: string }).url);
    }),
  );
}

export async function serveGrafana(grafana: string): Promise<readonly LogsAndMetrics[]> {
  const ports = new Set((await addressesIn(grafana)).map(({ port }) => Number(port)));
  return Promise.all([...ports].map((port) => serveLogsAndMetrics(port)));
}

/** A server that has the story already would double it. */
export async function fillOnce(pyrolens: string): Promise<void> {
  const { json } = await call(pyrolens, 'querier.v1.QuerierService/Series', {
    matchers: ['{service_name="checkout"}'],
    labelNames: ['service_name'],
    start: String(storyMoment - 60_000),
    end: String(storyMoment),
  });
  const { labelsSet = [] } = json as { readonly labelsSet?: readonly unknown[] };
  if (labelsSet.length === 0) await pushShopStory(pyrolens, { all: true });
}

export function grafanaPlace(page: Page, grafana: string, theme: Theme): StoryPlace {
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    const isLogs = /\/api\/ds\/query\?.*ds_type=loki/.test(response.url()) && page.url().includes('/explore?');
    if (isLogs) answers.push(response.text());
  });
  return {
    origin: () => grafana,
    parameters: `kiosk&theme=${theme}&`,
    podsInLogs: async () => {
      await page.getByText('msg="large answer"').first().waitFor();
      const texts = await Promise.all(answers);
      return texts.flatMap((text) => [...text.matchAll(/"pod":"([^"]+)"/g)].map(([, pod = '']) => pod));
    },
    ruleIn: async () => {
      const editor = page.locator('.monaco-editor').first();
      await editor.getByText('pyrolens_function_share').first().waitFor();
      // The editor keeps its lines in no order, and blanks in its own way.
      const lines = await editor.locator('.view-line').evaluateAll((each) =>
        each
          .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent }))
          .sort((a, b) => a.top - b.top)
          .map(({ text }) => text.replaceAll('\u00a0', ' ').trim()),
      );
      const source = page.getByTestId('data-testid Select a data source').first();
      return {
        name: await page.getByRole('textbox', { name: 'Name' }).first().inputValue(),
        dataSource: (await source.getAttribute('placeholder')) ?? '',
        query: lines.join(' '),
        isAbove: await page
          .getByText('WHEN QUERY')
          .locator('xpath=ancestor::*[.//input][1]')
          .locator('input[type=number]')
          .inputValue(),
      };
    },
  };
}
