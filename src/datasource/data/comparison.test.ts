import { baselineOf, describeComparison, withLabel } from './comparison.ts';
import type { Comparison } from './profileQuery.ts';

const range = { startMillis: 700_000_000, endMillis: 700_900_000 };
const weekMillis = 7 * 86_400_000;

for (const [comparison, words, expected] of [
  [
    { kind: 'offset', offset: '1w' },
    'same time last week',
    { labelSelector: '{a="b"}', startMillis: 700_000_000 - weekMillis, endMillis: 700_900_000 - weekMillis },
  ],
  [
    { kind: 'offset', offset: '90m' },
    '90m earlier',
    { labelSelector: '{a="b"}', startMillis: 694_600_000, endMillis: 695_500_000 },
  ],
  [{ kind: 'selector', labelSelector: '{c="d"}' }, '{c="d"}', { labelSelector: '{c="d"}', ...range }],
  [
    { kind: 'selector', labelSelector: '{c="d"}', offset: '1m' },
    '{c="d"}, 1m earlier',
    { labelSelector: '{c="d"}', startMillis: 699_940_000, endMillis: 700_840_000 },
  ],
  [
    { kind: 'label', name: 'version', value: 'v1' },
    'version v1',
    { labelSelector: '{a="b", version="v1"}', ...range },
  ],
  [
    { kind: 'range', startMillis: 1, endMillis: 2 },
    'another time range',
    { labelSelector: '{a="b"}', startMillis: 1, endMillis: 2 },
  ],
] as const satisfies readonly (readonly [Comparison, string, object])[]) {
  test(`"${words}" is a baseline`, () => {
    expect(baselineOf(comparison, '{a="b"}', range)).toEqual(expected);
    expect(describeComparison(comparison)).toBe(words);
  });
}

test('an offset that is none is quoted, with what to write instead', () => {
  expect(() => baselineOf({ kind: 'offset', offset: 'last week' }, '{}', range)).toThrow(
    '"last week" is no offset to compare with: write 1w, 1d or 30m',
  );
});

test('the label of the other version takes the place of every matcher of that label', () => {
  expect(withLabel('{version=~"v2.*", a="b", version!="v2.1"}', 'version', 'v1')).toBe('{a="b", version="v1"}');
});
