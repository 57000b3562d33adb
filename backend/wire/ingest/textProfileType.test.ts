import { formatProfileType } from '../../model/profileType.ts';
import { readSampleRate, splitTypeSuffix, textProfileType } from './textProfileType.ts';

const idOf = (suffix: string): string => {
  const { name, sampleType, periodType } = textProfileType(suffix, 100);
  return formatProfileType({
    name,
    sampleType: sampleType.type,
    sampleUnit: sampleType.unit,
    periodType: periodType?.type ?? '',
    periodUnit: periodType?.unit ?? '',
  });
};

// The ids are those that a running Pyroscope answered after such uploads, or of its documented table.
for (const [suffix, id] of [
  ['', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'],
  ['cpu', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'],
  ['itimer', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'],
  ['wall', 'wall:wall:nanoseconds:cpu:nanoseconds'],
  ['seconds', 'wall:wall:nanoseconds:cpu:nanoseconds'],
  ['milliseconds', 'wall:wall:nanoseconds:cpu:nanoseconds'],
  ['microseconds', 'wall:wall:nanoseconds:cpu:nanoseconds'],
  ['nanoseconds', 'wall:wall:nanoseconds:cpu:nanoseconds'],
  ['inuse_objects', 'memory:inuse_objects:count::'],
  ['inuse_space', 'memory:inuse_space:bytes::'],
  ['alloc_objects', 'memory:alloc_objects:count::'],
  ['alloc_space', 'memory:alloc_space:bytes::'],
  ['alloc_in_new_tlab_objects', 'memory:alloc_in_new_tlab_objects:count::'],
  ['alloc_in_new_tlab_bytes', 'memory:alloc_in_new_tlab_bytes:bytes::'],
  ['alloc_outside_tlab_objects', 'memory:alloc_outside_tlab_objects:count::'],
  ['alloc_outside_tlab_bytes', 'memory:alloc_outside_tlab_bytes:bytes::'],
  ['live', 'memory:live:count::'],
  ['bytes', 'memory:samples:bytes::'],
  ['goroutines', 'goroutine:goroutines:count::'],
  ['mutex_count', 'mutex:contentions:count::'],
  ['mutex_duration', 'mutex:delay:nanoseconds::'],
  ['block_count', 'block:contentions:count::'],
  ['block_duration', 'block:delay:nanoseconds::'],
  ['lock_count', 'block:contentions:count::'],
  ['lock_duration', 'block:delay:nanoseconds::'],
  ['exceptions', 'exceptions:samples:count::'],
] as const) {
  test(`the suffix "${suffix}" is ${id}`, () => expect(idOf(suffix)).toBe(id));
}

for (const suffix of ['nope', 'CPU', 'constructor', '__proto__']) {
  test(`the suffix "${suffix}" is refused`, () => {
    expect(() => idOf(suffix)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: `unknown profile type: ${suffix}` }) as Error,
    );
  });
}

test('samples of CPU time are scaled to nanoseconds by the rate, bytes are not', () => {
  expect(textProfileType('cpu', 50)).toMatchObject({ multiplier: 1_000_000_000n, divisor: 50n, period: 20_000_000n });
  expect(textProfileType('inuse_space', 50)).toMatchObject({ multiplier: 1n, divisor: 1n, period: 0n });
});

test('the last part of the name is the type, and only that', () => {
  expect(splitTypeSuffix('shop.cart.cpu')).toEqual({ app: 'shop.cart', suffix: 'cpu' });
  expect(splitTypeSuffix('shop')).toEqual({ app: 'shop', suffix: '' });
});

test('the sample rate is 100 unless it is said', () => {
  expect([undefined, '', '1', '97', '1000000000'].map(readSampleRate)).toEqual([100, 100, 1, 97, 1_000_000_000]);
});
for (const text of ['0', '-1', '1.5', '1e3', 'abc', '1000000001', '99999999999']) {
  test(`a sample rate of ${text} is refused`, () => expect(() => readSampleRate(text)).toThrow('sampleRate: '));
}
