/** Recordings that are broken by accident or on purpose: an InputError or sound profiles, in bounded time and memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findGolden } from '../../../test/golden.ts';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { readJfr } from './readJfr.ts';
import type { TestChunk, TestRow } from './testRecording.ts';
import { threadStates, TestWriter, writeTestChunk } from './testRecording.ts';

const upload = { sampleRate: 100, timeNanos: undefined, durationNanos: undefined, delayUnit: 'nanoseconds' } as const;

/** The error that reading ends with; undefined when there is none. Anything but an InputError is passed on. */
function refusal(bytes: Uint8Array, snapshot?: Uint8Array): InputError | undefined {
  try {
    for (const { profile } of readJfr(bytes, snapshot, upload, defaultLimits).profiles) assertProfileIntegrity(profile);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return undefined;
}

const malformed = (message: RegExp): object => ({
  code: 'invalid_argument',
  reason: 'malformed_profile',
  message: expect.stringMatching(message) as unknown,
});

const sound: TestChunk = {
  stacks: { 7: 'Main.run;Main.work:12', 8: 'Main.run;java/lang/Thread.sleep' },
  constants: [['java.lang.String', { 1: 'event', 2: 'wall' }]],
  events: [
    ['jdk.ActiveSetting', { name: 1, value: 2 }],
    ['jdk.ExecutionSample', { stackTrace: 7, state: threadStates.running, contextId: 1, spanId: 9 }],
    ['jdk.JavaMonitorEnter', { stackTrace: 8, duration: 7 }],
    ['jdk.CPULoad', { flags: [{}, {}] }],
    ['jdk.ObjectAllocationInNewTLAB', { stackTrace: 8, tlabSize: 512 }],
  ],
};

/** Overwrites bytes of the first chunk's header. */
const patched = (chunk: TestChunk, at: number, ...bytes: readonly number[]): Uint8Array => {
  const written = writeTestChunk(chunk);
  written.set(bytes, at);
  return written;
};

test('what is no chunk is refused', () => {
  expect(refusal(new Uint8Array(0))).toMatchObject(malformed(/^JFR, byte 0: ends inside a chunk header$/));
  expect(refusal(Buffer.alloc(100, 'x'))).toMatchObject(malformed(/^JFR, byte 0: no JFR chunk begins here$/));
  expect(refusal(patched(sound, 5, 3))).toMatchObject(malformed(/^JFR, byte 4: version 3.0 /));
  const trailing = Buffer.concat([writeTestChunk(sound), Buffer.from('FLR')]);
  expect(refusal(trailing)).toMatchObject(malformed(/^JFR, byte \d+: ends inside a chunk header$/));
});

test('a chunk without a size, as of a recording that goes on, is refused', () => {
  expect(refusal(patched(sound, 8, 0, 0, 0, 0, 0, 0, 0, 0))).toMatchObject(
    malformed(/a chunk of 0 bytes does not fit/),
  );
  expect(refusal(patched(sound, 8, 0x7f))).toMatchObject(malformed(/a chunk of \d+ bytes does not fit/));
  expect(refusal(patched(sound, 8, 0xff))).toMatchObject(malformed(/a chunk of -\d+ bytes does not fit/));
});

test('metadata that is not where the header says is refused', () => {
  expect(refusal(patched(sound, 31, 0))).toMatchObject(malformed(/metadata at 0 is outside of the chunk/));
  expect(refusal(patched(sound, 31, 70))).toMatchObject(malformed(/no metadata where the header says/));
});

test('an event of size zero does not stand still', () => {
  const bytes = patched(sound, 68, 0x80, 0x80, 0x80, 0);
  expect(refusal(bytes)).toMatchObject(malformed(/^JFR, byte 68: an event of 0 bytes does not fit$/));
});

test('a clock that does not tick is refused where its ticks are asked for', () => {
  const still = { ...sound, ticksPerSecond: 0n };
  expect(refusal(writeTestChunk(still))).toMatchObject(malformed(/^JFR, byte 56: 0 ticks a second$/));
});

test('classes that hold each other are refused', () => {
  const classes = {
    'test.There': [['next', 'test.Back']] as const,
    'test.Back': [['next', 'test.There', 'array']] as const,
  };
  const bytes = writeTestChunk({ classes, constants: [['test.There', { 1: {} }]] });
  expect(refusal(bytes)).toMatchObject(malformed(/holds values of itself, or too deep/));
});

test('arrays of what takes no bytes are stepped over at once, however long they say they are', () => {
  const classes = {
    'test.Nothing': [],
    'test.Nested': [['nothing', 'test.Nothing']] as const,
    'jdk.types.StackTrace': [['frames', 'test.Nested', 'array']] as const,
  };
  const frames = Array.from({ length: 2 ** 16 }, (): TestRow => ({}));
  const constants = [['jdk.types.StackTrace', { 7: { frames } }]] as const;
  expect(refusal(writeTestChunk({ classes, constants, events: [['profiler.LiveObject', { stackTrace: 7 }]] }))).toBe(
    undefined,
  );
});

test('counts that the bytes cannot hold are refused before anything is made of them', () => {
  const writer = new TestWriter(true);
  writer.integers(8, 0, 0, 1);
  writer.integers(4, 2 ** 31 - 1);
  const body = new TestWriter(true);
  body.event(0, ({ bytes }) => bytes.push(...writer.bytes));
  const header = writeTestChunk({}).slice(0, 68);
  header[15] = 68 + body.bytes.length;
  header.fill(0, 8, 15);
  expect(refusal(Uint8Array.from([...header, ...body.bytes]))).toMatchObject(
    malformed(/2147483647 strings do not fit what holds them/),
  );
});

test('texts that are constants of themselves are no texts', () => {
  const constants = [['java.lang.String', { 1: 1 }]] as const;
  const events = [['jdk.ActiveSetting', { name: 1, value: 1 }]] as const;
  expect(refusal(writeTestChunk({ constants, events }))).toBe(undefined);
});

test('few bytes cannot ask for many names: methods that share one long class name', () => {
  const symbols = { 1: { string: 'x'.repeat(100_000) } };
  const methods = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [i + 1, { type: 1, name: 1 }]));
  const frames = Array.from({ length: 1_000 }, (_, i) => ({ method: i + 1 }));
  const bytes = writeTestChunk({
    constants: [
      ['jdk.types.Symbol', symbols],
      ['java.lang.Class', { 1: { name: 1 } }],
      ['jdk.types.Method', methods],
      ['jdk.types.StackTrace', { 7: { frames } }],
    ],
    events: [['profiler.LiveObject', { stackTrace: 7 }]],
  });
  expect(refusal(bytes)).toMatchObject({ code: 'invalid_argument', reason: 'profile_size_limit' });
});

test('few bytes cannot ask for many frames: a deep stack in many spans', () => {
  const deep = Array.from({ length: 20_000 }, () => 'A.a').join(';');
  const events = Array.from(
    { length: 1_000 },
    (_, i) => ['jdk.ObjectAllocationOutsideTLAB', { stackTrace: 7, spanId: i + 1 }] as const,
  );
  const bytes = writeTestChunk({ stacks: { 7: deep }, events });
  expect(refusal(bytes)).toMatchObject({ code: 'invalid_argument', reason: 'samples_limit' });
});

/** Numbers from 0 to 1, the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const isSlow = process.env['PYROLENS_SLOW_TESTS'] === '1';
const tenth = (count: number): number => (isSlow ? count : count / 10);
const mostMillis = 5_000;

interface Broken {
  readonly bytes: Uint8Array;
  readonly snapshot: Uint8Array | undefined;
  readonly cuts: number;
  readonly flips: number;
}

/** Cuts and flips; both count what they refuse, so that a reader which takes everything is noticed. */
function breakInManyWays({ bytes, snapshot, cuts, flips }: Broken): { readonly cut: number; readonly flipped: number } {
  const random = seeded(7);
  const refused = { cut: 0, flipped: 0 };
  let slowest = 0;
  const attempt = (broken: Uint8Array, labels: Uint8Array | undefined): number => {
    const start = performance.now();
    const error = refusal(broken, labels);
    slowest = Math.max(slowest, performance.now() - start);
    return error === undefined ? 0 : 1;
  };
  for (let i = 0; i < cuts; i++)
    refused.cut += attempt(bytes.subarray(0, Math.floor((bytes.length * i) / cuts)), snapshot);
  for (let i = 0; i < flips; i++) {
    // Not slice(): that of a Buffer is no copy, and flips would pile up.
    const broken = Uint8Array.from(bytes);
    const labels = snapshot === undefined ? undefined : Uint8Array.from(snapshot);
    // One in ten breaks the labels, where there are any.
    const target = labels !== undefined && i % 10 === 0 ? labels : broken;
    const at = Math.floor(random() * target.length);
    target[at] = (target[at] ?? 0) ^ (1 + Math.floor(random() * 255));
    refused.flipped += attempt(broken, labels);
  }
  expect(slowest).toBeLessThan(mostMillis);
  return refused;
}

for (const isCompressed of [true, false]) {
  test(`a small recording (${isCompressed ? 'compressed' : 'plain'} integers), cut at 200 places, is refused, and flipped is refused or sound`, () => {
    const bytes = writeTestChunk({ ...sound, isCompressed });
    const { cut, flipped } = breakInManyWays({ bytes, snapshot: undefined, cuts: 200, flips: tenth(2_000) });
    expect(cut).toBe(200);
    expect(flipped).toBeGreaterThan(tenth(200));
  });
}

const golden = findGolden();
const folder = join(golden ?? '', 'jfr');
const files = golden === undefined ? [] : readdirSync(folder);
const unpacked = (name: string): Uint8Array => gunzipSync(readFileSync(join(folder, name)));

for (const name of files.filter((file) => file.endsWith('.jfr.gz'))) {
  test(`${name}, cut at ${tenth(200)} places, is refused, and flipped ${tenth(2_000)} times is refused or sound`, () => {
    const labels = name.replace('.jfr.gz', '.labels.pb.gz');
    const { cut } = breakInManyWays({
      bytes: unpacked(name),
      snapshot: files.includes(labels) ? unpacked(labels) : undefined,
      cuts: tenth(200),
      flips: tenth(2_000),
    });
    expect(cut).toBe(tenth(200));
  }, 600_000);
}
