/** Input that is broken by accident or on purpose: an InputError or a sound profile, in bounded time and memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { SampleBuilder, TableBuilder } from '../../model/profileBuilder.ts';
import { unixNanos } from '../../model/time.ts';
import { gunzip } from '../gzip.ts';
import { readPprof } from './readPprof.ts';
import { writePprof } from './writePprof.ts';

/** A tenth of the places unless all are asked for. */
const places = process.env['PYROLENS_SLOW_TESTS'] === '1' ? 200 : 20;
const noLimits = { samplesPerProfile: Infinity };

/** The error that reading ends with; undefined when there is none. Anything but an InputError is passed on. */
function refusal(bytes: Uint8Array): InputError | undefined {
  try {
    assertProfileIntegrity(readPprof(bytes, noLimits));
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return undefined;
}

/** mulberry32, so that a failure can be repeated. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two types, labels, inlined frames, mappings: every kind of message. */
function ownProfile(): Uint8Array {
  const random = seededRandom(11);
  const pick = (count: number): number => Math.floor(random() * count);
  const tables = new TableBuilder();
  const mapping = tables.mapping({ file: '/bin/app', buildId: 'abcd', start: 2n ** 40n, limit: 2n ** 63n, offset: 1n });
  const locations = Array.from({ length: 300 }, (_, i) =>
    tables.location(
      Array.from({ length: i % 3 }, (_unused, line) => ({ name: `f${i}.${line}`, file: `${i % 7}.ts`, line: i - 20 })),
      i % 5 === 0 ? 0 : mapping,
      BigInt(i) * 2n ** 33n,
    ),
  );
  const samples = new SampleBuilder(2);
  for (let i = 0; i < 200; i++) {
    const stack = Array.from({ length: pick(30) }, () => locations[pick(locations.length)] ?? 0);
    samples.add(
      stack,
      [BigInt(i), (-BigInt(i)) ** 7n],
      i % 4 === 0 ? [[tables.string('pod'), tables.string(`p${i}`)]] : [],
    );
  }
  const type = { type: 'cpu', unit: 'nanoseconds' };
  const head = { periodType: type, period: 1n, timeNanos: unixNanos(1n), durationNanos: 1n };
  return writePprof(samples.finish(tables.finish(), { ...head, sampleTypes: [type, { type: 'n', unit: '' }] }));
}

const golden = findGolden();
const files: readonly (readonly [string, () => Uint8Array])[] = [
  ['own profile', ownProfile],
  ...(golden === undefined ? [] : readdirSync(join(golden, 'pprof')))
    .filter((name) => /\.(pb\.gz|pprof)$/.test(name))
    .map((name): readonly [string, () => Uint8Array] => [
      name,
      () => new Uint8Array(gunzip(readFileSync(join(golden ?? '', 'pprof', name)), defaultLimits.bodyBytes)),
    ]),
];

for (const [name, read] of files) {
  test(`${name} cut anywhere is refused by byte or still a sound profile`, () => {
    const bytes = read();
    for (let place = 0; place < places; place++) {
      const length = Math.floor((bytes.length * place) / places);
      const error = refusal(bytes.subarray(0, length));
      if (error !== undefined) expect(error.message).toMatch(/^pprof, byte \d+: /);
    }
  });

  test(`${name} with a byte flipped is refused by byte or still a sound profile`, () => {
    const bytes = read();
    const random = seededRandom(7);
    for (let place = 0; place < places; place++) {
      const flipped = bytes.slice();
      const at = Math.floor(random() * bytes.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      const error = refusal(flipped);
      if (error !== undefined) expect(error.message).toMatch(/^pprof, byte \d+: /);
    }
  });
}

test('the own profile cut and flipped at every byte is refused or sound', () => {
  const bytes = ownProfile().subarray(0, 2_000);
  let refusals = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (refusal(bytes.subarray(0, at)) !== undefined) refusals++;
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 0x80;
    refusal(flipped);
  }
  // Its tables are behind the cut.
  expect(refusals).toBeGreaterThan(1_900);
});

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function message(tag: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([hex(tag), Uint8Array.from([...length, rest]), body]);
}

const size = 2 ** 20;
const repeated = (text: string): Buffer => Buffer.alloc(size, hex(text));
const head = hex('0a 00 32 00');
const location = hex('22 02 08 01');
const value = hex('10 01');
/** A megabyte each. */
const hostile: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['sample types', [repeated('0a 00')]],
  ['empty samples', [head, repeated('12 00')]],
  ['empty samples and as many types as there may be', [...Array.from({ length: 256 }, () => head), repeated('12 00')]],
  ['samples of one value', [head, repeated('12 02 10 01')]],
  ['empty mappings', [head, repeated('1a 00')]],
  ['mappings', [head, repeated('1a 02 08 01')]],
  ['empty locations', [head, repeated('22 00')]],
  ['locations', [head, repeated('22 02 08 01')]],
  ['functions', [head, repeated('2a 02 08 01')]],
  ['strings', [hex('0a 00'), repeated('32 00')]],
  ['packed location ids', [head, location, message('12', message('0a', repeated('01')), value)]],
  [
    'location ids, each packed alone',
    [head, location, message('12', Buffer.alloc(size - (size % 3), hex('0a 01 01')), value)],
  ],
  ['unpacked location ids', [head, location, message('12', repeated('08 01'), value)]],
  ['packed values', [head, message('12', message('12', repeated('01')))]],
  ['unpacked values', [head, message('12', repeated('10 01'))]],
  ['labels', [head, hex('32 01 61'), message('12', value, repeated('1a 06 08 01 10 01 20 00'))]],
  ['lines', [head, hex('2a 02 08 01'), message('22', hex('08 01'), repeated('22 02 08 01'))]],
  ['fields that are not known', [head, repeated('78 01')]],
  ['lengths of 2^32 - 1', [head, repeated('12 ff ff ff ff 0f 00 00')]],
  [
    'one long string as a type, 256 times',
    [Buffer.alloc(256 * 4, hex('0a 02 08 01')), hex('32 00'), message('32', repeated('61'))],
  ],
];

/** What a message may cost in columns, per byte of it; rows of four bytes take sixteen times that. */
const mostTimes = 24;
for (const [name, parts] of hostile) {
  test(`a megabyte of ${name} costs at most ${mostTimes} of columns`, () => {
    const bytes = new Uint8Array(Buffer.concat(parts));
    const before = process.memoryUsage();
    refusal(bytes);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(mostTimes * bytes.length);
  });
}
