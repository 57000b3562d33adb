import fc from 'fast-check';
import { formatOverTime, headlineOf, scaledPoints, stepsOf } from './overTime.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const minute = { startMillis: 0, endMillis: 60_000 };

test('CPU time of a step is shown as cores', () => {
  expect(scaledPoints(cpu, [{ timeMillis: 5, value: 30e9 }], 15_000)).toEqual([{ timeMillis: 5, value: 2 }]);
});

for (const [type, value, text, headline] of [
  [cpu, 2, '2 cores', '2 cores on average · 2 min'],
  [cpu, 0.0123, '0.012 cores', '0.012 cores on average · 738 ms'],
  ['mutex:delay:nanoseconds:contentions:count', 0.5, '500 ms per s', '500 ms per s on average · 30 s'],
  ['memory:alloc_space:bytes:space:bytes', 1_024, '1 KiB/s', '1 KiB/s on average · 60 KiB'],
] as const) {
  test(`${type} is written as ${text}`, () => {
    expect(formatOverTime(type, value)).toBe(text);
    const perSecond = type.includes('bytes') ? 1 : 1e9;
    expect(headlineOf(type, value * 60 * perSecond, minute)).toBe(headline);
  });
}

test('a state has no rate, and its sum over profiles says so', () => {
  const heap = 'memory:inuse_space:bytes:space:bytes';
  expect(formatOverTime(heap, 2_048)).toBe('2 KiB');
  expect(headlineOf(heap, 2_048, minute)).toBe('2 KiB in all profiles');
});

test('steps cover the range, are whole multiples, and stay few', () => {
  const length = fc.integer({ min: 1_000, max: 400 * 86_400_000 });
  fc.assert(
    fc.property(fc.integer({ min: 1.6e12, max: 1.9e12 }), length, (startMillis, millis) => {
      const steps = stepsOf({ startMillis, endMillis: startMillis + millis });
      expect(steps.startMillis % steps.stepMillis).toBe(0);
      expect(steps.startMillis - steps.stepMillis).toBeLessThanOrEqual(startMillis);
      expect(steps.endMillis).toBeGreaterThanOrEqual(startMillis + millis);
      expect((steps.endMillis - steps.startMillis) / steps.stepMillis).toBeLessThanOrEqual(242);
    }),
  );
});
