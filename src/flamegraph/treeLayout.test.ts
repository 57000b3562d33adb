import { readFoldedStacks } from './foldedStacks.ts';
import { layoutTree, levelsBelow, positionsBelow } from './treeLayout.ts';

const layout = layoutTree(
  readFoldedStacks(`
    main;read;json 2
    main;read;copy 3
    main;write 1
    gc 4
  `),
);
const named = (bar: number): string => layout.data.names[layout.data.name[bar] ?? 0] ?? '';

test('a bar begins where its left sibling ends, and its children begin with it', () => {
  const spans = [...layout.start].map((start, bar) => `${named(bar)} ${start}-${layout.stop[bar] ?? 0}`);
  expect(spans).toEqual(['total 0-10', 'main 0-6', 'read 0-5', 'json 0-2', 'copy 2-5', 'write 5-6', 'gc 6-10']);
});

test('each bar knows its parent and where its subtree ends', () => {
  expect([...layout.parent]).toEqual([-1, 0, 1, 2, 2, 1, 0]);
  expect([...layout.end]).toEqual([7, 6, 5, 4, 5, 6, 7]);
});

test('levels list their bars from left to right', () => {
  const levels = Array.from({ length: layout.levelCount }, (_, level) =>
    [...layout.byLevel.subarray(layout.levelStart[level], layout.levelStart[level + 1])].map(named),
  );
  expect(levels).toEqual([['total'], ['main', 'gc'], ['read', 'write'], ['json', 'copy']]);
});

test('the bars of a level below a bar are one stretch', () => {
  const [from, to] = positionsBelow(layout, 1, 2);
  expect([...layout.byLevel.subarray(from, to)].map(named)).toEqual(['read', 'write']);
  expect(positionsBelow(layout, 6, 2)[1] - positionsBelow(layout, 6, 2)[0]).toBe(0);
});

test('the depth below a bar counts its own subtree only', () => {
  expect([0, 1, 5, 6].map((bar) => levelsBelow(layout, bar))).toEqual([4, 4, 3, 2]);
});

test('children that are larger than their parent are cut at its edge, and negative totals are empty', () => {
  const data = readFoldedStacks('a;b 2\nc 1');
  const { start, stop } = layoutTree({ ...data, total: Float64Array.from([3, 2, 9, -1]) });
  expect([...start]).toEqual([0, 0, 0, 2]);
  expect([...stop]).toEqual([3, 2, 2, 2]);
});

test('no bars give no levels', () => {
  const empty = { level: new Int32Array(), name: new Uint32Array(), total: new Float64Array() };
  const none = layoutTree({ count: 0, ...empty, self: new Float64Array(), names: [], unit: 'count' });
  expect(none.levelCount).toBe(0);
});

for (const level of [[1], [0, 0], [0, 2], [0, 1, -1]]) {
  test(`levels ${level.join(', ')} are refused as no nested set`, () => {
    const numbers = new Float64Array(level.length);
    const data = { count: level.length, name: new Uint32Array(level.length), names: ['a'], unit: 'count' };
    const columns = { ...data, level: Int32Array.from(level), total: numbers, self: numbers };
    expect(() => layoutTree(columns)).toThrow('no nested set');
  });
}

test('columns shorter than the count are refused', () => {
  expect(() => layoutTree({ ...readFoldedStacks('a 1'), count: 3 })).toThrow('shorter');
});
