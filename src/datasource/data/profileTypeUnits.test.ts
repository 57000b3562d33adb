import { flameGraphUnit, metricUnit } from './profileTypeUnits.ts';

for (const [id, flame, metric, valueOfStep] of [
  ['process_cpu:cpu:nanoseconds:cpu:nanoseconds', 'ns', 'cores', 1e-10],
  ['process_cpu:samples:count:cpu:nanoseconds', 'short', 'cps', 0.1],
  ['memory:alloc_space:bytes:space:bytes', 'bytes', 'binBps', 0.1],
  ['memory:inuse_space:bytes:space:bytes', 'bytes', 'bytes', 1],
  ['mutex:delay:nanoseconds:contentions:count', 'ns', 'suffix: s/s', 1e-10],
  ['wall:wall:microseconds:wall:microseconds:delta', 'µs', 'suffix: s/s', 1e-7],
  ['gpu:power:joules::', 'joules', 'suffix: joules/s', 0.1],
] as const) {
  test(`${id} is drawn in ${flame} and over time in ${metric}`, () => {
    expect(flameGraphUnit(id)).toBe(flame);
    expect(metricUnit(id).unit).toBe(metric);
    expect(metricUnit(id).factor(10)).toBeCloseTo(valueOfStep, 15);
  });
}
