import { createDataFrame } from '@grafana/data';
import { emptinessOf, graphMetaOf } from './graphMeta.ts';

const asked = { startMillis: 1_000, endMillis: 61_000 };
const frameWith = (custom: object) => createDataFrame({ meta: { custom }, fields: [] });

test('what the frame says of itself wins over what was asked for', () => {
  const custom = { profileTypeId: 'a:b:c::', startMillis: 0, endMillis: 10_000, samples: 7, profiles: 3, pods: 2 };
  expect(graphMetaOf(frameWith(custom), asked)).toEqual({ ...custom, rangeSeconds: 10 });
});

test('a frame that says nothing is of the range that was asked for', () => {
  expect(graphMetaOf(createDataFrame({ fields: [] }), asked)).toEqual({ ...asked, rangeSeconds: 60 });
});

test('both sides of a diff have their range', () => {
  const custom = { startMillis: 0, endMillis: 5_000, baselineStartMillis: 0, baselineEndMillis: 9_000 };
  expect(graphMetaOf(frameWith(custom), undefined)).toMatchObject({ rangeSeconds: 5, baselineRangeSeconds: 9 });
});

for (const [accuracy, read] of [
  [{ kind: 'exact' }, { kind: 'exact' }],
  [
    { kind: 'estimate', bound: 0.006, confidence: 0.95 },
    { kind: 'estimate', bound: 0.006, confidence: 0.95 },
  ],
  [{ kind: 'estimate', bound: 'little' }, undefined],
  ['exact', undefined],
  [null, undefined],
] as const) {
  test(`the accuracy ${JSON.stringify(accuracy)} is read`, () => {
    expect(graphMetaOf(frameWith({ accuracy, samples: 'many' }), undefined)).toEqual(read === undefined ? {} : { accuracy: read });
  });
}

test('why there is nothing is found in any frame, with where something is', () => {
  const nearest = { startMillis: 1, endMillis: 2 };
  const empty = frameWith({ emptyBecause: 'No profiles.', nearest });
  expect(emptinessOf([frameWith({}), empty])).toEqual({ message: 'No profiles.', nearest });
  expect(emptinessOf([frameWith({ emptyBecause: 'None.', nearest: { startMillis: 'x' } })])).toEqual({ message: 'None.' });
  expect(emptinessOf([frameWith({})])).toBeUndefined();
});
