import { nameOf } from './focusPath.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { layoutTree } from './treeLayout.ts';
import type { Step } from './walkTree.ts';
import { stepFrom } from './walkTree.ts';

const layout = layoutTree(readFoldedStacks('main;read;json 2\nmain;write 6\nmain;close 1\ngc;mark 2'));
const walk = (from: number, ...steps: readonly Step[]): string =>
  nameOf(
    layout,
    steps.reduce((bar, step) => stepFrom(layout, bar, step), from),
  );

test('down goes to the heaviest child', () => {
  expect(walk(0, 'heaviestChild')).toBe('main');
  expect(walk(0, 'heaviestChild', 'heaviestChild')).toBe('write');
});
test('left and right go to siblings and stop at the last', () => {
  expect(walk(0, 'heaviestChild', 'heaviestChild', 'rightSibling')).toBe('close');
  expect(walk(0, 'heaviestChild', 'heaviestChild', 'leftSibling')).toBe('read');
  expect(walk(0, 'heaviestChild', 'heaviestChild', 'rightSibling', 'rightSibling')).toBe('close');
});
test('up goes to the parent and stops at the root', () => {
  expect(walk(3, 'parent')).toBe('read');
  expect(walk(3, 'parent', 'parent', 'parent', 'parent')).toBe('total');
});
test('a bar without children stays current', () => expect(walk(3, 'heaviestChild')).toBe('json'));
