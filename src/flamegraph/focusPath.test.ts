import fc from 'fast-check';
import { barOfPath, barsTo, nameOf, pathOf } from './focusPath.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { randomStacks } from './randomStacks.ts';
import { layoutTree } from './treeLayout.ts';

const layout = layoutTree(readFoldedStacks('main;read;json 2\nmain;write 6\ngc;main 2'));

test('a path finds its bar again, whatever the tree', () => {
  fc.assert(
    fc.property(randomStacks, (data) => {
      const random = layoutTree(data);
      for (let bar = 0; bar < data.count; bar++) expect(barOfPath(random, pathOf(random, bar))).toBe(bar);
    }),
  );
});

test('the root has the empty path', () => expect(pathOf(layout, 0)).toEqual([]));

test('a path that is gone leads to the longest beginning that is there', () => {
  expect(nameOf(layout, barOfPath(layout, ['main', 'read', 'xml', 'json']))).toBe('read');
  expect(barOfPath(layout, ['nothing'])).toBe(0);
});

test('of children with one name the heaviest is meant', () => {
  const data = readFoldedStacks('a 1\nb 3\nc 2');
  const same = layoutTree({ ...data, name: Uint32Array.from([0, 1, 1, 1]) });
  expect(barOfPath(same, ['a'])).toBe(2);
});

test('the bars to a bar begin at the root and end with it', () => {
  expect(barsTo(layout, 3).map((bar) => nameOf(layout, bar))).toEqual(['total', 'main', 'read', 'json']);
});
