import { readAccuracy } from './accuracy.ts';

for (const [header, expected] of [
  [null, undefined],
  ['', undefined],
  ['exact', { kind: 'exact' }],
  ['fraction=0.1;bound=0.004', { kind: 'estimate', bound: 0.004, confidence: 0.95 }],
  ['fraction=0.0001; bound=1.2e-3', { kind: 'estimate', bound: 0.0012, confidence: 0.95 }],
  ['fraction=0.1', undefined],
  ['bound=e', undefined],
] as const) {
  test(`the header ${JSON.stringify(header)} says ${JSON.stringify(expected)}`, () => {
    expect(readAccuracy(header)).toEqual(expected);
  });
}
