import { agoText } from './agoText.ts';

const now = 1_800_000_000_000;
for (const [seconds, text] of [
  [-3, 'now'],
  [0.9, 'now'],
  [1, '1 s ago'],
  [59.9, '59 s ago'],
  [60, '1 min ago'],
  [3_599, '59 min ago'],
  [7_200, '2 h ago'],
  [86_400 * 3.5, '3 d ago'],
] as const) {
  test(`${seconds} seconds is "${text}"`, () => expect(agoText(now - seconds * 1_000, now)).toBe(text));
}
