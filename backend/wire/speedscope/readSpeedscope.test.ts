import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { unixNanos } from '../../model/time.ts';
import { bytesOf, foldOf, framesOf, readDamaged, sumOf, testLimits, typeIdsOf } from '../folded/testFolding.ts';
import type { SpeedscopeHead } from './readSpeedscope.ts';
import { readSpeedscope } from './readSpeedscope.ts';

const head: SpeedscopeHead = { labels: [], timeNanos: unixNanos(0n), durationNanos: 0n, sampleRate: 100 };
const frames = [{ name: 'a' }, { name: 'b', file: 'b.js', line: 3, col: 7 }, { name: 'c' }];
const fileOf = (profile: object, more: object = {}) => ({ shared: { frames }, profiles: [profile], ...more });
const read = (file: object, limits = testLimits) => readSpeedscope(bytesOf(JSON.stringify(file)), head, limits);
const event = (type: string, at: number, frame: number) => ({ type, at, frame });

const evented = {
  type: 'evented',
  name: 'main thread',
  unit: 'milliseconds',
  startValue: 0,
  endValue: 10,
  events: [
    event('O', 1, 0),
    event('O', 1.5, 1),
    event('C', 4, 1),
    event('O', 4, 2),
    event('C', 6, 2),
    event('C', 9, 0),
  ],
};
const sampled = { type: 'sampled', name: '', unit: 'none', samples: [[0, 1], [0], [0, 1]], weights: [1, 2, 3.5] };

test('between two events the time belongs to the open frames; idle time belongs to nobody', () => {
  const reading = read(fileOf(evented));
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a 3500000', 'a;b 2500000', 'a;c 2000000']);
  expect(typeIdsOf(reading)).toEqual(['wall:wall:nanoseconds:cpu:nanoseconds']);
  expect(reading.profiles[0]?.labels).toContainEqual({ name: 'profile_name', value: 'main thread' });
});

test('samples without a unit are CPU samples at the sample rate; equal stacks are added before rounding', () => {
  const reading = read(fileOf(sampled));
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a 20000000', 'a;b 45000000']);
  expect(typeIdsOf(reading)).toEqual(['process_cpu:cpu:nanoseconds:cpu:nanoseconds']);
  expect(reading.profiles[0]?.labels).toEqual([{ name: '__name__', value: 'process_cpu' }]);
});

test('frames keep file, line and column', () => {
  const profile = read(fileOf(sampled)).profiles[0]?.profile;
  expect(profile && framesOf(profile, 1).map(({ name }) => name)).toEqual(['a', 'b']);
  expect([...(profile?.stacks.locations.lineNumber ?? [])]).toEqual([0, 3, 0]);
  expect([...(profile?.stacks.locations.lineColumn ?? [])]).toEqual([0, 7, 0]);
});

test('frames that call themselves are kept apart', () => {
  const events = [event('O', 0, 0), event('O', 1, 0), event('C', 3, 0), event('C', 4, 0)];
  expect(foldOf(read(fileOf({ ...evented, events })).profiles[0]?.profile)).toEqual(['a 2000000', 'a;a 2000000']);
});

test('negative weights are left out and counted, weights of 0 say nothing', () => {
  const reading = read(fileOf({ ...sampled, weights: [-1, 2, 0] }));
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['a 20000000']);
  expect(reading.leftOut).toEqual([
    { reason: 'negative_value', samples: 1, message: 'speedscope, profiles[0].weights[0]: negative' },
  ]);
});

test('stacks deeper than the limit lose frames at the leaf', () => {
  const deep = { ...sampled, samples: [[0, 1, 2], [0, 1, 0], [0]], weights: [1, 2, 4] };
  expect(foldOf(read(fileOf(deep), { ...testLimits, stackDepth: 2 }).profiles[0]?.profile)).toEqual([
    'a 40000000',
    'a;b 30000000',
  ]);
});

const p = 'speedscope, profiles[0]';
const wrong: readonly (readonly [file: unknown, message: string])[] = [
  [[], 'speedscope, the file: expected an object'],
  [{}, 'speedscope, shared: expected an object'],
  [{ shared: {} }, 'speedscope, shared.frames: expected a list'],
  [{ shared: { frames: [{}] } }, 'speedscope, shared.frames[0].name: expected a string'],
  [{ shared: { frames: [{ name: 'a', file: 1 }] } }, 'speedscope, shared.frames[0].file: expected a string'],
  [{ shared: { frames: [{ name: 'a', line: '1' }] } }, 'speedscope, shared.frames[0].line: expected a number'],
  [{ shared: { frames } }, 'speedscope, profiles: expected a list'],
  [fileOf([]), `${p}: expected an object`],
  [fileOf({}), `${p}.type: expected "evented" or "sampled"`],
  [fileOf({ ...sampled, unit: 'hours' }), `${p}.unit: expected none, bytes`],
  [fileOf({ ...sampled, name: 4 }), `${p}.name: expected a string`],
  [fileOf({ ...sampled, samples: {} }), `${p}.samples: expected a list`],
  [fileOf({ ...sampled, weights: [1] }), `${p}.weights: 1 weights for 3 samples`],
  [fileOf({ ...sampled, weights: [1, 2, '3'] }), `${p}.weights[2]: expected a number`],
  [fileOf({ ...sampled, samples: [[0], [3], [0]] }), `${p}.samples[1][0]: expected an index below 3, got 3`],
  [fileOf({ ...sampled, samples: [[0], [0.5], [0]] }), `${p}.samples[1][0]: expected an index below 3, got 0.5`],
  [fileOf({ ...sampled, samples: [[0], [-1], [0]] }), `${p}.samples[1][0]: expected an index below 3, got -1`],
  [fileOf({ ...evented, startValue: undefined }), `${p}.startValue: expected a number`],
  [fileOf({ ...evented, events: [event('O', -1, 0)] }), `${p}.events[0].at: -1 is before 0`],
  [fileOf({ ...evented, events: [event('X', 1, 0)] }), `${p}.events[0].type: expected "O" or "C"`],
  [fileOf({ ...evented, events: [event('C', 1, 0)] }), `${p}.events[0].frame: frame 0 is not the open one`],
  [fileOf({ ...evented, events: [event('O', 1, 0)] }), `${p}.events: frame 0 is never closed`],
  [fileOf({ ...sampled, weights: [1e300, 1, 1] }), 'does not fit 64 bits'],
];
for (const [file, message] of wrong) {
  test(`${JSON.stringify(file).slice(0, 120)} is refused: ${message}`, () => {
    expect(() => readSpeedscope(bytesOf(JSON.stringify(file)), head, testLimits)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
}

for (const text of ['{', '', 'null', '[[[[', `${'['.repeat(500_000)}`]) {
  test(`${JSON.stringify(text.slice(0, 10))} of ${text.length} characters is refused`, () => {
    expect(() => readSpeedscope(bytesOf(text), head, testLimits)).toThrow('speedscope, the file: ');
  });
}

test('a weight of 1e999 is no number', () => {
  const text = JSON.stringify(fileOf(sampled)).replace('3.5', '1e999');
  expect(() => readSpeedscope(bytesOf(text), head, testLimits)).toThrow(`${p}.weights[2]: expected a number`);
});

test.each([
  [20, 2_000],
  [1, 10_000],
])('%i profile(s) of %i nested events that would make gigabytes of stacks are refused', (count, depth) => {
  const open = Array.from({ length: depth }, (_, i) => event('O', i, 0));
  const close = Array.from({ length: depth }, (_, i) => event('C', depth + i, 0));
  const profile = { ...evented, events: [...open, ...close] };
  const file = { shared: { frames }, profiles: Array.from({ length: count }, () => profile) };
  expect(() => read(file)).toThrow('more than 8388608 frames in all stacks');
});

test('damaged JSON gives sound profiles or an InputError', () => {
  const bytes = bytesOf(JSON.stringify({ shared: { frames }, profiles: [evented, sampled] }));
  expect(readDamaged(bytes, (copy) => readSpeedscope(copy, head, testLimits))).toBeGreaterThan(5);
});

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const goldenBytes = (name: string): Uint8Array => readFileSync(join(golden ?? '', 'speedscope', name));
const readGolden = (name: string) => readSpeedscope(goldenBytes(name), head, testLimits);

// The sums are what a running Pyroscope answered for these files.
for (const [name, ids, names, sum] of [
  ['simple.speedscope.json', ['process_cpu:cpu:nanoseconds:cpu:nanoseconds'], ['simple.txt'], 140_000_000n],
  [
    'two-sampled.speedscope.json',
    Array(2).fill('wall:wall:nanoseconds:cpu:nanoseconds'),
    ['one', 'two'],
    28n * 10n ** 9n,
  ],
  ['two-sampled-bytes.speedscope.json', Array(2).fill('memory:samples:bytes::'), ['one', 'two'], 28n],
  [
    'duplicates.speedscope.json',
    Array(3).fill('process_cpu:cpu:nanoseconds:cpu:nanoseconds'),
    ['one', 'one', 'one'],
    42n * 10n ** 9n,
  ],
] as const) {
  goldenTest(`${name} becomes ${names.length} profile(s), c 5, d 4 and b itself 5 in each`, () => {
    const reading = readGolden(name);
    const { profiles } = reading;
    expect(typeIdsOf(reading)).toEqual(ids);
    expect(profiles.map(({ labels }) => labels.find((label) => label.name === 'profile_name')?.value)).toEqual(names);
    expect(profiles.reduce((total, { profile }) => total + sumOf(profile), 0n)).toBe(sum);
    const unit = sum / 14n / BigInt(profiles.length);
    const expected = [`a;b ${5n * unit}`, `a;b;c ${5n * unit}`, `a;b;d ${4n * unit}`];
    for (const { profile } of profiles) expect(foldOf(profile)).toEqual(expected);
  });
  goldenTest(`${name}, damaged, gives sound profiles or an InputError`, () => {
    expect(readDamaged(goldenBytes(name), (copy) => readSpeedscope(copy, head, testLimits))).toBeGreaterThan(0);
  });
}
