import fc from 'fast-check';
import { shareInterval } from './shareInterval.ts';

// Computed by hand from Wilson's formula, to four digits.
for (const [share, samples, low, high] of [
  [0.5, 10, 0.2366, 0.7634],
  [0, 10, 0, 0.2775],
  [1, 10, 0.7225, 1],
  [0.2, 1_000, 0.1764, 0.2259],
  [2 / 3, 3, 0.2077, 0.9385],
  [0.3, 0, 0, 1],
] as const) {
  test(`${share} of ${samples} samples lies in ${low} to ${high}`, () => {
    const interval = shareInterval(share, samples);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
}

test('the interval holds its share and stays in 0 to 1', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1e9 }), (share, samples) => {
      const { low, high } = shareInterval(share, samples);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(share);
      expect(high).toBeGreaterThanOrEqual(share);
    }),
  );
});
