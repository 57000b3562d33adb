import { profileTypeLabel, profileTypeMeaning } from './profileTypeMeaning.ts';

for (const [id, overTime, ofTenSeconds] of [
  ['process_cpu:cpu:nanoseconds:cpu:nanoseconds', 'cores', 1e-10],
  ['process_cpu:samples:count:cpu:nanoseconds', 'rate', 0.1],
  ['memory:alloc_space:bytes:space:bytes', 'rate', 0.1],
  ['memory:inuse_space:bytes:space:bytes', 'state', 1],
  ['mutex:delay:nanoseconds:contentions:count', 'seconds', 1e-10],
  ['wall:wall:microseconds:wall:microseconds:delta', 'seconds', 1e-7],
  ['', 'rate', 0.1],
] as const) {
  test(`"${id}" is shown over time as ${overTime}`, () => {
    const meaning = profileTypeMeaning(id);
    expect(meaning.overTime).toBe(overTime);
    expect(meaning.factor(10)).toBeCloseTo(ofTenSeconds, 15);
  });
}

test('a label names profile and value; what is no ID stays', () => {
  expect(profileTypeLabel('process_cpu:cpu:nanoseconds:cpu:nanoseconds')).toBe('process_cpu / cpu');
  expect(profileTypeLabel('$type')).toBe('$type');
});
