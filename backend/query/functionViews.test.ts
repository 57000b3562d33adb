// Expected answers are written by hand as stacks; random trees are held against a twin that walks each stack by itself.
import fc from 'fast-check';
import type { FunctionWalk } from '../model/functionViews.ts';
import type { FunctionTreeWish, MergeQuestion } from '../model/question.ts';
import { functionTable, functionTables, functionTree, sandwich } from './functionViews.ts';
import { asking, cpuType, storeOf } from './testStore.ts';

const question: MergeQuestion = {
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [],
  startMillis: 1_000_000,
  endMillis: 1_020_000,
  callSite: [],
};
const contextOf = async (folded: readonly string[], limits = {}) =>
  asking(await storeOf([{ timeNanos: 1_011_000_000_000n, labels: { pod: 'a' }, folded }]), limits);

/** "a;b total/self", sorted, the first node's name left out; "+" where there is more below. */
function draw(names: readonly string[], walk: Pick<FunctionWalk, 'parent' | 'name' | 'total' | 'self' | 'count'>) {
  const paths = [''];
  const hasChild = new Set(walk.parent);
  return Array.from({ length: walk.count }, (_, node) => {
    const above = paths[walk.parent[node] ?? 0] ?? '';
    if (node > 0) paths[node] = `${above}${above === '' ? '' : ';'}${names[walk.name[node] ?? 0] ?? ''}`;
    const more =
      'hasChildren' in walk && (walk as FunctionWalk).hasChildren[node] === 1 && !hasChild.has(node) ? '+' : '';
    return `${paths[node] ?? ''} ${walk.total[node]}/${walk.self[node]}${more}`;
  }).sort();
}

const shop = ['main;A;F;X;leaf 5', 'top;A;F;X 7', 'main;B;F 3', 'main;X;unrelated 100', 'main;A;unrelated 200'];

async function treeOf(folded: readonly string[], callSite: readonly string[], wish: Partial<FunctionTreeWish>) {
  const whole = { of: 'chain', callers: true, callees: true, depth: 1, ...wish } as const;
  const tree = await functionTree(await contextOf(folded), { ...question, callSite }, whole);
  const side = (one: typeof tree.callers) => one && { name: one.name, nodes: one.walk && draw(tree.names, one.walk) };
  return { callers: side(tree.callers), callees: side(tree.callees) };
}

test('the table has every function, by self, then total, then name, and a function that calls itself counts once', async () => {
  const context = await contextOf(['main;f;f 2', 'main;b 5', 'main;a 5']);
  expect(await functionTable(context, question, 0)).toEqual({
    functions: [
      { name: 'a', self: 5n, total: 5n },
      { name: 'b', self: 5n, total: 5n },
      { name: 'f', self: 2n, total: 2n },
      { name: 'main', self: 0n, total: 12n },
    ],
    total: 12n,
    functionCount: 4,
  });
  expect(await functionTable(context, question, 1)).toMatchObject({
    functions: [{ name: 'a' }],
    total: 12n,
    functionCount: 4,
  });
  await expect(functionTable(context, question, -1)).rejects.toThrow('function limit must not be negative');
});

test('the table below a call site has what its stacks have', async () => {
  const table = await functionTable(await contextOf(shop), { ...question, callSite: ['main', 'B'] }, 0);
  expect([table.total, table.functions.map(({ name }) => name)]).toEqual([3n, ['F', 'B', 'main']]);
});

test('two tables have the same rows, the larger side first', async () => {
  const store = await storeOf([
    { timeNanos: 1_005_000_000_000n, labels: { pod: 'a' }, folded: ['main;x 5', 'main;y 1'] },
    { timeNanos: 1_005_000_000_001n, labels: { pod: 'b' }, folded: ['main;y 9', 'main;z 2'] },
  ]);
  const side = (pod: string): MergeQuestion => ({ ...question, matchers: [{ name: 'pod', op: '=', value: pod }] });
  const [left, right] = await functionTables(asking(store), side('a'), side('b'), 3);
  expect(left.functions.map(({ name, self, total }) => `${name} ${self} ${total}`)).toEqual([
    'y 1 1',
    'x 5 5',
    'z 0 0',
  ]);
  expect(right.functions.map(({ name, self, total }) => `${name} ${self} ${total}`)).toEqual([
    'y 9 9',
    'x 0 0',
    'z 2 2',
  ]);
  expect([left.total, left.functionCount, right.total, right.functionCount]).toEqual([6n, 4, 11n, 4]);
});

test('a function has its callers and its callees, wherever it is called', async () => {
  expect(await treeOf(shop, ['F'], {})).toEqual({
    callers: { name: 'F', nodes: [' 15/3', 'A 12/0+', 'B 3/0+'] },
    callees: { name: 'F', nodes: [' 15/3', 'X 12/7+'] },
  });
});

test('a chain is refined at either end', async () => {
  expect((await treeOf(shop, ['F', 'X'], { callers: false })).callees).toEqual({
    name: 'X',
    nodes: [' 12/7', 'leaf 5/5'],
  });
  expect((await treeOf(shop, ['A', 'F'], { callees: false })).callers).toEqual({
    name: 'A',
    nodes: [' 12/0', 'main 5/0', 'top 7/0'],
  });
  expect(await treeOf(shop, ['F', 'A'], { callees: false })).toEqual({
    callers: { name: 'F', nodes: undefined },
    callees: undefined,
  });
});

test('a path from the root has what is called below it, level by level', async () => {
  const path = { of: 'path', callers: false } as const;
  expect((await treeOf(shop, ['main', 'A', 'F'], { ...path, depth: 0 })).callees?.nodes).toEqual([' 5/0+']);
  expect((await treeOf(shop, [], path)).callees).toEqual({ name: '', nodes: [' 315/0', 'main 308/0+', 'top 7/0+'] });
  expect((await treeOf(shop, ['F'], path)).callees?.nodes).toBeUndefined();
});

test('a function that calls itself counts in each of its places', async () => {
  expect(await treeOf(['main;F;F 5'], ['F'], { depth: 128 })).toEqual({
    callers: { name: 'F', nodes: [' 10/5', 'F 5/0', 'F;main 5/0', 'main 5/0'] },
    callees: { name: 'F', nodes: [' 10/5', 'F 5/5'] },
  });
});

for (const [callSite, wish, message] of [
  [['F'], { depth: 129 }, 'max_depth must be between 0 and 128'],
  [['F'], { depth: -1 }, 'max_depth must be between 0 and 128'],
  [['F'], { of: 'path' }, 'ROOT_PATH supports CALLEES only'],
  [[], { callers: false }, 'FUNCTION_CHAIN requires a function'],
  [['A', 'F'], {}, 'BOTH requires exactly one function'],
] as const) {
  test(`${JSON.stringify([callSite, wish])} is refused`, async () => {
    await expect(treeOf(shop, callSite, wish)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(message) as unknown,
    });
  });
}

test('a sandwich has all callers and callees, and the function’s own total once', async () => {
  const layers = await sandwich(await contextOf(['root;f;f;f 2', 'root;a;f;x 3']), question, 'f', undefined);
  expect([layers?.total, layers?.self]).toEqual([5n, 2n]);
  expect(layers && draw(layers.names, layers.callers)).toEqual([
    ' 9/2',
    'a 3/0',
    'a;root 3/0',
    'f 4/0',
    'f;f 2/0',
    'f;f;root 2/0',
    'f;root 2/0',
    'root 2/0',
  ]);
  expect(layers && draw(layers.names, layers.callees)).toEqual([' 9/2', 'f 4/2', 'f;f 2/2', 'x 3/3']);
});

test('each side of a sandwich is cut by itself, and what stands for the rest is marked', async () => {
  const folded = ['root;f;fat 100', ...[1, 2, 3, 4].map((i) => `root;f;t${i} ${i}`)];
  const layers = await sandwich(await contextOf(folded), question, 'f', 1);
  expect(layers && draw(layers.names, layers.callers)).toEqual([' 110/0', 'root 110/0']);
  expect(layers && draw(layers.names, layers.callees)).toEqual([' 110/0', 'fat 100/100', 'other 10/10']);
  expect([...(layers?.callers.truncated ?? [])]).toEqual([0, 0]);
  const marked = layers?.callees.truncated.indexOf(1) ?? -1;
  expect(layers?.names[layers.callees.name[marked] ?? 0]).toBe('other');
});

test('a function that is called "other" is no stand-in until something is added to it', async () => {
  const context = await contextOf(['root;f;other 100', 'root;f;thin 1']);
  const whole = await sandwich(context, question, 'f', undefined);
  expect([...(whole?.callees.truncated ?? [])]).toEqual([0, 0, 0]);
  const cut = await sandwich(context, question, 'f', 1);
  expect(cut && draw(cut.names, cut.callees)).toEqual([' 101/0', 'other 101/101']);
  expect([...(cut?.callees.truncated ?? [])]).toEqual([0, 1]);
});

test('of a function that no stack has there is nothing, and without a function there is no sandwich', async () => {
  const context = await contextOf(shop);
  const layers = await sandwich(context, question, 'missing', undefined);
  expect(layers && [draw(layers.names, layers.callers), layers.total]).toEqual([[' 0/0'], 0n]);
  expect(await sandwich(context, { ...question, startMillis: 1, endMillis: 2 }, 'F', undefined)).toBeUndefined();
  await expect(sandwich(context, question, '', undefined)).rejects.toThrow('sandwich_function is required');
  await expect(sandwich(context, question, 'F', 2 ** 30)).rejects.toThrow('--max-nodes');
});

const names = ['a', 'b', 'c', 'other'];
const stack = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 7 });
const stacks = fc.array(fc.tuple(stack, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 12 });

/** Each place of the chain in each stack, by itself. */
function slowWalk(of: readonly (readonly [readonly string[], number])[], fn: string, side: 'callers' | 'callees') {
  const total = new Map<string, number>([['', 0]]);
  const self = new Map<string, number>();
  const add = (to: Map<string, number>, key: string, value: number): unknown => to.set(key, (to.get(key) ?? 0) + value);
  for (const [frames, value] of of) {
    frames.forEach((name, at) => {
      if (name !== fn) return;
      const path = side === 'callees' ? frames.slice(at + 1) : frames.slice(0, at).reverse();
      for (let depth = 0; depth <= path.length; depth++) add(total, path.slice(0, depth).join(';'), value);
      if (side === 'callees') add(self, path.join(';'), value);
      else if (at === frames.length - 1) add(self, '', value);
    });
  }
  return [...total].map(([path, sum]) => `${path} ${sum}/${self.get(path) ?? 0}`).sort();
}

test('whole sides of random stacks are what each stack by itself adds up to', async () => {
  await fc.assert(
    fc.asyncProperty(stacks, fc.constantFrom(...names), async (drawn, fn) => {
      const folded = new Map<string, number>();
      for (const [frames, value] of drawn) folded.set(frames.join(';'), (folded.get(frames.join(';')) ?? 0) + value);
      const context = await contextOf([...folded].map(([path, value]) => `${path} ${value}`));
      const layers = await sandwich(context, question, fn, undefined);
      const merged = [...folded].map(([path, value]) => [path.split(';'), value] as const);
      expect(layers && draw(layers.names, layers.callers)).toEqual(slowWalk(merged, fn, 'callers'));
      expect(layers && draw(layers.names, layers.callees)).toEqual(slowWalk(merged, fn, 'callees'));
    }),
    { numRuns: 200 },
  );
});

test('a cut side keeps its whole, and what it keeps of a path is never more than there was', async () => {
  await fc.assert(
    fc.asyncProperty(stacks, fc.integer({ min: 1, max: 5 }), async (drawn, nodes) => {
      const folded = new Map(drawn.map(([frames, value]) => [frames.join(';'), value]));
      const context = await contextOf([...folded].map(([path, value]) => `${path} ${value}`));
      const whole = await sandwich(context, question, 'a', undefined);
      const cut = await sandwich(context, question, 'a', nodes);
      for (const side of ['callers', 'callees'] as const) {
        const [before, after] = [whole?.[side], cut?.[side]];
        expect(after?.total[0]).toBe(before?.total[0]);
        for (let node = 0; node < (after?.count ?? 0); node++) {
          const below = Array.from({ length: after?.count ?? 0 }, (_, one) => one).filter(
            (one) => one > 0 && after?.parent[one] === node,
          );
          const sum = below.reduce((total, one) => total + (after?.total[one] ?? 0n), 0n);
          // Callers end where a stack begins, so their children may add up to less.
          expect(sum).toBeLessThanOrEqual(after?.total[node] ?? 0n);
          if (side === 'callees') expect(sum + (after?.self[node] ?? 0n)).toBe(after?.total[node]);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('a chain of calls of itself that would hold the server is refused', async () => {
  const folded = Array.from({ length: 12 }, (_, i) => `root${i};${'f;'.repeat(990)}end 1`);
  const context = await contextOf(folded);
  await expect(sandwich(context, question, 'f', undefined)).rejects.toMatchObject({ code: 'resource_exhausted' });
});
