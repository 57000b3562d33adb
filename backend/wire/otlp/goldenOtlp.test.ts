/** What real agents sent, compared with the answers that come with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { InputError } from '../../errors.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { LabelledProfile, WireReading } from '../../model/labelledProfile.ts';
import { textAt } from '../../model/stackTable.ts';
import { ProtoCursor } from '../protoCursor.ts';
import { readOtlp } from './readOtlp.ts';
import { readOtlpJson } from './readOtlpJson.ts';
import { describeLabels, describeSamples, describeType } from './testRequest.ts';

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const fileOf = (name: string): Uint8Array => readFileSync(join(golden ?? '', 'otlp', name));
const limits = { samplesPerProfile: 16_000, stackDepth: 1_000 };
const newest = 'otel-ebpf-profile.pb.bin';
const older = 'otel-ebpf-profile-1.8.pb.bin';

const readChecked = (bytes: Uint8Array): WireReading => {
  const reading = readOtlp(bytes, limits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
};

/** Everything but which revision it was. */
const describeReading = ({ profiles, leftOut }: WireReading): unknown => ({
  leftOut,
  profiles: profiles.map((labelled) => ({
    type: describeType(labelled),
    labels: describeLabels(labelled.labels),
    head: [labelled.profile.timeNanos, labelled.profile.durationNanos, labelled.profile.period].map(String),
    samples: describeSamples(labelled.profile),
  })),
});

interface ExpectedAnswer {
  readonly samples: readonly {
    readonly values: string;
    readonly locations: readonly {
      readonly lines?: readonly string[];
      readonly mapping: string;
      readonly address: string;
    }[];
  }[];
}

/** Sums by stack, a frame being its lines and the build of its mapping; addresses of named frames are 0 in the answers. */
function sumsOf(profiles: readonly LabelledProfile[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { profile } of profiles) {
    const { strings, functions, locations, mappings, stackStart, stackLocations } = profile.stacks;
    for (let sample = 0; sample < profile.sampleCount; sample++) {
      const frames = Array.from(stackLocations.subarray(stackStart[sample], stackStart[sample + 1]), (location) => {
        const mapping = mappings.file[locations.mapping[location] ?? 0] ?? 0;
        const build = textAt(strings, mappings.buildId[locations.mapping[location] ?? 0] ?? 0);
        const lines = Array.from(
          locations.lineFunction.subarray(locations.lineStart[location], locations.lineStart[location + 1]),
          (fn, i) =>
            `${textAt(strings, functions.name[fn] ?? 0)}[]@:${locations.lineNumber[(locations.lineStart[location] ?? 0) + i]}`,
        );
        return `${lines.join()} ${textAt(strings, mapping)}(${build})`;
      });
      const key = frames.join(' < ');
      sums.set(key, (sums.get(key) ?? 0n) + (profile.values[sample] ?? 0n));
    }
  }
  return sums;
}

function expectedSums(name: string): ReadonlyMap<string, bigint> {
  const answer = JSON.parse(Buffer.from(fileOf(name)).toString()) as ExpectedAnswer;
  const sums = new Map<string, bigint>();
  for (const { locations, values } of answer.samples) {
    const frames = locations.map(({ lines = [], mapping, address }) => {
      expect([address, mapping.slice(0, 12)]).toEqual(['0x0', '0x0-0x0@0x0 ']);
      return `${lines.join()} ${mapping.slice(12)}`;
    });
    sums.set(frames.join(' < '), BigInt(values));
  }
  expect(sums.size).toBe(answer.samples.length);
  return sums;
}

const ofType = (type: string, { profiles }: WireReading): readonly LabelledProfile[] =>
  profiles.filter(
    (labelled) =>
      describeType(labelled) === type && describeLabels(labelled.labels)['service_name'] === 'unknown_service',
  );

goldenTest('the eBPF agent of protocol 1.10 gives the expected CPU time by stack', () => {
  const reading = readChecked(fileOf(newest));
  expect([reading.revision, reading.leftOut, reading.profiles.length]).toEqual(['otlp 1.10-1.11', [], 82]);
  const sums = sumsOf(ofType('process_cpu:cpu:nanoseconds:cpu:nanoseconds', reading));
  expect(sums).toEqual(expectedSums('otel-ebpf-profile-cpu.out.json'));
  expect(sums.size).toBe(7);
});

goldenTest('the eBPF agent of protocol 1.10 gives the expected off-CPU time by stack', () => {
  const sums = sumsOf(ofType('off_cpu:off_cpu:nanoseconds::', readChecked(fileOf(newest))));
  expect(sums).toEqual(expectedSums('otel-ebpf-profile-offcpu.out.json'));
  expect(sums.size).toBe(76);
});

goldenTest('frames without symbols keep their address, and the build of their file', () => {
  const found = readChecked(fileOf(newest)).profiles.flatMap(({ profile }) => describeSamples(profile));
  expect(
    found.some((line) =>
      /(\| | < ) at [1-9]\d* in libc\.so\.6 ff0267465bc3d76e21003b3bc5598fd5ee63e261 0-1503232/.test(line),
    ),
  ).toBe(true);
});

goldenTest('the eBPF agent of protocol 1.8 gives all its samples', () => {
  const { revision, profiles, leftOut } = readChecked(fileOf(older));
  expect([revision, leftOut]).toEqual(['otlp 1.8-1.9', []]);
  const counts = profiles.map((labelled) => [describeType(labelled), labelled.profile.sampleCount]);
  expect(
    counts
      .filter(([type]) => type === 'off_cpu:off_cpu:nanoseconds::')
      .reduce((sum, [, count]) => sum + Number(count), 0),
  ).toBe(287);
  expect(
    counts
      .filter(([type]) => type === 'process_cpu:cpu:nanoseconds:cpu:nanoseconds')
      .reduce((sum, [, count]) => sum + Number(count), 0),
  ).toBe(10);
  const cpuNanos = profiles
    .filter(({ profile }) => profile.periodType !== undefined)
    .flatMap(({ profile }) => [...profile.values]);
  expect(cpuNanos.reduce((sum, value) => sum + value, 0n)).toBe(500_000_000n);
});

for (const name of [newest, older]) {
  goldenTest(`${name} as JSON gives the same profiles`, () => {
    const json = readOtlpJson(fileOf(name.replace('.pb.bin', '.pb.json')), limits);
    expect(describeReading(json)).toEqual(describeReading(readChecked(fileOf(name))));
  });
}

/** Renumbers the fields of every sample, in place: tags of one byte stay so. */
function renumberSamples(bytes: Uint8Array, numbers: ReadonlyMap<number, number>): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const cursor = new ProtoCursor(bytes, 'test');
  const walk = (start: number, stop: number, path: readonly number[]): void => {
    const [next, ...rest] = path;
    cursor.enter(start, stop);
    let tagAt = start;
    while (cursor.next()) {
      const { at, field, wireType, end } = cursor;
      if (next === undefined) copy[tagAt] = ((numbers.get(field) ?? field) << 3) | wireType;
      else if (field === next && wireType === 2) walk(cursor.start, cursor.stop, rest);
      cursor.enter(at, end);
      tagAt = at;
    }
  };
  walk(0, bytes.length, [1, 2, 2, 2]);
  return copy;
}

goldenTest('the same samples with the numbers of 1.9 give the same profiles as with those of 1.10', () => {
  const as19 = renumberSamples(
    fileOf(newest),
    new Map([
      [4, 2],
      [2, 3],
      [3, 4],
    ]),
  );
  const reading = readChecked(as19);
  expect(reading.revision).toBe('otlp 1.8-1.9');
  expect(describeReading(reading)).toEqual(describeReading(readChecked(fileOf(newest))));
});

const thorough = process.env['PYROLENS_SLOW_TESTS'] === '1';
/** Xorshift: the same bytes break in every run. */
function* seeded(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

for (const name of [newest, older, 'otel-ebpf-profile.pb.json']) {
  const read = name.endsWith('.json') ? readOtlpJson : readOtlp;
  const survives = (bytes: Uint8Array): boolean => {
    try {
      for (const { profile } of read(bytes, limits).profiles) assertProfileIntegrity(profile);
      return true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return false;
    }
  };
  goldenTest(`${name} cut anywhere is refused or still whole`, () => {
    const bytes = fileOf(name);
    const cuts = thorough ? 200 : 20;
    for (let i = 0; i < cuts; i++) survives(bytes.subarray(0, Math.floor((bytes.length * i) / cuts)));
    expect(survives(bytes)).toBe(true);
    expect(survives(bytes.subarray(0, bytes.length - 1))).toBe(false);
  });
  goldenTest(`${name} with wrong bytes is refused or still whole`, () => {
    const random = seeded(4_711);
    const next = (): number => random.next().value as number;
    let refused = 0;
    const flips = thorough ? 2_000 : 200;
    for (let i = 0; i < flips; i++) {
      const bytes = Uint8Array.from(fileOf(name));
      const place = next() % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ (1 + (next() % 255));
      if (!survives(bytes)) refused++;
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(flips);
  });
}
