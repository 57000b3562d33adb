import { formatCount, formatShare, formatValue } from './formatValue.ts';

const cases: readonly (readonly [number, string, string])[] = [
  [0, 'nanoseconds', '0 ns'],
  [999, 'nanoseconds', '999 ns'],
  [1_500, 'nanoseconds', '1.5 µs'],
  [12_340_000, 'nanoseconds', '12.3 ms'],
  [999_960_000, 'nanoseconds', '1 s'],
  [186e9, 'nanoseconds', '3.1 min'],
  [59.99e9, 'nanoseconds', '1 min'],
  [2 * 3600e9, 'nanoseconds', '2 h'],
  [250_000e9 * 3.6, 'nanoseconds', '250 h'],
  [1_500, 'milliseconds', '1.5 s'],
  [3, 'microseconds', '3 µs'],
  [90, 'seconds', '1.5 min'],
  [512, 'bytes', '512 B'],
  [1536, 'bytes', '1.5 KiB'],
  [3 * 2 ** 30, 'bytes', '3 GiB'],
  [2 ** 20 - 1, 'bytes', '1 MiB'],
  [11_160, 'count', '11.2k'],
  [7, 'count', '7'],
  [2_500_000, 'objects', '2.5M objects'],
  [0.25, 'count', '0.25'],
  [-1_500, 'nanoseconds', '-1.5 µs'],
  [4, '', '4'],
];
for (const [value, unit, text] of cases) {
  test(`${value} ${unit} is written ${text}`, () => expect(formatValue(value, unit)).toBe(text));
}

const shares: readonly (readonly [number, number, string])[] = [
  [1, 4, '25 %'],
  [1, 3, '33.3 %'],
  [1, 1, '100 %'],
  [0, 5, '0 %'],
  [5, 0, '0 %'],
  [1, 1_000_000, '< 0.01 %'],
  [1, 2_000, '0.05 %'],
];
for (const [part, whole, text] of shares) {
  test(`${part} of ${whole} is ${text}`, () => expect(formatShare(part, whole)).toBe(text));
}

test('counts are grouped by thousands', () => {
  expect([7, 999, 1_000, 1_234_567].map(formatCount)).toEqual(['7', '999', '1,000', '1,234,567']);
});
