import fc from 'fast-check';
import { timeTicks, valueTicks } from './chartScale.ts';

for (const [most, ticks] of [
  [0, [0, 1]],
  [0.93, [0, 0.5, 1]],
  [1, [0, 0.5, 1]],
  [7, [0, 4, 8]],
  [23, [0, 15, 30]],
] as const) {
  test(`an axis up to ${most} has ${ticks.join(', ')}`, () => expect(valueTicks(most)).toEqual(ticks));
}

test('bytes are round in powers of two', () => expect(valueTicks(700, true)).toEqual([0, 512, 1_024]));

test('whatever the values, nothing exceeds the axis and little of it stays empty', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e18, noNaN: true }), fc.boolean(), (most, bytes) => {
      const top = valueTicks(most, bytes).at(-1) ?? 0;
      expect(top).toBeGreaterThanOrEqual(most);
      expect(top).toBeLessThanOrEqual(most * 2.01);
    }),
  );
});

test('whatever the range, times are inside, in order, evenly apart and not too many', () => {
  const start = fc.integer({ min: 1.6e12, max: 1.9e12 });
  fc.assert(
    fc.property(start, fc.integer({ min: 60_000, max: 40 * 86_400_000 }), (startMillis, length) => {
      const ticks = timeTicks(startMillis, startMillis + length, 8);
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      expect(ticks.length).toBeLessThanOrEqual(9);
      ticks.forEach(({ at }, i) => {
        expect(at).toBeGreaterThanOrEqual(startMillis);
        expect(at).toBeLessThanOrEqual(startMillis + length);
        if (i > 1) expect(at - (ticks[i - 1]?.at ?? 0)).toBe((ticks[1]?.at ?? 0) - (ticks[0]?.at ?? 0));
      });
    }),
  );
});
