import { truncateTree } from '../../query/truncateTree.ts';
import { treeOfFolded } from '../../model/foldedTree.ts';
import { writeFlameGraph } from './writeFlameGraph.ts';

const numbers = (levels: readonly (readonly bigint[])[]): readonly (readonly number[])[] =>
  levels.map((level) => level.map(Number));

// The worked examples of Pyroscope's own encoding, number by number.
test('bars are delta encoded and names numbered by the walk', () => {
  const graph = writeFlameGraph(treeOfFolded(['a;b;e 1', 'a;c 2', 'a;c;d 1']));
  expect(graph.names).toEqual(['total', 'a', 'c', 'd', 'b', 'e']);
  expect(numbers(graph.levels)).toEqual([
    [0, 4, 0, 0],
    [0, 4, 0, 1],
    [0, 1, 0, 4, 0, 3, 2, 2],
    [0, 1, 1, 5, 2, 1, 1, 3],
  ]);
  expect([graph.total, graph.maxSelf]).toEqual([4n, 2n]);
});

test('small branches become "other", a real function of that name among them', () => {
  const tree = treeOfFolded(['foo;bar 1', 'foo;bar;baz 1', 'foo;qux 2', 'fred;zoo 1', 'fred;other 1']);
  const graph = writeFlameGraph(truncateTree(tree, 4));
  expect(graph.names).toEqual(['total', 'fred', 'other', 'foo', 'qux', 'bar']);
  expect(numbers(graph.levels)).toEqual([
    [0, 6, 0, 0],
    [0, 4, 0, 3, 0, 2, 0, 1],
    [0, 2, 1, 5, 0, 2, 2, 4, 0, 2, 2, 2],
    [1, 1, 1, 2],
  ]);
});

test('an empty tree is one bar of nothing', () => {
  const graph = writeFlameGraph(treeOfFolded([]));
  expect(graph).toEqual({ names: ['total'], levels: [[0n, 0n, 0n, 0n]], total: 0n, maxSelf: 0n });
});
