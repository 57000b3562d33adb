/** Bytes by hand, the way back through our reader, and two other libraries that must write the same bytes. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { Profile as OtherProfile } from 'pprof-format';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { Profile } from '../../model/profile.ts';
import { SampleBuilder, TableBuilder } from '../../model/profileBuilder.ts';
import { unixNanos } from '../../model/time.ts';
import { ProfileSchema } from '../pyroscope/gen/google/v1/profile_pb.js';
import { madeUpProfile } from './madeUpProfile.ts';
import { profileInWords } from './profileInWords.ts';
import { readPprof } from './readPprof.ts';
import { writePprof } from './writePprof.ts';

const noLimits = { samplesPerProfile: Infinity };
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const joined = (lines: readonly string[]): string => lines.join('').replaceAll(' ', '');
const stringField = (text: string): string =>
  `32 ${Buffer.from([Buffer.byteLength(text)]).toString('hex')} ${Buffer.from(text).toString('hex')}`;

const head = {
  sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }],
  periodType: undefined,
  period: 0n,
  timeNanos: unixNanos(0n),
  durationNanos: 0n,
};

function profileOf(fill: (tables: TableBuilder, samples: SampleBuilder) => void): Profile {
  const tables = new TableBuilder();
  const samples = new SampleBuilder(1);
  fill(tables, samples);
  return samples.finish(tables.finish(), head);
}

/** A stack of two locations, one with an inlined frame; every field has a value. */
const wholeProfile = (): Profile => ({
  ...profileOf((tables, samples) => {
    const mapping = tables.mapping({ file: '/bin/app', buildId: 'ab', start: 4096n, limit: 8192n, offset: 2048n });
    const place = { systemName: '_main', file: 'main.go', startLine: 10 };
    const main = tables.location([{ name: 'main', ...place, line: 12, column: 5 }], mapping, 4112n);
    const work = tables.location(
      [
        { name: 'work', line: 7 },
        { name: 'main', ...place, line: 300 },
      ],
      mapping,
    );
    samples.add([work, main], [150n], [[tables.string('pod'), tables.string('a')]]);
  }),
  periodType: { type: 'cpu', unit: 'count' },
  period: 10_000_000n,
  timeNanos: unixNanos(2_000_000_000n),
  durationNanos: 1_000_000_000n,
  defaultSampleType: 'cpu',
});

test('every field is written where profile.proto has it', () => {
  expect(hexOf(writePprof(wholeProfile()))).toBe(
    joined([
      '0a 04 08 01 10 02', // sample_type { cpu, nanoseconds }
      '12 0e 0a 02 01 02 12 02 96 01 1a 04 08 03 10 04', // sample { location 1 2, value 150, label { pod a } }
      // mapping 1 { 4096-8192+2048, /bin/app, ab, has_functions, has_line_numbers, has_inline_frames }: work has no file
      '1a 15 08 01 10 80 20 18 80 40 20 80 10 28 05 30 06 38 01 48 01 50 01',
      '22 11 08 01 10 01 22 04 08 01 10 07 22 05 08 02 10 ac 02', // location 1: work inlined into main
      '22 0f 08 02 10 01 18 90 20 22 06 08 02 10 0c 18 05', // location 2 at 4112: main, line 12, column 5
      '2a 06 08 01 10 07 18 07', // function 1 { work }
      '2a 0a 08 02 10 08 18 09 20 0a 28 0a', // function 2 { main, _main, main.go, line 10 }
      ...['', 'cpu', 'nanoseconds', 'pod', 'a', '/bin/app', 'ab', 'work', 'main', '_main', 'main.go', 'count'].map(
        stringField,
      ),
      '48 80 a8 d6 b9 07', // time_nanos
      '50 80 94 eb dc 03', // duration_nanos
      '5a 04 08 01 10 0b', // period_type { cpu, count }
      '60 80 ad e2 04', // period
      '70 01', // default_sample_type
    ]),
  );
});

test('without a mapping there is one of zeros, as in Pyroscope', () => {
  const bytes = writePprof(
    profileOf((tables, samples) => samples.add([tables.location([{ name: 'f', systemName: '' }])], [1n])),
  );
  expect(hexOf(bytes)).toContain(joined(['1a 04 08 01 38 01', '22 08 08 01 10 01 22 02 08 01', '2a 04 08 01 10 03']));
});

test('a location outside every mapping stays outside while there are others', () => {
  const profile = profileOf((tables, samples) => {
    const mapping = tables.mapping({ file: 'x', buildId: '', start: 0n, limit: 0n, offset: 0n });
    samples.add([tables.location([], 0, 1n), tables.location([], mapping, 2n)], [1n]);
  });
  expect(hexOf(writePprof(profile))).toContain(
    joined(['1a 04 08 01 28 03', '22 04 08 01 18 01', '22 06 08 02 10 01 18 02']),
  );
});

test('a mapping has functions, files and line numbers only when all of its locations do', () => {
  const flagsOf = (frames: readonly (readonly [file: string, line: number] | undefined)[]): unknown => {
    const profile = profileOf((tables, samples) => {
      const mapping = tables.mapping({ file: 'x', buildId: '', start: 0n, limit: 0n, offset: 0n });
      const locations = frames.map((frame, i) =>
        tables.location(
          frame === undefined ? [] : [{ name: `f${i}`, file: frame[0], line: frame[1] }],
          mapping,
          BigInt(i),
        ),
      );
      samples.add(locations, [1n]);
    });
    const { mapping } = fromBinary(ProfileSchema, writePprof(profile));
    return mapping.map((one) => [one.hasFunctions, one.hasFilenames, one.hasLineNumbers, one.hasInlineFrames]);
  };
  expect(
    flagsOf([
      ['a.go', 1],
      ['b.go', 2],
    ]),
  ).toEqual([[true, true, true, false]]);
  expect(
    flagsOf([
      ['a.go', 1],
      ['', 2],
    ]),
  ).toEqual([[true, false, true, false]]);
  expect(
    flagsOf([
      ['a.go', 1],
      ['b.go', 0],
    ]),
  ).toEqual([[true, true, false, false]]);
  expect(flagsOf([['a.go', 1], undefined])).toEqual([[false, false, false, false]]);
});

test('what no sample refers to is left out', () => {
  const bytes = writePprof(
    profileOf((tables, samples) => {
      const mapping = tables.mapping({ file: '/unused', buildId: 'unused', start: 1n, limit: 2n, offset: 0n });
      tables.location([{ name: 'unused', file: 'unused.go' }], mapping);
      samples.add([tables.location([{ name: 'used' }])], [1n]);
    }),
  );
  const { location, function: fn, mapping, stringTable } = fromBinary(ProfileSchema, bytes);
  expect([location.length, fn.length, mapping.length]).toEqual([1, 1, 1]);
  expect(stringTable).toEqual(['', 'cpu', 'nanoseconds', 'used']);
});

test('a profile without samples is its head', () => {
  expect(hexOf(writePprof(profileOf(() => undefined)))).toBe(
    joined(['0a 04 08 01 10 02', ...['', 'cpu', 'nanoseconds'].map(stringField)]),
  );
});

/** Ids up to three bytes, lengths of stacks likewise. */
const largeProfile = (): Profile =>
  profileOf((tables, samples) => {
    const locations = Array.from({ length: 17_000 }, (_, i) => tables.location([{ name: `f${i}` }], 0, BigInt(i)));
    for (let i = 0; i < 10; i++) samples.add(locations.slice(i * 1_700, (i + 1) * 1_700), [BigInt(i)]);
  });

test('pprof-format, which agents use, writes the same bytes for what it reads', () => {
  for (const profile of [wholeProfile(), largeProfile()]) {
    const bytes = writePprof(profile);
    const other = OtherProfile.decode(bytes);
    expect(other.sample.length).toBe(profile.sampleCount);
    expect(Buffer.compare(other.encode(), bytes)).toBe(0);
  }
});

test('ids and lengths of two and three bytes are written as such', () => {
  const profile = largeProfile();
  const bytes = writePprof(profile);
  expect(profileInWords(readPprof(bytes, noLimits))).toEqual(profileInWords(profile));
  expect(Buffer.compare(toBinary(ProfileSchema, fromBinary(ProfileSchema, bytes)), bytes)).toBe(0);
});

test('what is written reads back as it was', () => {
  fc.assert(
    fc.property(madeUpProfile, (profile) => {
      assertProfileIntegrity(profile);
      const back = readPprof(writePprof(profile), noLimits);
      assertProfileIntegrity(back);
      expect(profileInWords(back)).toEqual(profileInWords(profile));
    }),
  );
});

test('written twice the bytes are the same: rows are in the order of their use', () => {
  fc.assert(
    fc.property(madeUpProfile, (profile) => {
      const once = writePprof(profile);
      // Texts of the head become strings of the table, so that the second time is the first with nothing to add.
      const twice = writePprof(readPprof(once, noLimits));
      expect(hexOf(writePprof(readPprof(twice, noLimits)))).toBe(hexOf(twice));
    }),
  );
});

test('protobuf-es writes the same bytes for what it reads', () => {
  fc.assert(
    fc.property(madeUpProfile, (profile) => {
      const bytes = writePprof(profile);
      expect(hexOf(toBinary(ProfileSchema, fromBinary(ProfileSchema, bytes)))).toBe(hexOf(bytes));
    }),
  );
});
