// Fast call trees against slow ones: merged, cut, paired, from memory and not.
import fc from 'fast-check';
import type { CallTree } from '../model/callTree.ts';
import type { TreeValues } from '../model/callTreePair.ts';
import { treeOfFolded } from '../model/foldedTree.ts';
import type { MergeQuestion } from '../model/question.ts';
import { diffCallTrees, mergeCallTree } from './mergeStacks.ts';
import { nthLargest } from './nthLargest.ts';
import { slowText, slowTree, slowTruncate, slowTruncatePair } from './slowTree.ts';
import { asking, cpuType, storeOf } from './testStore.ts';
import { truncateTree } from './truncateTree.ts';

const second = 1_000_000_000n;
const frames = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'other', 'total'), { minLength: 1, maxLength: 6 });
const value = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt({ min: 1n, max: 40n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 53n, max: 2n ** 55n }) },
);
const folded = fc
  .array(fc.tuple(frames, value), { maxLength: 40 })
  .map((stacks) => stacks.map(([path, self]) => `${path.join(';')} ${self}`));
const nodes = fc.integer({ min: 1, max: 24 });

/** "path self/total" of every node but the root, sorted; nodes of equal paths added, nodes of nothing left out. */
function textOf(tree: Pick<CallTree, 'count' | 'parent' | 'name' | 'names'>, { self, total }: TreeValues) {
  const paths: string[] = [''];
  const sums = new Map<string, { self: bigint; total: bigint }>();
  for (let node = 1; node < tree.count; node++) {
    const above = paths[tree.parent[node] ?? 0] ?? '';
    const path = `${above}${above === '' ? '' : ';'}${tree.names[tree.name[node] ?? 0]}`;
    paths[node] = path;
    const sum = sums.get(path) ?? { self: 0n, total: 0n };
    sums.set(path, { self: sum.self + (self[node] ?? 0n), total: sum.total + (total[node] ?? 0n) });
  }
  return slowText(new Map([...sums].filter(([, sum]) => sum.total > 0n)));
}

const question = (pod: string, callSite: readonly string[] = []): MergeQuestion => ({
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [{ name: 'pod', op: '=~', value: pod }],
  startMillis: 10_000,
  endMillis: 20_000,
  callSite,
});

const uniqueStacks = (lines: readonly string[]): readonly string[] => {
  const sums = new Map<string, bigint>();
  for (const line of lines) {
    const [path = '', self = '0'] = line.split(' ');
    sums.set(path, (sums.get(path) ?? 0n) + BigInt(self));
  }
  return [...sums].map(([path, self]) => `${path} ${self}`);
};

const storeWith = (left: readonly string[], right: readonly string[]) =>
  storeOf([
    { timeNanos: 11n * second, labels: { pod: 'left' }, folded: uniqueStacks(left) },
    { timeNanos: 12n * second, labels: { pod: 'right' }, folded: uniqueStacks(right) },
  ]);

test('merged and cut trees are those of the slow way, the first time and from memory', async () => {
  const site = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: frames });
  await fc.assert(
    fc.asyncProperty(folded, folded, nodes, site, async (left, right, most, callSite) => {
      const context = asking(await storeWith(left, right));
      const expected = slowText(slowTruncate(slowTree([...left, ...right], callSite), most));
      for (let time = 0; time < 2; time++) {
        const tree = await mergeCallTree(context, question('left|right', callSite), most);
        expect(textOf(tree, tree)).toEqual(expected);
      }
    }),
  );
});

test('the two sides of a diff are those of the slow way', async () => {
  await fc.assert(
    fc.asyncProperty(folded, folded, nodes, async (left, right, most) => {
      const pair = await diffCallTrees(asking(await storeWith(left, right)), question('left'), question('right'), most);
      const [slowLeft, slowRight] = [left, right].map((lines) => slowTruncate(slowTree(lines), most));
      const expected = slowTruncatePair(slowLeft ?? new Map(), slowRight ?? new Map(), most);
      expect([textOf(pair, pair.left), textOf(pair, pair.right)]).toEqual(expected.map(slowText));
    }),
    { numRuns: 400 },
  );
});

test('a cut tree keeps the sum of its parts', () => {
  fc.assert(
    fc.property(folded, nodes, (lines, most) => {
      const tree = treeOfFolded(lines);
      const cut = truncateTree(tree, most);
      expect(cut.total[0]).toBe(tree.total[0]);
      expect(cut.self.reduce((sum, self) => sum + self, 0n)).toBe(tree.total[0]);
    }),
  );
});

test('the n-th largest is what sorting finds, past 2^53 too', () => {
  const values = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 2n ** 62n })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 30 }), (list, n) => {
      const column = BigInt64Array.from(list);
      const sorted = [...list].sort((a, b) => (a < b ? 1 : -1));
      expect(nthLargest(column, n, sorted[0] ?? 0n)).toBe(n === 0 ? 0n : (sorted[n - 1] ?? 0n));
      expect([...column]).toEqual(list);
    }),
  );
});
