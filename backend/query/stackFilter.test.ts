import fc from 'fast-check';
import { InputError } from '../errors.ts';
import type { CallTree } from '../model/callTree.ts';
import { foldedOfTree, treeOfFolded } from '../model/foldedTree.ts';
import { functionSums } from './functionSums.ts';
import { filterTree } from './stackFilter.ts';
import type { StackFilter } from './stackFilter.ts';

/** What hidden frames left at the root is a line without frames. */
const linesOf = (tree: CallTree): string[] => [
  ...foldedOfTree(tree),
  ...(tree.self[0] === 0n ? [] : [` ${tree.self[0]}`]),
];

const folded = ['a;b;c 4', 'a;b 2', 'a;d 1', 'b;c;b 8'];

for (const [filter, expected, share] of [
  [{}, ['a;b 2', 'a;b;c 4', 'a;d 1', 'b;c;b 8'], 1],
  [{ keep: 'c' }, ['a;b;c 4', 'b;c;b 8'], 12 / 15],
  [{ drop: 'c' }, ['a;b 2', 'a;d 1'], 3 / 15],
  [{ focus: 'b' }, ['b 2', 'b;c 4', 'b;c;b 8'], 14 / 15],
  [{ focus: '^c$' }, ['c 4', 'c;b 8'], 12 / 15],
  [{ hide: 'b' }, ['a 2', 'a;c 4', 'a;d 1', 'c 8'], 1],
  [{ hide: '.' }, [' 15'], 1],
  [{ keep: 'd|c', drop: '^a$' }, ['b;c;b 8'], 8 / 15],
  [{ focus: 'b', hide: 'b' }, [' 2', 'c 12'], 14 / 15],
  [{ keep: 'nothing' }, [], 0],
  [{ keep: 'total' }, [], 0],
] as readonly (readonly [StackFilter, readonly string[], number])[]) {
  test(`${JSON.stringify(filter)} leaves ${expected.join(', ')}`, () => {
    const { tree, matchedShare } = filterTree(treeOfFolded(folded), filter);
    expect(linesOf(tree).sort()).toEqual([...expected].sort());
    expect(matchedShare).toBeCloseTo(share, 12);
  });
}

test('an expression that is none is refused', () => {
  for (const keep of ['(', 'a'.repeat(20_000)]) {
    expect(() => filterTree(treeOfFolded(folded), { keep })).toThrow(InputError);
  }
});

const frames = fc.array(fc.constantFrom('a', 'b', 'c', 'ab'), { minLength: 1, maxLength: 6 });
const stacks = fc.array(fc.tuple(frames, fc.integer({ min: 1, max: 9 })), { maxLength: 20 });
const pattern = fc.option(fc.constantFrom('a', 'b', '^c', 'x', 'ab|c'), { nil: undefined });

/** The slow and obvious twin: stack by stack. */
function filterStacks(lines: readonly (readonly [string[], number])[], filter: StackFilter): Map<string, number> {
  const sums = new Map<string, number>();
  const matches = (text: string | undefined) => (frame: string) => text !== undefined && new RegExp(text).test(frame);
  for (const [path, value] of lines) {
    if (filter.keep !== undefined && !path.some(matches(filter.keep))) continue;
    if (path.some(matches(filter.drop))) continue;
    const from = filter.focus === undefined ? 0 : path.findIndex(matches(filter.focus));
    if (from < 0) continue;
    const key = path
      .slice(from)
      .filter((frame) => !matches(filter.hide)(frame))
      .join(';');
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return sums;
}

test('trees are filtered as stacks are, one by one', () => {
  const filters = fc.record({ keep: pattern, drop: pattern, focus: pattern, hide: pattern });
  fc.assert(
    fc.property(stacks, filters, (lines, { keep, drop, focus, hide }) => {
      const filter = { ...(keep && { keep }), ...(drop && { drop }), ...(focus && { focus }), ...(hide && { hide }) };
      const { tree } = filterTree(treeOfFolded(lines.map(([path, value]) => `${path.join(';')} ${value}`)), filter);
      const expected = [...filterStacks(lines, filter)].map(([path, value]) => `${path} ${value}`);
      expect(linesOf(tree).sort()).toEqual(expected.sort());
    }),
  );
});

test('functions are summed as stacks are, each once per stack', () => {
  fc.assert(
    fc.property(stacks, (lines) => {
      const expected = new Map<string, { self: bigint; total: bigint }>();
      for (const [path, value] of lines) {
        for (const frame of new Set(path)) {
          const sum = expected.get(frame) ?? { self: 0n, total: 0n };
          expected.set(frame, sum);
          sum.total += BigInt(value);
          if (frame === path.at(-1)) sum.self += BigInt(value);
        }
      }
      const tree = treeOfFolded(lines.map(([path, value]) => `${path.join(';')} ${value}`));
      expect(new Map([...functionSums(tree)].sort())).toEqual(new Map([...expected].sort()));
    }),
  );
});
