import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { unixNanos } from '../../model/time.ts';
import {
  bytesOf,
  foldOf,
  framesOf,
  labelsOf,
  readDamaged,
  sumOf,
  testLimits,
  typeIdsOf,
} from '../folded/testFolding.ts';
import type { PerfOptions } from './readPerfScript.ts';
import { readPerfScript } from './readPerfScript.ts';

const options: PerfOptions = {
  labels: [{ name: 'service_name', value: 'host' }],
  timeNanos: unixNanos(7n),
  durationNanos: 0n,
  sampleRate: undefined,
  processLabels: ['pid', 'thread_id'],
};
const read = (text: string, more: Partial<PerfOptions> = {}) =>
  readPerfScript(bytesOf(text), { ...options, ...more }, testLimits);
const stack = '\t    7f01 leaf+0x1c (/bin/app)\n\t    7f02 main+0x0 (/bin/app)\n\n';

const layouts: readonly (readonly [header: string, labels: Readonly<Record<string, string>>, value: bigint])[] = [
  ['app 12 34.567890:     250000 cpu-clock:uhH: ', { comm: 'app', thread_id: '12' }, 250_000n],
  ['app 12/13 [001] 34.567890: 250000 cycles:P: ', { comm: 'app', pid: '12', thread_id: '13' }, 250_000n],
  ['app 12 [001] 34.567890: cycles: ', { comm: 'app', thread_id: '12' }, 1n],
  ['app 12 34.567890123: cycles:', { comm: 'app', thread_id: '12' }, 1n],
  ['app 12 cycles: ', { comm: 'app', thread_id: '12' }, 1n],
  ['app 12 7 cycles: ', { comm: 'app', thread_id: '12' }, 7n],
  ['Web Content 12/13 [001] 34.567890: 5 cycles: ', { comm: 'Web Content', pid: '12', thread_id: '13' }, 5n],
  ['pool 7 worker 12 34.567890: 5 cycles: ', { comm: 'pool 7 worker', thread_id: '12' }, 5n],
  ['thread 7 12 34.567890: 5 cycles: ', { comm: 'thread 7', thread_id: '12' }, 5n],
  ['V8 WorkerThread 12 34.567890: cycles: ', { comm: 'V8 WorkerThread', thread_id: '12' }, 1n],
  ['swapper     0 [002]  1333.768806: cpu-clock: ', { comm: 'swapper', thread_id: '0' }, 1n],
  ['kworker/0:1-eve 12 1.000000: cpu_core/cycles/P: ', { comm: 'kworker/0:1-eve', thread_id: '12' }, 1n],
  [':12 12 [000] 1.000000: sched:sched_switch: prev_comm=a ==> next 3', { comm: ':12', thread_id: '12' }, 1n],
  ['app 12/13 34.567890: ', { comm: 'app', pid: '12', thread_id: '13' }, 1n],
];
for (const [header, labels, value] of layouts) {
  for (const newline of ['\n', '\r\n']) {
    test(`${JSON.stringify(header + newline)} opens a sample`, () => {
      const reading = read(`${header}\n${stack}`.replaceAll('\n', newline));
      const profile = reading.profiles[0]?.profile;
      expect([foldOf(profile), reading.leftOut]).toEqual([[`main;leaf ${value}`], []]);
      expect(profile && labelsOf(profile, 0)).toEqual(labels);
    });
  }
}

for (const [event, period, id] of [
  ['cpu-clock:u', '100 ', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'],
  ['task-clock', '100 ', 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'],
  ['cpu-clock', '', 'process_cpu:samples:count:cpu:nanoseconds'],
  ['cycles:ppp', '', 'process_cpu:cycles:count::'],
  ['cpu-cycles', '', 'process_cpu:cpu_cycles:count::'],
  ['cpu_core/cycles/P', '', 'process_cpu:cpu_core_cycles:count::'],
  ['instructions:u', '', 'perf:instructions:count::'],
  ['L1-dcache-load-misses', '', 'perf:L1_dcache_load_misses:count::'],
  ['sched:sched_switch', '', 'perf:sched_sched_switch:count::'],
  ['probe_libc:malloc', '', 'perf:probe_libc_malloc:count::'],
] as const) {
  test(`the event ${period}${event} is ${id}`, () => {
    expect(typeIdsOf(read(`app 1 1.0: ${period}${event}: \n${stack}`))).toEqual([id]);
  });
}

test('every event of a file becomes a profile, and u and k of one event the same one', () => {
  const text = ['cycles:u', 'page-faults', 'cycles:k'].map((event) => `app 1 1.0: 3 ${event}: \n${stack}`).join('');
  const reading = read(text);
  expect(typeIdsOf(reading)).toEqual(['process_cpu:cycles:count::', 'perf:page_faults:count::']);
  expect(reading.profiles.map(({ profile }) => sumOf(profile))).toEqual([6n, 3n]);
});

test('a clock without periods counts time at the rate that the sender said', () => {
  const reading = read(`app 1 1.0: cpu-clock: \n${stack}`.repeat(3), { sampleRate: 50 });
  expect(typeIdsOf(reading)).toEqual(['process_cpu:cpu:nanoseconds:cpu:nanoseconds']);
  expect(reading.profiles[0]?.profile).toMatchObject({ period: 20_000_000n });
  expect(sumOf(reading.profiles[0]?.profile)).toBe(60_000_000n);
});

test('samples with and without a period are all counted as samples', () => {
  const reading = read(`app 1 1.0: 500 cpu-clock: \n${stack}app 1 1.1: cpu-clock: \n${stack}`);
  expect([typeIdsOf(reading), sumOf(reading.profiles[0]?.profile)]).toEqual([
    ['process_cpu:samples:count:cpu:nanoseconds'],
    2n,
  ]);
});

const frameTest = (what: string, frame: string, expected: object) =>
  test(what, () => {
    const profile = read(`app 1 1.0: cycles: \n\t${frame}\n\n`).profiles[0]?.profile;
    expect(profile && framesOf(profile, 0).at(-1)).toMatchObject(expected);
  });
frameTest('a symbol loses its offset and its address, and keeps its binary', '7f01 read+0x1f (/lib/libc.so.6)', {
  name: 'read',
  binary: '/lib/libc.so.6',
  address: 0n,
});
frameTest('a frame without a symbol keeps address and binary', 'ffffffff8103ee5b [unknown] (/lib/libc.so.6)', {
  name: '',
  binary: '/lib/libc.so.6',
  address: 0xffffffff8103ee5bn,
});
frameTest('an unknown binary is none', '7f01 [unknown] ([unknown])', { name: '', binary: '', address: 0x7f01n });
frameTest('a symbol may hold blanks and parentheses', '7f01 ns::f(int (*)(char), T<a> const&)+0x1 (/bin/a b)', {
  name: 'ns::f(int (*)(char), T<a> const&)',
  binary: '/bin/a b',
});
frameTest('a binary may hold parentheses', '7f01 f(int)+0x1 (/memfd:jit (deleted))', {
  name: 'f(int)',
  binary: '/memfd:jit (deleted)',
});
frameTest('a parenthesis that nothing opened does not hide the binary', '7f01 f) (/bin/x)', { binary: '/bin/x' });
frameTest('a kernel frame keeps the kernel as its binary', 'ffffffff8100 do_idle+0x0 ([kernel.kallsyms])', {
  name: 'do_idle',
  binary: '[kernel.kallsyms]',
});
frameTest('code made at run time has one binary in all processes', '7f01 LazyCompile:~f a.js:1 (/tmp/perf-77.map)', {
  name: 'LazyCompile:~f a.js:1',
  binary: '[jit]',
});
frameTest("Java's methods are written as async-profiler writes them", '7f01 Lorg/x/Type;::run+0x4 (/tmp/perf-7.map)', {
  name: 'org/x/Type.run',
  symbol: 'Lorg/x/Type;::run',
});
frameTest('"->" outside of code made at run time is part of the name', '7f01 P::operator->() (/bin/app)', {
  name: 'P::operator->()',
});
frameTest('a frame without an address is read', 'main (/bin/app)', { name: 'main', binary: '/bin/app' });
frameTest('a frame without a binary is read', '7f01 main+0x4', { name: 'main', binary: '' });

test('inlined calls join the frame that follows: one location, innermost first', () => {
  const frames =
    '\t7f01 inner (inlined)\n\t7f01 middle (inlined)\n\t7f01 outer+0x3 (/bin/app)\n\t7f02 main (/bin/app)\n\n';
  const profile = read(`app 1 1.0: cycles: \n${frames}`).profiles[0]?.profile;
  expect(foldOf(profile)).toEqual(['main;inner;middle;outer 1'.replace('inner;middle;outer', 'outer;middle;inner')]);
  expect(profile?.stacks.stackLocations).toHaveLength(2);
});

test('"a->b" in code made at run time is b inlined into a', () => {
  const profile = read('java 1 1.0: cycles: \n\t7f01 La/A;::x->Lb/B;::y+0x3 (/tmp/perf-7.map)\n').profiles[0]?.profile;
  expect(foldOf(profile)).toEqual(['a/A.x;b/B.y 1']);
  expect(profile?.stacks.stackLocations).toHaveLength(1);
});

test('of more inlined calls than are believed the inner ones are cut', () => {
  const inlined = '\t7f01 f (inlined)\n'.repeat(100_000);
  const jit = `\t7f01 ${'a->'.repeat(100_000)}a (/tmp/perf-7.map)\n`;
  const profile = read(`app 1 1.0: cycles: \n${inlined}${stack}app 1 1.0: cycles: \n${jit}`).profiles[0]?.profile;
  expect(profile && [framesOf(profile, 0).length, framesOf(profile, 1).length]).toEqual([258, 256]);
});

test('lines of source belong to the frame above them', () => {
  const profile = read('app 1 1.0: cycles: \n\t7f01 f+0x3 (/bin/app)\n  f.c:12\n\t7f02 main (/bin/app)\n').profiles[0]
    ?.profile;
  expect(foldOf(profile)).toEqual(['main;f 1']);
  expect([...(profile?.stacks.locations.lineNumber ?? [])]).toEqual([12, 0]);
});

test('samples without a recorded stack stand on one line each', () => {
  const text = [
    '         swapper     0 [000]  1.000000:          1 cycles:  ffffffff8104f45a native_write_msr+0x1 ([kernel.kallsyms])',
    '             app    12 [000]  1.000100:          4 cycles:      7f0000001000 main+0x4 (/bin/app)',
  ];
  const profile = read(text.join('\n')).profiles[0]?.profile;
  expect(foldOf(profile)).toEqual(['main 4', 'native_write_msr 1']);
  expect(profile && [labelsOf(profile, 0)['comm'], labelsOf(profile, 1)['comm']]).toEqual(['swapper', 'app']);
});

test('a sample without any frame keeps its weight, with an empty stack', () => {
  const profile = read(`app 1 1.0: 9 cycles: \n\napp 1 1.1: 1 cycles: \n${stack}`).profiles[0]?.profile;
  expect(foldOf(profile)).toEqual([' 9', 'main;leaf 1']);
});

test('process labels are kept only when asked for; the comm always is', () => {
  const profile = read(`app 1/2 1.0: cycles: \n${stack}app 3/4 1.0: cycles: \n${stack}`, { processLabels: [] })
    .profiles[0]?.profile;
  expect(profile?.sampleCount).toBe(1);
  expect(profile && labelsOf(profile, 0)).toEqual({ comm: 'app' });
});

test("the time is the sender's, the duration runs from the first sample to the last unless it is said", () => {
  const text = `app 1 10.500000: cycles: \n${stack}app 1 12.000000: cycles: \n${stack}app 1 11.0: cycles: \n${stack}`;
  expect(read(text).profiles[0]?.profile).toMatchObject({ timeNanos: 7n, durationNanos: 1_500_000_000n });
  expect(read(text, { durationNanos: 3n }).profiles[0]?.profile.durationNanos).toBe(3n);
});

test('comments and records of other kinds are passed over, what fits nowhere is counted', () => {
  const text = `# ========\nperf 1 1.0: PERF_RECORD_COMM exec: app:1/1\n???\napp 1 1.0: cycles: \n\tnot a frame\n${stack}`;
  const reading = read(text);
  expect(foldOf(reading.profiles[0]?.profile)).toEqual(['main;leaf 1']);
  expect(reading.leftOut).toEqual([
    {
      reason: 'malformed_profile',
      samples: 2,
      message: 'perf, line 3: neither a sample nor a frame: "???" (and 1 more)',
    },
  ]);
});

test('text of another kind is refused with the line', () => {
  expect(() => read('# a\nmain;work 12\n')).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: 'perf, line 2: expected "comm pid time: event:", got "main;work 12"',
    }) as Error,
  );
});

test('more events than the limit are refused', () => {
  const text = Array.from({ length: 65 }, (_, i) => `app 1 1.0: event${i}: \n${stack}`).join('');
  expect(() => read(text)).toThrow('more than 64 events');
});

// Patterns that look back again and again would take hours here.
test('long lines of blanks, numbers and parentheses are refused', () => {
  const lines = [' '.repeat(200_000), '1 '.repeat(100_000), `a${' 1'.repeat(100_000)}:`, '('.repeat(200_000)];
  const text = lines.map((line) => `${line}x)\n`).join('');
  expect(() => read(text)).toThrow('perf, line 1');
});

test('damaged text gives sound profiles or an InputError', () => {
  const text = layouts.map(([header]) => `${header}\n\t7f00 a (inlined)\n${stack}`).join('');
  const taken = readDamaged(bytesOf(text), (bytes) => {
    const reading = readPerfScript(bytes, options, testLimits);
    for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
    return reading;
  });
  expect(taken).toBeGreaterThan(100);
});
