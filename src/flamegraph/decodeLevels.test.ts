import fc from 'fast-check';
import type { FlameGraphAnswer } from './decodeLevels.ts';
import { decodeLevels } from './decodeLevels.ts';
import type { FlameGraphData } from './flameGraphData.ts';

/** One line per bar: indented by level, name, total, self. */
const drawingOf = ({ count, level, name, names, total, self }: FlameGraphData): string =>
  Array.from(
    { length: count },
    (_, i) => `${' '.repeat(level[i] ?? 0)}${names[name[i] ?? -1]} ${total[i]} ${self[i]}`,
  ).join('\n');

const answerOf = (names: readonly string[], levels: readonly (readonly (number | string)[])[]): FlameGraphAnswer => ({
  names,
  levels: levels.map((values) => ({ values: values.map(String) })),
});

test('levels become bars depth first', () => {
  const answer = answerOf(
    ['total', 'a', 'c', 'd', 'b', 'e'],
    [
      [0, 4, 0, 0],
      [0, 4, 0, 1],
      [0, 1, 0, 4, 0, 3, 2, 2],
      [0, 1, 1, 5, 2, 1, 1, 3],
    ],
  );
  expect(drawingOf(decodeLevels(answer, 'count'))).toBe('total 4 0\n a 4 0\n  b 1 0\n   e 1 1\n  c 3 2\n   d 1 1');
});

test('a deeper bar finds its parent across gaps', () => {
  const answer = answerOf(
    ['total', 'fred', 'other', 'foo', 'qux', 'bar'],
    [
      [0, 6, 0, 0],
      [0, 4, 0, 3, 0, 2, 0, 1],
      [0, 2, 1, 5, 0, 2, 2, 4, 0, 2, 2, 2],
      [1, 1, 1, 2],
    ],
  );
  expect(drawingOf(decodeLevels(answer, 'count'))).toBe(
    'total 6 0\n foo 4 0\n  bar 2 1\n   other 1 1\n  qux 2 2\n fred 2 0\n  other 2 2',
  );
});

test('bounds of an estimate stay with their bars', () => {
  const answer = answerOf(
    ['total', 'a', 'c', 'd', 'b', 'e'],
    [
      [0, 4, 0, 0],
      [0, 4, 0, 1],
      [0, 1, 0, 4, 0, 3, 2, 2],
      [0, 1, 1, 5, 2, 1, 1, 3],
    ],
  );
  const frameErrors = [[0], [0.1], [0.2, 0.3], [0.4, 0.5]].map((values) => ({ values }));
  const graph = decodeLevels({ ...answer, frameErrors }, 'count');
  // total, a, b, e, c, d: depth first.
  expect([...(graph.shareErrors ?? [])]).toEqual([0, 0.1, 0.2, 0.4, 0.3, 0.5]);
  expect(decodeLevels(answer, 'count').shareErrors).toBeUndefined();
});

test('an empty answer is an empty set', () => {
  expect(decodeLevels({}, 'count')).toMatchObject({ count: 0, names: [], unit: 'count' });
});

test('sums beyond 2^53 keep every bar under its own parent', () => {
  // Floats cannot tell 2^60 and 2^60 + 1 apart, and the second level's first bar is one unit wide.
  const big = (2n ** 60n).toString();
  const answer = answerOf(
    ['total', 'a', 'b', 'x', 'y'],
    [
      ['0', (2n ** 61n + 2n).toString(), 0, 0],
      [0, (2n ** 60n + 1n).toString(), 0, 1, 0, (2n ** 60n + 1n).toString(), 0, 2],
      [big, 1, 1, 3, 0, 1, 1, 4],
    ],
  );
  const set = decodeLevels(answer, 'count');
  expect([...set.name].map((name) => set.names[name])).toEqual(['total', 'a', 'x', 'b', 'y']);
});

test('a bar under no parent is an error', () => {
  const answer = answerOf(
    ['total', 'a', 'b'],
    [
      [0, 2, 0, 0],
      [0, 1, 0, 1],
      [1, 1, 1, 2],
    ],
  );
  expect(() => decodeLevels(answer, 'count')).toThrow('has a bar without a parent in level 2');
});

test('a bar that lacks numbers is an error', () => {
  expect(() => decodeLevels({ names: ['total'], levels: [{ values: ['0', 'x', '0', '0'] }] }, 'count')).toThrow(
    'no number',
  );
});

test('a name that was not sent is an error', () => {
  expect(() => decodeLevels(answerOf(['total'], [[0, 2, 2, 1]]), 'count')).toThrow('has no name 1');
});

// The slow twin: random trees, written as levels the way the server does, come back as they were.
interface Tree {
  readonly self: number;
  readonly children: readonly Tree[];
}
const totalOf = (tree: Tree): number => tree.self + tree.children.reduce((sum, child) => sum + totalOf(child), 0);

function levelsOf(root: Tree): number[][] {
  const levels: number[][] = [];
  const ends: number[] = [];
  const place = (tree: Tree, x: number, depth: number): void => {
    (levels[depth] ??= []).push(x - (ends[depth] ?? 0), totalOf(tree), tree.self, depth);
    ends[depth] = x + totalOf(tree);
    let childX = x;
    for (const child of tree.children) {
      place(child, childX, depth + 1);
      childX += totalOf(child);
    }
  };
  place(root, 0, 0);
  return levels;
}

function depthFirst(tree: Tree, depth = 0): readonly (readonly [number, number, number])[] {
  return [[depth, totalOf(tree), tree.self], ...tree.children.flatMap((child) => depthFirst(child, depth + 1))];
}

test('random trees come back as they were', () => {
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record({
      self: fc.integer({ min: 1, max: 5 }),
      children: fc.oneof({ maxDepth: 6 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
    }),
  }));
  fc.assert(
    fc.property(tree, (root) => {
      const levels = levelsOf(root);
      const set = decodeLevels(
        answerOf(
          levels.map((_, depth) => `depth ${depth}`),
          levels,
        ),
        'count',
      );
      expect([...set.level].map((level, i) => [level, set.total[i], set.self[i]])).toEqual(depthFirst(root));
    }),
  );
});
