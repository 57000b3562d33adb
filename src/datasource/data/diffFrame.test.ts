import fc from 'fast-check';
import { decodeDiff, diffFrame, isEmptyDiff } from './diffFrame.ts';

// Reference pyroscope-api 2.2: a;b 1, a;c 2 against a;b 4, a;c 8.
const answer = {
  names: ['total', 'a', 'c', 'b'],
  levels: [
    { values: ['0', '3', '0', '0', '12', '0', '0'] },
    { values: ['0', '3', '0', '0', '12', '0', '1'] },
    { values: ['0', '1', '1', '0', '4', '4', '3', '0', '2', '2', '0', '8', '8', '2'] },
  ],
  leftTicks: '3',
  rightTicks: '12',
};

test('both sides of every bar come back, depth first', () => {
  const graph = decodeDiff(answer, 'count');
  const rows = [...graph.name].map((name, bar) => [
    graph.level[bar],
    graph.names[name],
    graph.total[bar],
    graph.self[bar],
    graph.totalRight?.[bar],
    graph.selfRight?.[bar],
  ]);
  expect(rows).toEqual([
    [0, 'total', 3, 0, 12, 0],
    [1, 'a', 3, 0, 12, 0],
    [2, 'b', 1, 1, 4, 4],
    [2, 'c', 2, 2, 8, 8],
  ]);
});

test('bars that one side lacks keep their parents, whatever the sides are', () => {
  const side = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9));
  fc.assert(
    fc.property(side, side, (left, right) => {
      fc.pre(left.every((value, i) => value + (right[i] ?? 0) > 0));
      const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
      // a with x and y below it, then b.
      const [lx, ly, lb] = left;
      const [rx, ry, rb] = right;
      const bar = (...numbers: readonly number[]) => numbers.map(String);
      const levels = [
        bar(0, sum(left), 0, 0, sum(right), 0, 0),
        [...bar(0, lx + ly, 0, 0, rx + ry, 0, 1), ...bar(0, lb, lb, 0, rb, rb, 4)],
        [...bar(0, lx, lx, 0, rx, rx, 2), ...bar(0, ly, ly, 0, ry, ry, 3)],
      ].map((values) => ({ values }));
      const graph = decodeDiff({ names: ['total', 'a', 'x', 'y', 'b'], levels }, 'count');
      expect([...graph.name].map((name) => graph.names[name])).toEqual(['total', 'a', 'x', 'y', 'b']);
      expect([...graph.level]).toEqual([0, 1, 2, 2, 1]);
      expect([...graph.total]).toEqual([sum(left), lx + ly, lx, ly, lb]);
      expect([...(graph.totalRight ?? [])]).toEqual([sum(right), rx + ry, rx, ry, rb]);
    }),
  );
});

test('the frame has the fields of a difference, and tells both ranges', () => {
  const sides = { baseline: 'last week', baselineStartMillis: 1, baselineEndMillis: 2, startMillis: 3, endMillis: 4 };
  const frame = diffFrame('A', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds', answer, sides);
  expect(frame.fields.map(({ name, config }) => `${name} ${config.unit ?? ''}`)).toEqual([
    'level ',
    'value ns',
    'self ns',
    'valueRight ns',
    'selfRight ns',
    'label ',
  ]);
  expect(frame.meta).toMatchObject({ preferredVisualisationType: 'flamegraph', custom: sides });
  expect(frame.length).toBe(4);
});

test('a diff is empty when neither side has anything', () => {
  expect(isEmptyDiff({})).toBe(true);
  expect(isEmptyDiff({ leftTicks: '0', rightTicks: '1' })).toBe(false);
});
