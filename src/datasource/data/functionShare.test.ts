import { firstValueFrom } from 'rxjs';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import { askFunctionShare, shareExpression } from './functionShare.ts';
import { patternOfName } from './functionPattern.ts';
import type { ProfileQuery } from './profileQuery.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const query: ProfileQuery = {
  refId: 'A',
  queryType: 'functionShare',
  profileTypeId: cpu,
  labelSelector: '{service_name="shop"}',
  groupBy: [],
  functions: [patternOfName('main.work')],
};
const range = { startMillis: 0, endMillis: 900_000 };
const contextOf = (client: ReturnType<typeof fakeClient>) => ({
  client,
  range,
  stepSeconds: 15,
  prometheusPath: '/prometheus',
});

for (const [what, part, expected] of [
  [
    'one name',
    {},
    `sum by (function) (avg_over_time(pyrolens_function_rate{profile_type="${cpu}", service_name="shop", function="main.work", mode="total"}[15s])) / on () group_left () sum by () (avg_over_time(pyrolens_profile_rate{profile_type="${cpu}", service_name="shop"}[15s]))`,
  ],
  [
    'an expression, of its own, as cores by pod',
    { functions: ['json|gzip'], functionValue: 'self', shownAs: 'rate', groupBy: ['k8s.pod'], limit: 3 },
    `topk(3, sum by (function, k8s_pod) (avg_over_time(pyrolens_function_rate{profile_type="${cpu}", service_name="shop", function=~".*(?:json|gzip).*", mode="self"}[15s])))`,
  ],
] as const) {
  test(`${what} is asked for as PromQL`, () => {
    const asked = { ...query, ...part, ...('groupBy' in part && { groupBy: [...part.groupBy] }) } as ProfileQuery;
    expect(shareExpression(asked, asked.functions?.[0] ?? '', 15)).toBe(expected);
  });
}

test('the metrics of a state are values, and a longer step is a longer window', () => {
  const memory = { ...query, profileTypeId: 'memory:inuse_space:bytes:space:bytes' };
  const expression = shareExpression(memory, 'x', 59.5);
  expect(expression).toContain('pyrolens_function_value{');
  expect(expression).toContain('[60s]');
});

test('lines come back in parts of 1, named by function and group', async () => {
  const client = fakeClient({
    promRange: () => ({
      data: { result: [{ metric: { function: 'main.work', pod: 'a' }, values: [[15, '0.12']] }] },
    }),
  });
  const [frame] = await firstValueFrom(askFunctionShare(query, contextOf(client)));
  expect(frame?.name).toBe('main.work · a');
  expect(frame?.fields[1]).toMatchObject({
    config: { unit: 'percentunit' },
    labels: { function: 'main.work', pod: 'a' },
    values: [0.12],
  });
  expect(frame?.fields[0]?.values).toEqual([15_000]);
});

test('a server without PromQL is asked for a flame graph per step, and the answer says so', async () => {
  const asked: Asked[] = [];
  const flamegraph = {
    names: ['total', 'main.work', 'idle'],
    levels: [{ values: ['0', '10', '0', '0'] }, { values: ['0', '4', '4', '1', '0', '6', '6', '2'] }],
    total: '10',
  };
  const client = fakeClient({ selectMergeStacktraces: () => ({ flamegraph }) }, asked);
  const frames = await firstValueFrom(askFunctionShare(query, contextOf(client)));
  expect(asked.filter(([method]) => method === 'selectMergeStacktraces')).toHaveLength(24);
  expect(frames).toHaveLength(1);
  expect(frames[0]?.fields[1]?.values).toEqual(Array.from({ length: 24 }, () => 0.4));
  expect(frames[0]?.meta?.notices?.[0]?.text).toContain('has no PromQL');
});

test('without functions, and with groups on a server that cannot, the error says what to do', async () => {
  await expect(firstValueFrom(askFunctionShare({ ...query, functions: [] }, contextOf(fakeClient({}))))).rejects.toThrow(
    'Choose one or more functions',
  );
  await expect(
    firstValueFrom(askFunctionShare({ ...query, groupBy: ['pod'] }, contextOf(fakeClient({})))),
  ).rejects.toThrow('remove "Group by"');
});
