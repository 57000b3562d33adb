/** Series that a rule would give: counted before it is saved, and held against what it gives then. */
import type { MadeUpProfile } from '../metrics/testProfiles.ts';
import { batchOf, noonMillis } from '../metrics/testProfiles.ts';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import { StackMemory } from '../query/stackMemory.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import { checkBudget } from './checkBudget.ts';
import { estimateSeries } from './estimateSeries.ts';
import { ruleOf } from './testRules.ts';

async function estimate(profiles: readonly MadeUpProfile[], more: Partial<RecordedMetric>) {
  const store = openMemoryStore();
  for (const profile of profiles) await store.write(batchOf(profile));
  const context = { store, memory: new StackMemory(2 ** 26), now: () => noonMillis + 60_000 };
  return estimateSeries(context, 'anonymous', ruleOf('x', more).metric);
}

const day = 86_400;
const profiles = [
  { seconds: 10, folded: ['main;json;reflect 1', 'main;http 1'], labels: { pod: 'a', zone: 'x' } },
  { seconds: 20, folded: ['main;json 1'], labels: { pod: 'b', zone: 'x' } },
  { seconds: 30, folded: ['main;db 1'], labels: { pod: 'c' } },
  { seconds: -2 * day, folded: ['main;json;old 1'], labels: { pod: 'gone', zone: 'z' } },
];

for (const [what, more, series] of [
  ['without a group there is one', {}, 1],
  ['a group counts its values of the last day, none among them', { groupBy: ['zone'] }, 2],
  ['two groups count their pairs', { groupBy: ['pod', 'zone'] }, 3],
  ['a function makes no more', { groupBy: ['pod'], functions: { text: 'json', isPattern: false, mode: 'total' } }, 3],
  [
    'functions count where they run',
    { groupBy: ['pod', 'function'], functions: { text: '.*', isPattern: true, mode: 'total' } },
    8,
  ],
  [
    'by themselves they are fewer',
    { groupBy: ['pod', 'function'], functions: { text: '.*', isPattern: true, mode: 'self' } },
    4,
  ],
  [
    'a pattern takes those that fit',
    { groupBy: ['function'], functions: { text: 'j.*|d.*', isPattern: true, mode: 'total' } },
    2,
  ],
] as const) {
  test(`${what}: ${series}`, async () => {
    expect(await estimate(profiles, more)).toEqual({ series, isExact: true });
  });
}

test('of many groups the first are looked into, and the answer says so', async () => {
  const many = Array.from({ length: 80 }, (_, i) => ({
    seconds: 10,
    folded: ['main;json 1'],
    labels: { pod: `p${i}` },
  }));
  const functions = { text: '.*', isPattern: true, mode: 'total' } as const;
  expect(await estimate(many, { groupBy: ['pod', 'function'], functions })).toEqual({ series: 160, isExact: false });
});

describe('the budget before a rule is saved', () => {
  const limits = { seriesPerRule: 10, seriesInAll: 25 };
  const check =
    (series: number, others: number, isExact = true) =>
    () =>
      checkBudget({ estimate: { series, isExact }, others, limits });

  test('what fits is taken, to the last series', () => {
    expect(check(10, 15)).not.toThrow();
  });

  test('a rule beyond it is refused with figure, limit and flag', () => {
    expect(check(11, 0)).toThrow('gives 11 series over the last day, the limit is 10 (--max-series-per-rule)');
    expect(check(11, 0, false)).toThrow('gives about 11 series');
    expect(check(10, 16)).toThrow(
      '10 series over the last day, with 16 of other rules that is more than 25 (--max-rule-series)',
    );
    const refused: unknown = expect.objectContaining({ code: 'resource_exhausted' });
    expect(check(11, 0)).toThrow(refused as Error);
  });
});
