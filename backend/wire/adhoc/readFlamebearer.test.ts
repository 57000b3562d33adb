import fc from 'fast-check';
import { InputError } from '../../errors.ts';
import { foldedOfTree, treeOfFolded } from '../../model/foldedTree.ts';
import { writeFlamebearer } from '../pyroscope/writeFlamebearer.ts';
import { writeFlameGraph } from '../pyroscope/writeFlameGraph.ts';
import { isFlamebearer, readFlamebearer } from './readFlamebearer.ts';

const read = (json: unknown) => {
  if (typeof json !== 'object' || json === null || !isFlamebearer(json)) throw new Error('no flamebearer');
  return readFlamebearer(json);
};
const folded = (json: unknown) => read(json).trees.map(foldedOfTree);
const single = (levels: readonly unknown[], names: readonly string[] = ['total', 'a', 'b', 'c']) => ({
  flamebearer: { names, levels, numTicks: 0, maxSelf: 0 },
});

test('bars become a tree, the offsets counted from the bar before', () => {
  const levels = [
    [0, 4, 0, 0],
    [0, 4, 0, 1],
    [0, 1, 1, 2, 1, 2, 2, 3],
  ];
  expect(folded(single(levels))).toEqual([['a;b 1', 'a;c 2']]);
});

test('the two sides of a diff become two trees on the same nodes', () => {
  const json = {
    flamebearer: {
      names: ['total', 'a', 'c', 'b'],
      levels: [
        [0, 3, 0, 0, 12, 0, 0],
        [0, 3, 0, 0, 12, 0, 1],
        [0, 1, 1, 0, 4, 4, 3, 0, 2, 2, 0, 8, 8, 2],
      ],
    },
    metadata: { format: 'double', name: 'cpu', units: 'samples', sampleRate: 7 },
  };
  expect(folded(json)).toEqual([
    ['a;b 1', 'a;c 2'],
    ['a;b 4', 'a;c 8'],
  ]);
  expect(read(json)).toMatchObject({ name: 'cpu', units: 'samples', sampleRate: 7, spyName: '' });
});

test('a node that one side lacks has nothing there', () => {
  const levels = [
    [0, 3, 0, 0, 5, 0, 0],
    [0, 3, 3, 0, 0, 0, 1, 0, 0, 0, 0, 5, 5, 2],
  ];
  const json = { flamebearer: { names: ['total', 'a', 'b'], levels }, metadata: { format: 'double' } };
  expect(folded(json)).toEqual([['a 3'], ['b 5']]);
});

test('what was written comes back, whatever the tree', () => {
  const stack = fc.array(fc.constantFrom('a', 'b', 'c', 'other'), { minLength: 1, maxLength: 5 });
  const line = fc.tuple(stack, fc.integer({ min: 1, max: 1_000 }));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const tree = treeOfFolded(lines.map(([frames, value]) => `${frames.join(';')} ${value}`));
      const head = { name: 'x', units: '', sampleRate: 100, spyName: '' };
      const json: unknown = JSON.parse(writeFlamebearer(writeFlameGraph(tree), head));
      expect(folded(json)).toEqual([foldedOfTree(tree)]);
    }),
  );
});

// [what is wrong, the JSON, the place that is told]
const wrong: readonly (readonly [string, unknown, string])[] = [
  ['no names', { flamebearer: { levels: [] } }, 'flamebearer.names: expected a list'],
  ['no levels', { flamebearer: { names: [] } }, 'flamebearer.levels: expected a list'],
  ['no root', single([]), 'there is no root'],
  ['a level that is no list', single([7]), 'levels[0]: expected a list'],
  ['half a bar', single([[0, 4, 0]]), 'levels[0][3]: expected a whole number'],
  ['a negative width', single([[0, -4, 0, 0]]), 'levels[0][1]: expected a whole number'],
  ['a fraction', single([[0, 1.5, 0, 0]]), 'levels[0][1]: expected a whole number'],
  ['a name that is not there', single([[0, 1, 0, 4]]), 'levels[0][3]: expected an index below 4'],
  ['two roots', single([[0, 1, 0, 0, 0, 1, 0, 1]]), 'levels[0][4]: more than one root'],
  [
    'a bar outside of its parent',
    single([
      [0, 1, 0, 0],
      [0, 2, 0, 1],
    ]),
    'levels[1][0]: no bar',
  ],
  ['a bar under nothing', single([[0, 1, 0, 0], [], [0, 1, 0, 1]]), 'levels[2][0]: no bar'],
  ['a third format', { ...single([]), metadata: { format: 'triple' } }, 'metadata.format: expected'],
];
for (const [what, json, message] of wrong) {
  test(`${what} is refused with the place`, () => {
    expect(() => read(json)).toThrow(InputError);
    expect(() => read(json)).toThrow(message);
  });
}
