import fc from 'fast-check';
import { readFoldedStacks } from './foldedStacks.ts';
import { randomStacks } from './randomStacks.ts';
import { firstMatch, searchBars, searchForExactly } from './searchBars.ts';
import { layoutTree } from './treeLayout.ts';

const layout = layoutTree(readFoldedStacks('main;json.read;json.skip 2\nmain;json.read 3\nmain;write 4\ngc 1'));

test('a match inside a match is not counted twice', () => {
  const found = searchBars(layout, '^json\\.');
  expect(found).toMatchObject({
    functionCount: 2,
    through: { left: 5, right: 0 },
    self: { left: 5, right: 0 },
    isPlainText: false,
  });
});
test('upper and lower case are one', () => expect(searchBars(layout, 'GC')?.through.left).toBe(1));
test('the root matches nothing', () => {
  expect(searchBars(layout, 'total')).toMatchObject({ functionCount: 0, through: { left: 0, right: 0 } });
  expect(searchBars(layout, '.')).toMatchObject({ functionCount: 5, through: { left: 10, right: 0 } });
});
test('nothing is searched for when the text is empty', () => expect(searchBars(layout, '')).toBeUndefined());

test('what is no regular expression is looked for as plain text, and says so', () => {
  const go = layoutTree(readFoldedStacks('net/http.(*conn).serve 1\nother 1'));
  expect(searchBars(go, '(*conn')).toMatchObject({ isPlainText: true, functionCount: 1 });
});

test('a search for one function finds it and none that resemble it', () => {
  const names = ['a.(*T).M', 'a.(*T).M2', 'xa.(*T).M', 'C:\\x|[y]{1}^$+?', 'a/b-c'];
  const tree = layoutTree(readFoldedStacks(names.map((name) => `${name} 1`).join('\n')));
  for (const name of names) {
    expect(searchBars(tree, searchForExactly(name))).toMatchObject({ functionCount: 1, isPlainText: false });
  }
});

test('the counts before each position tell whether a run holds a match', () => {
  const found = searchBars(layout, '^json\\.');
  const { levelStart, levelCount } = layout;
  const inLevel = Array.from({ length: levelCount }, (_, level) => {
    const [from = 0, to = 0] = levelStart.subarray(level, level + 2);
    return (found?.matchesBefore[to] ?? 0) - (found?.matchesBefore[from] ?? 0);
  });
  expect(inLevel).toEqual([0, 0, 1, 1]);
});

test('the first match of a stretch of bars is found without walking it', () => {
  fc.assert(
    fc.property(randomStacks, fc.nat(), fc.nat(), (data, a, b) => {
      const random = layoutTree(data);
      const [from = 0, to = 0] = [a % data.count, b % (data.count + 1)].sort((x, y) => x - y);
      const found = searchBars(random, '[ab]');
      const slow = [...random.byLevel].findIndex(
        (bar, position) => position >= from && position < to && bar > 0 && found?.names[data.name[bar] ?? 0] === 1,
      );
      expect(found && firstMatch(found, from, to)).toBe(slow < 0 ? undefined : slow);
    }),
  );
});

test('through is the sum of the stacks that hold a match', () => {
  fc.assert(
    fc.property(randomStacks, fc.constantFrom('a', '[bc]', 'd|e'), (data, text) => {
      const random = layoutTree(data);
      const matches = (bar: number): boolean => new RegExp(text).test(data.names[data.name[bar] ?? 0] ?? '');
      let through = 0;
      for (let bar = 1; bar < data.count; bar++) {
        let isIn = false;
        for (let above = bar; above > 0; above = random.parent[above] ?? 0) isIn ||= matches(above);
        if (isIn) through += data.self[bar] ?? 0;
      }
      expect(searchBars(random, text)?.through.left).toBe(through);
    }),
  );
});
