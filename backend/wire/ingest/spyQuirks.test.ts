import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { Profile } from '../../model/profile.ts';
import { SampleBuilder, TableBuilder } from '../../model/profileBuilder.ts';
import { unixNanos } from '../../model/time.ts';
import { foldOf, framesOf, readDamaged, sumOf, testLimits } from '../folded/testFolding.ts';
import { readPprof } from '../pprof/readPprof.ts';
import { withFunctionIds } from './dotnetFunctionIds.ts';
import { withCredibleTime, withoutSpyQuirks } from './spyQuirks.ts';

const from = unixNanos(1_795_169_100_000_000_000n);
const timeNanos = unixNanos(1_795_169_000_000_000_000n);

function profileOf(functions: readonly (readonly [name: string, file: string])[], type = 'cpu'): Profile {
  const tables = new TableBuilder();
  const samples = new SampleBuilder(1);
  const locations = functions.map(([name, file]) => tables.location([{ name, file }]));
  samples.add(locations, [1n]);
  return samples.finish(tables.finish(), {
    sampleTypes: [{ type, unit: 'count' }],
    periodType: undefined,
    period: 0n,
    timeNanos,
    durationNanos: 0n,
  });
}

const functions = [
  ['work', 'main.py'],
  ['main', '/app/main.py'],
  ['work', 'main.py'],
  ['native', ''],
] as const;

for (const [spy, folded] of [
  ['pyspy', 'native;main.py work;main;main.py work 1'],
  ['rbspy', 'native;main.py work;/app/main.py main;main.py work 1'],
  ['scripting', 'native;main.py work;/app/main.py main;main.py work 1'],
  ['gospy', 'native;work;main;work 1'],
  ['', 'native;work;main;work 1'],
] as const) {
  test(`functions of "${spy}" are ${folded}`, () => {
    const profile = withoutSpyQuirks(profileOf(functions), spy, from);
    assertProfileIntegrity(profile);
    expect(foldOf(profile)).toEqual([folded]);
    expect(framesOf(profile, 0).map(({ symbol }) => symbol)).toEqual(['native', 'work', 'main', 'work']);
  });
}

test('hyphens go out of the sample types of dotnetspy, and of nobody else', () => {
  const typesOf = (spy: string) => withoutSpyQuirks(profileOf([], 'alloc-samples'), spy, from).sampleTypes;
  expect(typesOf('dotnetspy')).toEqual([{ type: 'alloc_samples', unit: 'count' }]);
  expect(typesOf('gospy')).toEqual([{ type: 'alloc-samples', unit: 'count' }]);
});

for (const [what, nanos, expected] of [
  ['milliseconds', 1_795_169_000_000n, from],
  ['microseconds', 1_795_169_000_000_000n, from],
  ['nothing', 0n, from],
  ['the last nanosecond of 1970', 365n * 86_400_000_000_000n - 1n, from],
  ['the first of 1971', 365n * 86_400_000_000_000n, unixNanos(365n * 86_400_000_000_000n)],
  ['nanoseconds', timeNanos, timeNanos],
] as const) {
  test(`a time in ${what} becomes ${expected === from ? "the request's" : 'itself'}`, () => {
    const profile = { ...profileOf([]), timeNanos: unixNanos(nanos) };
    expect(withCredibleTime(profile, from).timeNanos).toBe(expected);
  });
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

test('functions without ids are numbered in their order, the bytes between them stay', () => {
  //                  period 1   function {name 2}  period 2   function {}     string ""
  const bytes = hex('6001       2a02 1002          6002       2a00            3200');
  const fixed = hex('6001       2a04 1002 0801     6002       2a02 0802       3200');
  expect(Buffer.from(withFunctionIds(bytes)).toString('hex')).toBe(Buffer.from(fixed).toString('hex'));
});

test('an id of 0 that is written out is none', () => {
  expect(Buffer.from(withFunctionIds(hex('2a02 0800'))).toString('hex')).toBe('2a0408000801');
});

for (const [what, bytes] of [
  ['with any id', '2a02 1002 2a02 0801'],
  ['without functions', '6001 3200'],
] as const) {
  test(`a profile ${what} stays as it is`, () => {
    const pprof = hex(bytes);
    expect(Buffer.from(withFunctionIds(pprof)).equals(Buffer.from(pprof))).toBe(true);
  });
}

test('the 200th function gets an id of two bytes', () => {
  const fixed = withFunctionIds(hex('2a021002'.repeat(200)));
  expect(Buffer.from(fixed.subarray(fixed.length - 7)).toString('hex')).toBe('2a05100208c801');
});

test('malformed protobuf is refused with the byte', () => {
  expect(() => withFunctionIds(hex('2a05 10'))).toThrow('pprof, byte 0: ');
});

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const goldenBytes = (name: string): Uint8Array => readFileSync(join(golden ?? '', 'pprof', name));

goldenTest('dotnet-function-id-0.pprof is refused as it is, and read with its functions numbered', () => {
  const bytes = goldenBytes('dotnet-function-id-0.pprof');
  expect(() => readPprof(bytes, testLimits)).toThrow('function id');
  const profile = withoutSpyQuirks(readPprof(withFunctionIds(bytes), testLimits), 'dotnetspy', from);
  assertProfileIntegrity(profile);
  expect(profile.sampleTypes.map(({ type }) => type)).toEqual([
    'cpu',
    'exception',
    'alloc_samples',
    'alloc_size',
    'lock_count',
    'lock_time',
  ]);
  expect([profile.sampleCount, profile.timeNanos, sumOf(profile)]).toEqual([579, from, 5_653_000_000n]);
  const frames = Array.from({ length: profile.sampleCount }, (_, sample) => framesOf(profile, sample)).flat();
  expect(new Set(frames.map(({ name }) => name)).size).toBe(41);
  expect(frames.some(({ name }) => name === 'WebApplication1.Controllers!CpuController.fib')).toBe(true);
});

// The names are those of the flame graph that a running Pyroscope answered.
goldenTest('python-pyspy.pprof gets files in its names and the time of the request', () => {
  const profile = withoutSpyQuirks(readPprof(goldenBytes('python-pyspy.pprof'), testLimits), 'scripting', from);
  const frames = Array.from({ length: profile.sampleCount }, (_, sample) => framesOf(profile, sample)).flat();
  expect([...new Set(frames.map(({ name }) => name))].sort()).toEqual([
    'contextlib.py __enter__',
    'contextlib.py __exit__',
    'main.py <module>',
    'main.py fast_function',
    'main.py slow_function',
    'main.py work',
    'pyroscope/__init__.py tag_wrapper',
  ]);
  expect([profile.timeNanos, sumOf(profile)]).toEqual([from, 781n]);
});

goldenTest('dotnet-function-id-0.pprof, damaged, gives sound profiles or an InputError', () => {
  const read = (copy: Uint8Array) => ({
    profiles: [{ labels: [], profile: readPprof(withFunctionIds(copy), testLimits) }],
    leftOut: [],
    revision: '',
  });
  expect(readDamaged(goldenBytes('dotnet-function-id-0.pprof'), read)).toBeGreaterThan(10);
});
