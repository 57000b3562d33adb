import { InputError } from '../errors.ts';
import { foldedOfTree, treeOfFolded } from '../model/foldedTree.ts';
import type { MergeQuestion } from '../model/question.ts';
import fc from 'fast-check';
import { mergeCallTree, mergeProfile } from './mergeStacks.ts';
import { asking, cpuType, storeOf } from './testStore.ts';
import { truncateTree } from './truncateTree.ts';

const second = 1_000_000_000n;
const question: MergeQuestion = {
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [],
  startMillis: 10_000,
  endMillis: 20_000,
  callSite: [],
};

test('both ends of the range belong to it, a nanosecond outside does not', async () => {
  const at = (timeNanos: bigint, name: string) => ({ timeNanos, labels: { service_name: 'a' }, folded: [`${name} 1`] });
  const store = await storeOf([
    at(10n * second - 1n, 'before'),
    at(10n * second, 'start'),
    at(20n * second, 'end'),
    at(20n * second + 1n, 'after'),
  ]);
  expect(foldedOfTree(await mergeCallTree(asking(store), question, undefined))).toEqual(['end 1', 'start 1']);
});

test('equal stacks of different series add up, and matchers choose the series', async () => {
  const store = await storeOf([
    { timeNanos: 11n * second, labels: { pod: 'a' }, folded: ['main;work 3', 'main 1'] },
    { timeNanos: 12n * second, labels: { pod: 'b' }, folded: ['main;work 4', 'main;idle 5'] },
  ]);
  expect(foldedOfTree(await mergeCallTree(asking(store), question, undefined))).toEqual([
    'main 1',
    'main;idle 5',
    'main;work 7',
  ]);
  const onlyA: MergeQuestion = { ...question, matchers: [{ name: 'pod', op: '=~', value: 'a|c' }] };
  expect(foldedOfTree(await mergeCallTree(asking(store), onlyA, undefined))).toEqual(['main 1', 'main;work 3']);
});

test('a call site keeps the stacks that begin with it, in trees and in profiles', async () => {
  const store = await storeOf([
    { timeNanos: 11n * second, labels: {}, folded: ['a;b;c 1', 'a;b 2', 'a;c 4', 'b;a;b 8'] },
  ]);
  const below: MergeQuestion = { ...question, callSite: ['a', 'b'] };
  expect(foldedOfTree(await mergeCallTree(asking(store), below, undefined))).toEqual(['a;b 2', 'a;b;c 1']);
  const profile = await mergeProfile(asking(store), below);
  expect([...(profile?.values ?? [])].sort()).toEqual([1n, 2n]);
});

test('sums past 2^53 keep their last digit', async () => {
  const store = await storeOf([
    { timeNanos: 11n * second, labels: { pod: 'a' }, folded: ['main 9007199254740993'] },
    { timeNanos: 12n * second, labels: { pod: 'b' }, folded: ['main 9007199254740994'] },
  ]);
  expect((await mergeCallTree(asking(store), question, undefined)).total[0]).toBe(18_014_398_509_481_987n);
});

test('nothing found is a tree with a root only', async () => {
  const tree = await mergeCallTree(asking(await storeOf([])), question, undefined);
  expect([tree.count, tree.total[0]]).toEqual([1, 0n]);
});

for (const [change, nodes, message] of [
  [{ startMillis: 0 }, undefined, 'missing time range in the query'],
  [{ startMillis: 30_000 }, undefined, 'query start time is after end time'],
  [{}, -1, 'max flamegraph nodes limit must be set'],
  [{}, 2_000_000, 'max flamegraph nodes limit 2000000 is greater than allowed 1048576'],
] as const) {
  test(`${JSON.stringify(change)} with ${nodes} nodes is refused: ${message}`, async () => {
    const asked = mergeCallTree(asking(await storeOf([])), { ...question, ...change }, nodes);
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow(message);
  });
}

test('the worked example of truncation comes out, real "other" included', () => {
  const tree = treeOfFolded(['foo;bar 1', 'foo;bar;baz 1', 'foo;qux 2', 'fred;zoo 1', 'fred;other 1']);
  expect(foldedOfTree(truncateTree(tree, 4))).toEqual(['foo;bar 1', 'foo;bar;other 1', 'foo;qux 2', 'fred;other 2']);
});

const frames = fc.array(fc.constantFrom('a', 'b', 'c', 'other'), { minLength: 1, maxLength: 5 });
const stacks = fc.array(fc.tuple(frames, fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 40 });

test('truncation keeps the total, and each node that it keeps is large enough', () => {
  fc.assert(
    fc.property(stacks, fc.integer({ min: 1, max: 30 }), (lines, nodes) => {
      const tree = treeOfFolded(lines.map(([path, value]) => `${path.join(';')} ${value}`));
      const cut = truncateTree(tree, nodes);
      expect(cut.total[0]).toBe(tree.total[0]);
      const selfs = cut.self.reduce((sum, self) => sum + self, 0n);
      expect(selfs).toBe(tree.total[0]);
      if (tree.count - 1 <= nodes) expect(cut).toBe(tree);
      const totals = [...tree.total.slice(1)].sort((a, b) => (a < b ? 1 : -1));
      const threshold = totals[nodes - 1] ?? 0n;
      for (let node = 1; node < cut.count; node++) {
        if (cut.names[cut.name[node] ?? 0] !== 'other') expect(cut.total[node]).toBeGreaterThanOrEqual(threshold);
      }
    }),
  );
});
