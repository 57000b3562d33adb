import { treeOfFolded } from '../../model/foldedTree.ts';
import { writeTree } from './writeTree.ts';

test('the worked example comes out byte for byte', () => {
  const bytes = writeTree(treeOfFolded(['a;b;e 1', 'a;c 2', 'a;c;d 1']));
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '000001' + '01610002' + '01630201' + '01640100' + '01620001' + '01650100',
  );
});

test('no stacks are no bytes', () => {
  expect(writeTree(treeOfFolded([]))).toHaveLength(0);
});

test('a self past 2^53 keeps its last digit', () => {
  const bytes = writeTree(treeOfFolded(['a 9007199254740993']));
  expect(Buffer.from(bytes).toString('hex')).toBe('000001' + '0161' + '8180808080808010' + '00');
});
