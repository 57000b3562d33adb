import { justBefore, previousOf } from './compareSides.ts';
import { changesOf } from './changes.ts';
import { sampleCountType } from '../../datasource/data/sampleCount.ts';
import { decodeDiff } from '../../datasource/data/diffFrame.ts';

const range = { startMillis: 1_000, endMillis: 2_000 };
const version = (name: string, ...times: readonly number[]) => ({
  labels: [{ name: 'version', value: name }],
  points: times.map((time) => ({ timestamp: String(time), value: 1 })),
});

test('the version before the newest is the baseline, at its own time when it is gone', () => {
  const gone = [version('v3', 900, 2_000), version('v1', 100), version('v2', 400, 800)];
  expect(previousOf(gone, 'version', '{service_name="a", version="v3"}', range)).toEqual({
    kind: 'range',
    startMillis: -200,
    endMillis: 800,
    labelSelector: '{service_name="a", version="v2"}',
  });
});

test('where both still run, the baseline is of the same time', () => {
  const both = [version('v2', 1_500, 2_000), version('v1', 100, 1_900)];
  expect(previousOf(both, 'version', '{}', range)).toEqual({ kind: 'label', name: 'version', value: 'v1' });
});

test('one version has none before it', () => {
  expect(previousOf([version('v1', 1), version('', 0)], 'version', '{}', range)).toBeUndefined();
});

test('right before is as long as the range', () => {
  expect(justBefore(range)).toEqual({ kind: 'range', startMillis: 0, endMillis: 1_000 });
});

// a 50 -> 56 %, b 50 -> 44 %.
const graph = decodeDiff(
  {
    names: ['total', 'a', 'b'],
    levels: [
      { values: ['0', '100', '0', '0', '100', '0', '0'] },
      { values: ['0', '50', '50', '0', '56', '56', '1', '0', '50', '50', '0', '44', '44', '2'] },
    ],
  },
  'count',
);

for (const [samples, isSignificant] of [
  [100, false],
  [1_000, true],
] as const) {
  test(`6 points of ${samples} samples are ${isSignificant ? 'beyond' : 'within'} chance`, () => {
    const changes = changesOf(graph, { before: samples, after: samples }, 10);
    expect(changes.map(({ name, difference }) => [name, Math.round(difference * 100)])).toEqual([
      ['a', 6],
      ['b', -6],
    ]);
    expect(changes.map((change) => change.isSignificant)).toEqual([isSignificant, isSignificant]);
  });
}

test('without counted samples nobody knows', () => {
  expect(changesOf(graph, undefined, 1)[0]?.isSignificant).toBeUndefined();
  expect(sampleCountType('memory:inuse_space:bytes:space:bytes')).toBeUndefined();
});
