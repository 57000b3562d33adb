import type { Questions } from './askServer.ts';
import type { Choices, Look } from './explore.ts';
import { look } from './explore.ts';
import { readPageState } from './pageState.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const heap = 'memory:inuse_space:bytes:space:bytes';
const now = 1_800_000_000_000;
const graph = {
  names: ['total', 'a'],
  levels: [{ values: ['0', '3', '0', '0'] }, { values: ['0', '3', '3', '1'] }],
  total: '3',
};

interface Asked {
  readonly question: string;
  readonly what: unknown;
}

async function lookAt(hash: string, answers: Partial<Questions>) {
  const asked: Asked[] = [];
  const note = <T>(question: string, what: unknown, answer: T): Promise<T> => {
    asked.push({ question, what });
    return Promise.resolve(answer);
  };
  const questions: Questions = {
    labelValues: (name, matchers) =>
      note('labelValues', [name, ...matchers], name === 'service_name' ? ['cart', 'checkout'] : [heap, cpu]),
    hasProfiles: () => note('hasProfiles', undefined, true),
    series: (selection, step, average) => note('series', { ...selection, step, average }, []),
    flameGraph: (selection) => note('flameGraph', selection, graph),
    recentIngest: () => note('recentIngest', undefined, {}),
    ...answers,
  };
  const choices: Choices[] = [];
  const seen: Look = await look(readPageState(hash), {
    questions,
    nowMillis: now,
    onChoices: (one) => choices.push(one),
  });
  return { seen, asked, choices };
}

test('without a choice, the first service and CPU are looked at', async () => {
  const { seen, asked, choices } = await lookAt('#from=now-15m', {});
  expect(choices).toEqual([
    { services: ['cart', 'checkout'], profileTypes: [heap, cpu], service: 'cart', profileType: cpu },
  ]);
  expect(asked.slice(0, 2).map(({ what }) => what)).toEqual([
    ['service_name'],
    ['__profile_type__', '{service_name="cart"}'],
  ]);
  expect(asked.find(({ question }) => question === 'flameGraph')?.what).toEqual({
    profileTypeId: cpu,
    labelSelector: '{service_name="cart"}',
    startMillis: now - 900_000,
    endMillis: now,
  });
  expect(seen).toMatchObject({
    kind: 'profiles',
    graph: { count: 2, unit: 'nanoseconds' },
    overTime: { stepMillis: 30_000 },
  });
});

test('what was chosen is asked for, with further labels; snapshots of a state are averaged', async () => {
  const { asked } = await lookAt(`#service=checkout&type=${heap}&labels=pod%3D"x"`, {});
  expect(asked.find(({ question }) => question === 'series')?.what).toMatchObject({
    labelSelector: '{service_name="checkout", pod="x"}',
    profileTypeId: heap,
    average: true,
  });
});

test('a server that never got a profile is empty', async () => {
  const { seen } = await lookAt('', {
    labelValues: () => Promise.resolve([]),
    hasProfiles: () => Promise.resolve(false),
  });
  expect(seen).toEqual({ kind: 'empty server' });
});

test('when a range has nothing, the nearest profiles are found: first the day, then the quarter of an hour', async () => {
  const hour = 3_600_000;
  const profileAt = now - 30 * hour;
  const { seen } = await lookAt('', {
    flameGraph: () => Promise.resolve({}),
    series: ({ startMillis, endMillis }, step) => {
      const stepMillis = step * 1_000;
      const timeMillis = startMillis + Math.ceil((profileAt - startMillis) / stepMillis) * stepMillis;
      return Promise.resolve(timeMillis <= endMillis + stepMillis ? [{ timeMillis, value: 1 }] : []);
    },
  });
  expect(seen).toMatchObject({ kind: 'nothing here', selector: '{service_name="cart"}' });
  const nearest = seen.kind === 'nothing here' ? seen.nearest : undefined;
  expect(nearest?.startMillis).toBeLessThanOrEqual(profileAt);
  expect(nearest?.endMillis).toBeGreaterThanOrEqual(profileAt);
  expect((nearest?.endMillis ?? 0) - (nearest?.startMillis ?? 0)).toBe(900_000);
});

test('when there is nothing at all for a selector, there is no nearest', async () => {
  const { seen } = await lookAt('#labels=pod%3D"x"', { flameGraph: () => Promise.resolve({}) });
  expect(seen).toMatchObject({ kind: 'nothing here', nearest: undefined });
});
