/** What real profilers wrote, held against the table that comes with the recordings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { findGolden } from '../../../test/golden.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { Profile } from '../../model/profile.ts';
import { gunzip } from '../gzip.ts';
import { ProfileSchema } from '../pyroscope/gen/google/v1/profile_pb.js';
import { profileInWords } from './profileInWords.ts';
import { readPprof } from './readPprof.ts';
import { writePprof } from './writePprof.ts';

interface GoldenRow {
  readonly file: string;
  readonly types: string;
  readonly counts: string;
  readonly totals: string;
}

/** Refused, and why. */
const refused: Readonly<Record<string, RegExp>> = {
  'pprof/dotnet-function-id-0.pprof': /^pprof, byte \d+: function id is 0$/,
  'pprof/invalid-utf8.pb.gz': /^pprof, byte \d+: invalid utf8 string hex: [0-9a-f]+ /,
};

const golden = findGolden();
const rows = golden === undefined ? [] : readTable(readFileSync(join(golden, 'README.md'), 'utf8'));

function readTable(readme: string): readonly GoldenRow[] {
  const row =
    /^\| (pprof\/\S+) \|.*? types `([^`]*)`; (\d+ samples, \d+ locations, \d+ functions, \d+ mappings); totals ([\d /-]*\d)/gm;
  return [...readme.matchAll(row)].map(([, file = '', types = '', counts = '', totals = '']) => ({
    file,
    types,
    counts,
    totals,
  }));
}

const bytesOf = (file: string): Uint8Array =>
  new Uint8Array(gunzip(readFileSync(join(golden ?? '', file)), defaultLimits.bodyBytes));

function summary(file: string, { sampleTypes, sampleCount, values, stacks }: Profile): GoldenRow {
  const totals = sampleTypes.map((_, type) => {
    let total = 0n;
    for (let i = type; i < values.length; i += sampleTypes.length) total += values[i] ?? 0n;
    return total;
  });
  return {
    file,
    types: sampleTypes.map(({ type, unit }) => `${type}:${unit}`).join(' '),
    counts: `${sampleCount} samples, ${stacks.locations.count} locations, ${stacks.functions.count} functions, ${stacks.mappings.count - 1} mappings`,
    totals: totals.join(' / '),
  };
}

(golden === undefined ? test.skip : test)('the table of the recordings is understood', () => {
  expect(rows.length).toBeGreaterThan(30);
});

for (const row of rows) {
  const { file } = row;
  const why = refused[file];
  if (why !== undefined) {
    test(`${file} is refused`, () => expect(() => readPprof(bytesOf(file), defaultLimits)).toThrow(why));
    continue;
  }
  test(`${file} has the counts and totals of the table`, () => {
    const profile = readPprof(bytesOf(file), defaultLimits);
    assertProfileIntegrity(profile);
    expect(summary(file, profile)).toEqual(row);
  });

  test(`${file} written again says the same, in the bytes that protobuf-es would write`, () => {
    const profile = readPprof(bytesOf(file), defaultLimits);
    const written = writePprof(profile);
    const back = readPprof(written, defaultLimits);
    assertProfileIntegrity(back);
    expect(profileInWords(back)).toEqual(profileInWords(profile));
    expect(Buffer.compare(toBinary(ProfileSchema, fromBinary(ProfileSchema, written)), written)).toBe(0);
  });
}
