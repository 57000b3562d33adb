import { emptyTree } from '../query/buildCallTree.ts';
import { flameGraphFrames } from './flameGraphFrame.ts';
import type { AskedQuery } from './questions.ts';
import { readSavedQuery } from './savedQuery.ts';

const asked: AskedQuery = {
  refId: 'A',
  query: readSavedQuery({ profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds' }),
  tenant: 'anonymous',
  startMillis: 1,
  endMillis: 2,
  stepSeconds: 15,
  target: { uid: 'u', name: 'n' },
};
/** main has b, then a; nodes do not stand in the order of the frame. */
const tree = {
  count: 4,
  parent: Int32Array.of(-1, 0, 1, 1),
  name: Uint32Array.of(0, 1, 2, 3),
  names: ['total', 'main', 'b', 'a'],
  self: BigInt64Array.of(0n, 1n, 2n, 3n),
  total: BigInt64Array.of(6n, 6n, 2n, 3n),
};

test('what was read whole is told to be exact, in the fields that Grafana knows', () => {
  const [frame] = flameGraphFrames(asked, tree);
  expect(frame?.fields.map(({ name }) => name)).toEqual(['level', 'value', 'self', 'label']);
  expect(frame?.meta.custom).toMatchObject({ accuracy: { kind: 'exact' } });
  expect(flameGraphFrames(asked, emptyTree)).toEqual([]);
});

test('an estimate tells its bound, and each frame its own', () => {
  const shareErrors = Float64Array.of(0, 0.01, 0.02, 0.03);
  const estimate = { exact: false, sampledShare: 0.1, errorBound: 0.03 };
  const [frame] = flameGraphFrames(asked, { ...tree, shareErrors }, '', estimate);
  const field = frame?.fields.find(({ name }) => name === 'shareError');
  // total, main, a, b.
  expect([...(field?.values ?? [])]).toEqual([0, 0.01, 0.03, 0.02]);
  expect(frame?.meta.custom).toMatchObject({ accuracy: { kind: 'estimate', bound: 0.03, confidence: 0.95 } });
});
