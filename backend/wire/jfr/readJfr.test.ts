/** Recordings that are written here, field by field, and what becomes of them. */
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { frameTypeName } from '../../model/frameType.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { formatLabels } from '../../model/labels.ts';
import type { Profile } from '../../model/profile.ts';
import { textAt } from '../../model/stackTable.ts';
import { unixNanos } from '../../model/time.ts';
import { withoutRunNumbers } from './generatedNames.ts';
import type { JfrUpload } from './readJfr.ts';
import { readJfr } from './readJfr.ts';
import type { TestChunk } from './testRecording.ts';
import { threadStates, writeTestChunk } from './testRecording.ts';

const upload: JfrUpload = { sampleRate: 100, timeNanos: undefined, durationNanos: undefined, delayUnit: 'ticks' };
const { running, sleeping } = threadStates;
const stacks = { 7: 'Main.run;Main.work:12', 8: 'Main.run;java/lang/Thread.sleep' };

const read = (chunk: TestChunk, more: Partial<JfrUpload> = {}, labels?: Uint8Array): WireReading => {
  const reading = readJfr(writeTestChunk(chunk), labels, { ...upload, ...more }, defaultLimits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
};

/** "labels type: root;leaf value", with the labels of the sample before its stack. */
function told({ profiles }: WireReading): readonly string[] {
  return profiles.flatMap(({ labels, profile }) =>
    profile.sampleTypes.flatMap(({ type, unit }, at) =>
      samplesOf(profile).map(
        ({ text, values }) =>
          `${formatLabels(labels)} ${type}:${unit}:${profile.periodType?.type ?? ''}:${profile.periodType?.unit ?? ''} ${text} ${values[at] ?? 0n}`,
      ),
    ),
  );
}

function samplesOf(profile: Profile): readonly { readonly text: string; readonly values: BigInt64Array }[] {
  const { stacks: table, sampleTypes, labelStart, labelName, labelText } = profile;
  const text = (index: number | undefined): string => textAt(table.strings, index ?? 0);
  return Array.from({ length: profile.sampleCount }, (_, sample) => {
    const frames = Array.from(
      table.stackLocations.subarray(table.stackStart[sample], table.stackStart[sample + 1]),
      (location) => {
        const line = table.locations.lineStart[location] ?? 0;
        const number = table.locations.lineNumber[line] ?? 0;
        const name = text(table.functions.name[table.locations.lineFunction[line] ?? 0]);
        return number === 0 ? name : `${name}:${number}`;
      },
    );
    const labels = Array.from(
      { length: (labelStart[sample + 1] ?? 0) - (labelStart[sample] ?? 0) },
      (_one, i) =>
        `${text(labelName[(labelStart[sample] ?? 0) + i])}=${text(labelText[(labelStart[sample] ?? 0) + i])} `,
    );
    return {
      text: `${labels.join('')}${frames.reverse().join(';')}`,
      values: profile.values.subarray(sample * sampleTypes.length, (sample + 1) * sampleTypes.length),
    };
  });
}

for (const isCompressed of [true, false]) {
  const integers = isCompressed ? 'compressed' : 'plain';
  const one = (name: string, row: Readonly<Record<string, number>> = {}): readonly string[] =>
    told(read({ isCompressed, stacks, events: [[name, { stackTrace: 7, ...row }]] }));
  const stack = 'Main.run;Main.work:12';

  test(`a running thread's execution sample is one period of CPU (${integers} integers)`, () => {
    expect(one('jdk.ExecutionSample', { state: running })).toEqual([
      `{__name__="process_cpu"} cpu:nanoseconds:cpu:nanoseconds ${stack} 10000000`,
    ]);
  });
  test(`a wall clock sample counts as often as it says (${integers} integers)`, () => {
    expect(one('profiler.WallClockSample', { samples: 3 })).toEqual([
      `{__name__="wall"} wall:nanoseconds:wall:nanoseconds ${stack} 30000000`,
    ]);
  });
  test(`allocations count objects and bytes, by where they were made (${integers} integers)`, () => {
    const types = (name: string, bytes: number): readonly string[] => [
      `{__name__="memory"} alloc_${name}_objects:count:space:bytes ${stack} 1`,
      `{__name__="memory"} alloc_${name}_bytes:bytes:space:bytes ${stack} ${bytes}`,
    ];
    const inNew = one('jdk.ObjectAllocationInNewTLAB', { allocationSize: 24, tlabSize: 1_000_000 });
    expect(inNew).toEqual(types('in_new_tlab', 1_000_000));
    expect(one('jdk.ObjectAllocationOutsideTLAB', { allocationSize: 5e9 })).toEqual(types('outside_tlab', 5e9));
    expect(one('jdk.ObjectAllocationSample', { weight: 77 })).toEqual(types('sample', 77));
  });
  test(`native allocations have no period (${integers} integers)`, () => {
    expect(one('profiler.Malloc', { address: 2 ** 47, size: 64 })).toEqual([
      `{__name__="memory"} malloc_objects:count:: ${stack} 1`,
      `{__name__="memory"} malloc_bytes:bytes:: ${stack} 64`,
    ]);
  });
  test(`locks are mutex and parked threads are block, with their delay (${integers} integers)`, () => {
    const types = (name: string, delay: number): readonly string[] => [
      `{__name__="${name}"} contentions:count:${name}:count ${stack} 1`,
      `{__name__="${name}"} delay:nanoseconds:${name}:count ${stack} ${delay}`,
    ];
    expect(one('jdk.JavaMonitorEnter', { duration: 1_234_567 })).toEqual(types('mutex', 1_234_567));
    expect(one('jdk.ThreadPark', { duration: 9, timeout: -1 })).toEqual(types('block', 9));
  });
  test(`live objects are counted (${integers} integers)`, () => {
    expect(one('profiler.LiveObject', { allocationSize: 16 })).toEqual([
      `{__name__="memory"} live:count:objects:count ${stack} 1`,
    ]);
  });
  test(`other events are passed by (${integers} integers)`, () => {
    const flags = [{}, {}, {}];
    const events = [['jdk.CPULoad', { flags }] as const, ['profiler.LiveObject', { stackTrace: 8 }] as const];
    expect(told(read({ isCompressed, stacks, events }))).toEqual([
      '{__name__="memory"} live:count:objects:count Main.run;java/lang/Thread.sleep 1',
    ]);
  });
}

test('a sleeping thread takes no CPU, and is seen by a sampler of wall time alone', () => {
  const sample = (state: number) => ['jdk.ExecutionSample', { stackTrace: 8, state }] as const;
  const setting = ['jdk.ActiveSetting', { name: 'event', value: 'wall' }] as const;
  expect(told(read({ stacks, events: [sample(sleeping)] }))).toEqual([]);
  expect(told(read({ stacks, events: [setting, sample(sleeping), sample(running)] }))).toEqual([
    '{__name__="wall", jfr_event="wall"} wall:nanoseconds:wall:nanoseconds Main.run;java/lang/Thread.sleep 20000000',
    '{__name__="process_cpu", jfr_event="wall"} cpu:nanoseconds:cpu:nanoseconds Main.run;java/lang/Thread.sleep 10000000',
  ]);
});

test('texts of settings may be constants', () => {
  const constants = [['java.lang.String', { 1: 'event', 2: 'itimer' }]] as const;
  const events = [
    ['jdk.ActiveSetting', { name: 1, value: 2 }],
    ['profiler.LiveObject', { stackTrace: 7 }],
  ] as const;
  expect(read({ stacks, constants, events }).profiles[0]?.labels).toContainEqual({
    name: 'jfr_event',
    value: 'itimer',
  });
});

test('equal stacks are summed, whichever key and chunk they come from', () => {
  const live = (key: number) => ['profiler.LiveObject', { stackTrace: key }] as const;
  const first = writeTestChunk({ stacks: { 1: 'A.a', 2: 'A.a' }, events: [live(1), live(2), live(2)] });
  const second = writeTestChunk({ isCompressed: false, stacks: { 1: 'B.b', 2: 'A.a' }, events: [live(1), live(2)] });
  const both = readJfr(new Uint8Array(Buffer.concat([first, second])), undefined, upload, defaultLimits);
  expect(told(both).map((line) => line.split(' ').slice(-2).join(' '))).toEqual(['A.a 4', 'B.b 1']);
});

test('keys of 64 bits are told apart', () => {
  const key = 2n ** 63n;
  const chunk = writeTestChunk({
    stacks: { 9_007_199_254_740_991: 'A.a' },
    events: [
      ['profiler.LiveObject', { stackTrace: 9_007_199_254_740_991 }],
      ['profiler.LiveObject', { stackTrace: key + 1n }],
    ],
  });
  const reading = readJfr(chunk, undefined, upload, defaultLimits);
  expect(told(reading).length).toBe(1);
  expect(reading.leftOut).toEqual([
    {
      reason: 'malformed_profile',
      samples: 1,
      message: 'JFR: 1 events have no stack trace, or one that is not in the recording',
    },
  ]);
});

test('delays are ticks as Pyroscope has them, or nanoseconds by the clock of the recording', () => {
  const chunk = {
    stacks,
    ticksPerSecond: 2_500_000_000n,
    events: [['jdk.ThreadPark', { stackTrace: 7, duration: 5_000 }]],
  } as const;
  expect(told(read(chunk))[1]).toMatch(/ 5000$/);
  expect(told(read(chunk, { delayUnit: 'nanoseconds' }))[1]).toMatch(/ 2000$/);
});

test('the period follows the sample rate, the time the request or else the recording', () => {
  const chunk = { stacks, events: [['jdk.ExecutionSample', { stackTrace: 7, state: running }]] } as const;
  const own = read(chunk, { sampleRate: 19 }).profiles[0]?.profile;
  expect(own).toMatchObject({
    period: 52_631_578n,
    values: BigInt64Array.of(52_631_578n),
    timeNanos: 1_700_000_000_000_000_000n,
    durationNanos: 10_000_000_000n,
  });
  const given = read(chunk, { timeNanos: unixNanos(5n), durationNanos: 6n }).profiles[0]?.profile;
  expect(given).toMatchObject({ timeNanos: 5n, durationNanos: 6n });
  for (const sampleRate of [0, -1, 0.5, NaN, 2e9])
    expect(() => read(chunk, { sampleRate })).toThrow(/^sample rate .* is not between/);
});

test('a profile with too many samples is left out and told, the others stay', () => {
  const events = [
    ['profiler.LiveObject', { stackTrace: 7 }],
    ['profiler.LiveObject', { stackTrace: 8 }],
    ['jdk.ThreadPark', { stackTrace: 8 }],
  ] as const;
  const limits = { ...defaultLimits, samplesPerProfile: 1 };
  const { profiles, leftOut } = readJfr(writeTestChunk({ stacks, events }), undefined, upload, limits);
  expect(profiles.map(({ profile }) => profile.sampleTypes[0]?.type)).toEqual(['contentions']);
  expect(leftOut).toMatchObject([{ reason: 'samples_limit', samples: 2 }]);
});

for (const [name, short] of [
  ['App$$Lambda$14.0x0000000800c03000', 'App$$Lambda_'],
  ['App$$Lambda$14/0x0000000800c03000', 'App$$Lambda_'],
  ['App$$Lambda.0x00007ffa600c4da0', 'App$$Lambda_'],
  ['App$$Lambda14', 'App$$Lambda_'],
  ['App$$Lambda$14.run', 'App$$Lambda$14.run'],
  ['$$Lambda$14/1', '$$Lambda$14/1'],
  ['jdk/internal/reflect/GeneratedMethodAccessor31', 'jdk/internal/reflect/GeneratedMethodAccessor_'],
  ['jdk/internal/reflect/GeneratedMethodAccessorX', 'jdk/internal/reflect/GeneratedMethodAccessorX'],
  ['libzstd-jni-1.5.1-16931311898282279136.so', 'libzstd-jni-_.so'],
  ['/tmp/libzstd-jni-1.5.1-16931311898282279136.so (deleted)', 'libzstd-jni-_.so'],
  ['./tmp/libamazonCorrettoCryptoProvider109b39cf33c563eb.so', 'libamazonCorrettoCryptoProvider_.so'],
  ['libjvm.so', 'libjvm.so'],
] as const) {
  test(`the class ${name} is called ${short}`, () => expect(withoutRunNumbers(name)).toBe(short));
}

test('frames say what runs them: kernel, native, and all else the JVM', () => {
  const mixed = { 7: 'Main.run;[Native]libc.memcpy;[C++]libjvm.Gc;[Kernel]vmlinux.sys_read;[Inlined]Main.work:12' };
  const { profiles } = read({ stacks: mixed, events: [['jdk.ExecutionSample', { stackTrace: 7, state: running }]] });
  const types = profiles.flatMap(
    ({
      profile: {
        stacks: { functions, strings },
      },
    }) =>
      Array.from(
        functions.name,
        (name, fn) => [textAt(strings, name), frameTypeName(functions.frameType?.[fn] ?? 0)] as const,
      ),
  );
  expect(new Map(types)).toEqual(
    new Map([
      ['Main.run', 'jvm'],
      ['libc.memcpy', 'native'],
      ['libjvm.Gc', 'native'],
      ['vmlinux.sys_read', 'kernel'],
      ['Main.work', 'jvm'],
    ]),
  );
});
