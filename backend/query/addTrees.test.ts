import fc from 'fast-check';
import { foldedOfTree, treeOfFolded } from '../model/foldedTree.ts';
import { addTrees } from './addTrees.ts';

test('equal paths meet, others stand side by side', () => {
  const sum = addTrees([treeOfFolded(['a;b 1', 'a 2']), treeOfFolded(['a;b 10', 'c 5']), treeOfFolded([])]);
  expect(foldedOfTree(sum)).toEqual(['a 2', 'a;b 11', 'c 5']);
  expect(sum.total[0]).toBe(18n);
});

test('nothing added up is the empty tree', () => {
  expect([addTrees([]).count, addTrees([]).total[0]]).toEqual([1, 0n]);
});

test('any trees add up as their folded stacks do', () => {
  const stack = fc.array(fc.constantFrom('a', 'b', 'total', 'other'), { minLength: 1, maxLength: 4 });
  const line = fc.tuple(stack, fc.bigInt({ min: 1n, max: 2n ** 55n }));
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 5 }), (files) => {
      const folded = files.map((lines) => lines.map(([frames, value]) => `${frames.join(';')} ${value}`));
      const twin = treeOfFolded(folded.flat());
      expect(foldedOfTree(addTrees(folded.map(treeOfFolded)))).toEqual(foldedOfTree(twin));
    }),
  );
});
