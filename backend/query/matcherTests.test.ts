import type { Matcher } from '../model/selector.ts';
import { toValueTests } from './matcherTests.ts';

const matching = (op: Matcher['op'], value: string, candidates: readonly string[]): readonly string[] => {
  const [test] = toValueTests([{ name: 'a', op, value }]);
  return candidates.filter((candidate) => test?.matches(candidate));
};
const values = ['', 'a', 'ab', 'b', 'a\nb', 'a|b', 'xab', 'ä'];

// The left ones take a short cut, the right ones say the same to RE2.
for (const [short, long] of [
  ['.*', '(.*)'],
  ['.+', '(.+)'],
  ['a|b', '(a)|(b)'],
  ['a', '[a]'],
  ['a.*', '[a].*'],
  ['', '(?:)'],
  ['a|', '(a)?'],
] as const) {
  for (const op of ['=~', '!~'] as const) {
    test(`${op} "${short}" says the same as "${long}"`, () => {
      expect(matching(op, short, values)).toEqual(matching(op, long, values));
    });
  }
}

test('expressions are anchored at both ends, and a dot takes a newline', () => {
  expect(matching('=~', 'a.?b', values)).toEqual(['ab', 'a\nb', 'a|b']);
  expect(matching('!~', '[ab]+', values)).toEqual(['', 'a\nb', 'a|b', 'xab', 'ä']);
});

test('alternations of literals tell the index what to look up', () => {
  expect(toValueTests([{ name: 'a', op: '=~', value: 'x|y' }])[0]?.literals).toEqual(['x', 'y']);
  expect(toValueTests([{ name: 'a', op: '!=', value: 'x' }])[0]?.literals).toBeUndefined();
});

test('what makes backtracking engines explode runs in linear time', () => {
  expect(matching('=~', '(a+)+$', [`${'a'.repeat(5_000)}b`])).toEqual([]);
});

for (const pattern of ['a(', '[', '(?=a)', '\\1', `${'a'.repeat(10_001)}`]) {
  test(`"${pattern.slice(0, 10)}" is refused`, () => {
    const error: unknown = expect.objectContaining({ code: 'invalid_argument' });
    expect(() => toValueTests([{ name: 'a', op: '=~', value: pattern }])).toThrow(error as Error);
  });
}
