/** What the story must have shown, whoever drew it, held against the server that has the profiles. */
import { expect } from '@jest/globals';
import { call } from '../../testServer.ts';
import { faultyFunction, releaseAt, storyMoment } from './shopStory.ts';
import type { Told } from './tellStory.ts';

const quarterMillis = 900_000;

export async function expectStory({ slowest, difference, changed, logs, rule }: Told, url: string): Promise<void> {
  const [atFirst = 0, atLast = 0] = slowest;
  expect(atFirst).toBeLessThan(250);
  expect(atLast).toBeGreaterThan(1.5 * atFirst);
  // Baseline, today, and how many points it grew by.
  expect(difference.slice(0, 3)).toEqual([faultyFunction, '3 %', '12 %']);
  expect(difference[3]).toMatch(/^\+9(\+|$)/);
  expect(changed[0]).toEqual(['encoding/json.appendString', '0.9 %', '3.6 %', '+2.7 points', 'beyond chance']);

  expect(logs.range).toEqual({ from: 'now-15m', to: 'now' });
  const { pods } = releaseAt(storyMoment);
  expect([...new Set(logs.pods)].sort()).toEqual([...pods].sort());
  expect(await podsOfProfiles(url, logs.expr)).toEqual([...pods].sort());

  expect(rule).toMatchObject({ name: `${faultyFunction} costs more than 15 %`, isAbove: '0.15' });
  expect(rule.dataSource).toBe('Pyrolens metrics');
  expect(await valueOf(url, rule.query)).toBeCloseTo(0.12, 3);
}

/** What the logs were asked for selects profiles of the same pods. */
async function podsOfProfiles(url: string, labelSelector: string): Promise<readonly string[]> {
  const { json } = await call(url, 'querier.v1.QuerierService/SelectSeries', {
    profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector,
    start: String(storyMoment - quarterMillis),
    end: String(storyMoment),
    step: 60,
    groupBy: ['pod'],
  });
  const { series } = json as { readonly series: readonly { readonly labels: readonly { readonly value: string }[] }[] };
  return series.flatMap(({ labels }) => labels.map(({ value }) => value)).sort();
}

/** The rule's question, as Grafana's evaluation would ask it at the story's moment. */
async function valueOf(url: string, query: string): Promise<number> {
  const asked = new URLSearchParams({ query, time: String(storyMoment / 1_000) });
  const response = await fetch(`${url}/prometheus/api/v1/query?${asked.toString()}`);
  const answer = (await response.json()) as {
    readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
  };
  return Number(answer.data.result[0]?.value[1]);
}
