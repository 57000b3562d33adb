import fc from 'fast-check';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { countHead, foldOf, readDamaged, testLimits } from '../folded/testFolding.ts';
import { readOgTree, readOgTrie } from './readOgTree.ts';

interface TestNode {
  readonly name: string;
  readonly value?: number;
  readonly children?: readonly TestNode[];
}

/** As the agents wrote it: name, value, number of children, then the children. */
function written({ name, value = 0, children = [] }: TestNode): readonly number[] {
  const bytes = Buffer.from(name);
  const head = [...varint(bytes.length), ...bytes, ...varint(value), ...varint(children.length)];
  return [...head, ...children.flatMap(written)];
}
function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const tree = (bytes: Iterable<number>) => readOgTree(Uint8Array.from(bytes), countHead, testLimits);
const trie = (bytes: Iterable<number>) => readOgTrie(Uint8Array.from(bytes), countHead, testLimits);
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('a tree by hand: root, a with 300 of its own, b and c under it', () => {
  //                  root      a, self 300     b, self 1    c, self 2
  const bytes = hex('00 00 01  01 61 ac02 02   01 62 01 00  01 63 02 00');
  expect(foldOf(tree(bytes).profiles[0]?.profile)).toEqual(['a 300', 'a;b 1', 'a;c 2']);
});

test('a trie by hand: pieces of keys, broken inside of a frame', () => {
  //                  root      "ma"         "in;x" 4          "p" 5
  const bytes = hex('00 00 01  02 6d61 00 02  04 696e3b78 04 00  01 70 05 00');
  expect(foldOf(trie(bytes).profiles[0]?.profile)).toEqual(['main;x 4', 'map 5']);
});

test('a trie may break inside of a character', () => {
  const bytes = hex('00 00 01  02 61c3 00 02  01 a4 01 00  03 b63b62 02 00');
  expect(foldOf(trie(bytes).profiles[0]?.profile)).toEqual(['aä 1', 'aö;b 2']);
});

test('a value at the root has an empty stack', () => {
  expect(foldOf(tree(hex('00 05 00')).profiles[0]?.profile)).toEqual([' 5']);
});

test('a tree without values holds no profile', () => expect(tree(hex('00 00 00')).profiles).toEqual([]));

for (const [what, bytes, message] of [
  ['nothing', '', 'tree, byte 0: ends inside a varint'],
  ['a name that is too long', '7a 7a 7a 7a', 'tree, byte 0: name is longer than what follows'],
  ['a child that is missing', '00 00 01', 'tree, byte 3: ends inside a varint'],
  ['a number of children past all bounds', '00 00 ffffffffffffffffff01', 'tree, byte 12: ends inside a varint'],
  ['bytes behind the last node', '00 00 00 00', 'tree, byte 3: 1 bytes follow the last node'],
] as const) {
  test(`${what} is refused with the byte`, () => {
    const refused = expect.objectContaining({ code: 'invalid_argument', message }) as Error;
    expect(() => tree(hex(bytes))).toThrow(refused);
    expect(() => trie(hex(bytes))).toThrow(message.replace('tree', 'trie'));
  });
}

test('stacks deeper than the limit lose frames at the leaf', () => {
  const deep = written({
    name: '',
    children: [{ name: 'a', children: [{ name: 'b', children: [{ name: 'c', value: 7 }] }] }],
  });
  const limits = { ...testLimits, stackDepth: 2 };
  expect(foldOf(readOgTree(Uint8Array.from(deep), countHead, limits).profiles[0]?.profile)).toEqual(['a;b 7']);
  const key = written({ name: 'a;b;c', value: 7 });
  expect(foldOf(readOgTrie(Uint8Array.from(key), countHead, limits).profiles[0]?.profile)).toEqual(['a;b 7']);
});

test('more bytes than the limit are refused', () => {
  expect(() => readOgTree(hex('00 00 00'), countHead, { ...testLimits, bodyBytes: 2 })).toThrow('longer than 2 bytes');
});

test('short pieces under a long name that would make gigabytes are refused', () => {
  const child = written({ name: ';b', value: 0 });
  const count = 2_000;
  const head = [...varint(65_000), ...Buffer.alloc(65_000, 'a'), 0, ...varint(count)];
  expect(() => trie([...head, ...Array.from({ length: count }, () => child).flat()])).toThrow(
    'names add up to more than 67108864 bytes',
  );
});

test('a chain of a hundred thousand nodes is read', () => {
  const chain = Buffer.concat([
    Buffer.from('000001', 'hex'),
    Buffer.from('01610001'.repeat(100_000), 'hex'),
    hex('01620300'),
  ]);
  const profile = tree(chain).profiles[0]?.profile;
  expect([profile?.sampleCount, profile?.stacks.stackLocations.length]).toEqual([1, testLimits.stackDepth]);
});

const frame = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }).filter((name) => !name.includes(';'));
const node: fc.Memo<TestNode> = fc.memo((depth) =>
  fc.record({
    name: frame,
    value: fc.nat(),
    children: depth <= 1 ? fc.constant([]) : fc.array(node(depth - 1), { maxLength: 3 }),
  }),
);

/** The slow and obvious reading: of the nodes, not of the bytes. */
function foldNodes({ name, value = 0, children = [] }: TestNode, above: readonly string[] = []): Map<string, number> {
  const path = name === '' ? above : [...above, name];
  const sums = new Map(value > 0 ? [[path.join(';'), value] as const] : []);
  for (const child of children)
    for (const [stack, sum] of foldNodes(child, path)) sums.set(stack, (sums.get(stack) ?? 0) + sum);
  return sums;
}
const linesOf = (sums: ReadonlyMap<string, number>) => Array.from(sums, ([stack, sum]) => `${stack} ${sum}`).sort();

test('trees come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(node(4), { maxLength: 3 }), (children) => {
      const root = { name: '', children };
      const [labelled] = tree(written(root)).profiles;
      if (labelled !== undefined) assertProfileIntegrity(labelled.profile);
      expect(foldOf(labelled?.profile)).toEqual(linesOf(foldNodes(root)));
    }),
  );
});

test('keys of a trie come back whatever piece of them stands in which node', () => {
  const piece = fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('a', 'b', ';', 'ä') });
  const pieces = fc.array(fc.tuple(piece, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pieces, (chain) => {
      const expected = new Map<string, number>();
      let key = '';
      for (const [text, value] of chain) {
        key += text;
        const stack = key
          .split(';')
          .filter((name) => name !== '')
          .join(';');
        expected.set(stack, (expected.get(stack) ?? 0) + value);
      }
      const root = chain
        .toReversed()
        .reduce<TestNode | undefined>(
          (below, [name, value]) => ({ name, value, children: below === undefined ? [] : [below] }),
          undefined,
        );
      expect(foldOf(trie(written(root ?? { name: '' })).profiles[0]?.profile)).toEqual(linesOf(expected));
    }),
  );
});

test('damaged trees and tries give sound profiles or an InputError', () => {
  const leaves = Array.from({ length: 40 }, (_, i) => ({ name: `frame${i};`, value: 10 * i }));
  const bytes = Uint8Array.from(written({ name: '', children: [{ name: 'main;', value: 300, children: leaves }] }));
  expect(readDamaged(bytes, (copy) => readOgTree(copy, countHead, testLimits))).toBeGreaterThan(10);
  expect(readDamaged(bytes, (copy) => readOgTrie(copy, countHead, testLimits))).toBeGreaterThan(10);
});
