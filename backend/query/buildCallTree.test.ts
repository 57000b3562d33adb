import { SampleBuilder, TableBuilder } from '../model/profileBuilder.ts';
import { unixNanos } from '../model/time.ts';
import { foldedOfTree } from '../model/foldedTree.ts';
import { buildCallTree } from './buildCallTree.ts';

function stacksOf(stacks: readonly (readonly string[])[]) {
  const table = new TableBuilder();
  const builder = new SampleBuilder(1);
  for (const frames of stacks) {
    builder.add(
      frames.toReversed().map((name) => table.location([{ name }])),
      [1n],
    );
  }
  const head = { sampleTypes: [{ type: 'a', unit: 'b' }], periodType: undefined, period: 0n, durationNanos: 0n };
  return builder.finish(table.finish(), { ...head, timeNanos: unixNanos(0n) }).stacks;
}

test("a stack without frames is the root's own, so that the total is the sum of the values", () => {
  const tree = buildCallTree(stacksOf([['main', 'work'], [], ['main']]), BigInt64Array.of(1n, 2n, 4n));
  expect(foldedOfTree(tree)).toEqual(['main 4', 'main;work 1']);
  expect(tree.self[0]).toBe(2n);
  expect(tree.total[0]).toBe(7n);
});

test('a stack without frames is below no call site', () => {
  const tree = buildCallTree(stacksOf([['main', 'work'], []]), BigInt64Array.of(1n, 2n), ['main']);
  expect(tree.total[0]).toBe(1n);
});
