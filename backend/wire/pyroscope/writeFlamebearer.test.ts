import { treeOfFolded } from '../../model/foldedTree.ts';
import { flamebearerUnits, writeFlamebearer } from './writeFlamebearer.ts';
import { writeFlameGraph } from './writeFlameGraph.ts';

const head = { name: 'cpu', spyName: '', ...flamebearerUnits('cpu', 'nanoseconds') };

test('a flame graph is written as Pyroscope writes it', () => {
  const text = writeFlamebearer(writeFlameGraph(treeOfFolded(['a;b;e 1', 'a;c 2', 'a;c;d 1'])), head);
  expect(JSON.parse(text)).toEqual({
    version: 1,
    flamebearer: {
      names: ['total', 'a', 'c', 'd', 'b', 'e'],
      levels: [
        [0, 4, 0, 0],
        [0, 4, 0, 1],
        [0, 1, 0, 4, 0, 3, 2, 2],
        [0, 1, 1, 5, 2, 1, 1, 3],
      ],
      numTicks: 4,
      maxSelf: 2,
    },
    metadata: { format: 'single', spyName: '', sampleRate: 1_000_000_000, units: 'samples', name: 'cpu' },
    timeline: null,
    groups: null,
    heatmap: null,
  });
});

test('numbers past 2^53 keep every digit', () => {
  const text = writeFlamebearer(writeFlameGraph(treeOfFolded(['a 9007199254740993'])), head);
  expect(text).toContain('"levels":[[0,9007199254740993,0,0],[0,9007199254740993,9007199254740993,1]]');
});

test('a diff has the totals of both sides', () => {
  const graph = { names: ['total'], levels: [[0n, 3n, 3n, 0n, 12n, 12n, 0n]], total: 15n, maxSelf: 12n };
  const parsed: unknown = JSON.parse(writeFlamebearer({ ...graph, ticks: { left: 3n, right: 12n } }, head));
  expect(parsed).toMatchObject({ metadata: { format: 'double' }, leftTicks: 3, rightTicks: 12 });
});

// [sample type, unit, units, samples a second]
for (const [type, unit, units, sampleRate] of [
  ['cpu', 'nanoseconds', 'samples', 1_000_000_000],
  ['inuse_objects', 'count', 'objects', 100],
  ['goroutine', 'count', 'objects', 100],
  ['inuse_space', 'bytes', 'bytes', 100],
  ['delay', 'nanoseconds', 'nanoseconds', 100],
] as const) {
  test(`${type} in ${unit} is told as ${units}`, () => {
    expect(flamebearerUnits(type, unit)).toEqual({ units, sampleRate });
  });
}
