import fc from 'fast-check';
import type { LabelMatcher } from './labelSelector.ts';
import { formatLabelSelector, parseLabelSelector } from './labelSelector.ts';

const matchersOf = (text: string): readonly LabelMatcher[] => {
  const parsed = parseLabelSelector(text);
  return parsed.kind === 'selector' ? parsed.matchers : [];
};

test('every operator, quote and blank is read', () => {
  expect(matchersOf(` { a = "x" ,b!='y', c=~\`\\d+\`, d!~"q" , } `)).toEqual([
    { name: 'a', operator: '=', value: 'x' },
    { name: 'b', operator: '!=', value: 'y' },
    { name: 'c', operator: '=~', value: '\\d+' },
    { name: 'd', operator: '!~', value: 'q' },
  ]);
});

test('variables may stand in names and values', () => {
  expect(matchersOf('{$label="$value", ${l:raw}="[[v]]"}')).toEqual([
    { name: '$label', operator: '=', value: '$value' },
    { name: '${l:raw}', operator: '=', value: '[[v]]' },
  ]);
});

for (const empty of ['', '{}', ' { } ']) {
  test(`"${empty}" selects everything`, () => {
    expect(parseLabelSelector(empty)).toEqual({ kind: 'selector', matchers: [] });
  });
}

for (const [text, message, offset] of [
  ['{a', 'one of = != =~ !~ is expected behind a', 2],
  ['{a=', 'a quoted value is expected', 3],
  ['{a="x', 'the closing " is missing', 5],
  ['{a="x"', 'a closing } is missing', 6],
  ['{a="x"} b', 'a comma or the end is expected', 8],
  ['{="x"}', 'a label name is expected', 1],
] as const) {
  test(`${text} is told to be wrong at ${offset}`, () => {
    expect(parseLabelSelector(text)).toEqual({ kind: 'mistake', message, offset });
  });
}

test('escapes are undone', () => {
  expect(matchersOf('{a="\\"\\\\\\n\\u00e4\\x41"}')[0]?.value).toBe('"\\\näA');
});

test('what was formatted is read back', () => {
  const matcher = fc.record({
    name: fc.constantFrom('a', 'service_name', '_x1'),
    operator: fc.constantFrom('=' as const, '!=' as const, '=~' as const, '!~' as const),
    value: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(fc.array(matcher), (matchers) => {
      expect(matchersOf(formatLabelSelector(matchers))).toEqual(matchers);
    }),
  );
});
