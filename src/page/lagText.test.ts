import { lagText } from './lagText.ts';

for (const [millis, text] of [
  [-61_000, 'its clock is 1 min ahead'],
  [-999, 'comes at once'],
  [0, 'comes at once'],
  [999, 'comes at once'],
  [15_500, 'comes 15 s late'],
  [119_999, 'comes 1 min late'],
  [7_200_000, 'comes 2 h late'],
] as const) {
  test(`a lag of ${millis} ms is told as "${text}"`, () => expect(lagText(millis)).toBe(text));
}
