/** Uploads of the Parca agent, recorded, against the answers that came with them, and against damage. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZSTDDecoder } from 'zstddec';
import type { Damage } from '../../../test/damaged.ts';
import { damagedCopies } from '../../../test/damaged.ts';
import { findGolden } from '../../../test/golden.ts';
import { ExpectedParca, summaryOf } from '../../../test/parcaSummary.ts';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { KnownStacks } from './knownStacks.ts';
import { threadLabels } from './parcaLabels.ts';
import { readArrowV1Locations } from './readArrowV1.ts';
import { readArrowV2 } from './readArrowV2.ts';
import { readPadata } from './readPadata.ts';
import { beginWrite, finishWrite } from './twoPhaseWrite.ts';

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const dir = join(golden ?? '', 'parca-arrow');
const recorded = (file: string): Uint8Array => readFileSync(join(dir, file));
const allLabels = { dropLabels: new Set<string>() };
const v2Files = ['v2-cpu.arrows', 'v2-offcpu.arrows', 'v2-memory.arrows', 'v2-empty.arrows'];

const readV2 = (bytes: Uint8Array): WireReading => readArrowV2(bytes, defaultLimits, allLabels);

function readV1(samples: Uint8Array, locations: Uint8Array): WireReading {
  const stacks = new KnownStacks();
  return finishWrite(beginWrite(samples, stacks, defaultLimits, allLabels), locations, stacks, defaultLimits);
}

function assertWhole({ profiles }: WireReading): void {
  for (const { profile } of profiles) assertProfileIntegrity(profile);
}

for (const file of v2Files) {
  goldenTest(`${file} gives the labels, types, stacks, frames and totals that were put in`, () => {
    const reading = readV2(recorded(file));
    assertWhole(reading);
    expect(summaryOf(reading)).toEqual(new ExpectedParca(dir).summary(file));
    expect(reading.leftOut).toEqual([]);
  });
}

goldenTest(
  'v1 samples and locations give together what v2 gives, and the stack that the agent lost is named so',
  () => {
    const reading = readV1(recorded('v1-samples.arrows'), recorded('v1-locations.arrows'));
    assertWhole(reading);
    const expected = new ExpectedParca(dir).summary('v1-samples.arrows');
    const { byLabelSet, byStack, stacks } = summaryOf(reading);
    expect(byLabelSet).toEqual(expected.byLabelSet);
    expect(byStack).toEqual(expected.byStack);
    // The lost stack is expected with the frames that it had.
    const lost = '0x0|||missing stacktrace||0|0';
    expect(stacks).toContain(lost);
    expect(expected.stacks).toEqual(expect.arrayContaining(stacks.filter((stack) => stack !== lost)));
  },
);

goldenTest('by default threads and CPUs make no series: one for each process and what it labels itself', () => {
  const dropLabels = new Set([...threadLabels, 'endpoint', 'job']);
  for (const file of v2Files) {
    const reading = readArrowV2(recorded(file), defaultLimits, { dropLabels });
    const expected = new ExpectedParca(dir);
    expect(summaryOf(reading).byLabelSet).toEqual(expected.totalsBy(expected.file(file).byProcess));
  }
  const names = readArrowV2(recorded('v2-cpu.arrows'), defaultLimits).profiles.flatMap(({ labels }) =>
    labels.map(({ name }) => name),
  );
  const kept = ['__name__', 'comm', 'container', 'endpoint', 'namespace', 'node', 'pod', 'service_name'];
  expect([...new Set(names)].sort()).toEqual(kept);
});

goldenTest('a profile begins with its earliest row and reaches to its latest, though rows are not in order', () => {
  const file = new ExpectedParca(dir).file('v2-cpu.arrows');
  const { profiles } = readArrowV2(recorded('v2-cpu.arrows'), defaultLimits);
  const starts = profiles.map(({ profile }) => profile.timeNanos);
  const ends = profiles.map(({ profile }) => profile.timeNanos + profile.durationNanos);
  expect(starts.reduce((a, b) => (a < b ? a : b)).toString()).toBe(file.firstTimestampNs);
  expect(ends.reduce((a, b) => (a > b ? a : b)).toString()).toBe(file.lastTimestampNs);
});

for (const file of ['sample.padata', 'sample.padata.zst', 'sample-v1.padata.zst']) {
  goldenTest(`${file}: an offline file holds each batch that its agent could not send`, async () => {
    const reading = readPadata(await unpacked(file), defaultLimits, {
      dropLabels: new Set([...threadLabels, 'job', 'endpoint']),
    });
    assertWhole(reading);
    const expected = new ExpectedParca(dir);
    const sums: Record<string, Record<string, bigint>> = {};
    for (const { byProcess } of expected.file(file.replace(/^sample\.padata\.zst$/, 'sample.padata')).batches ?? []) {
      for (const [labels, totals] of Object.entries(expected.totalsBy(byProcess))) {
        const sum = (sums[labels] ??= {});
        for (const [type, total] of Object.entries(totals)) sum[type] = (sum[type] ?? 0n) + total;
      }
    }
    expect(summaryOf(reading).byLabelSet).toEqual(sums);
  });
}

async function unpacked(file: string): Promise<Uint8Array> {
  if (!file.endsWith('.zst')) return recorded(file);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder.decode(recorded(file), 100_000);
}

const damaged: readonly (readonly [string, (bytes: Uint8Array) => WireReading])[] = [
  ...v2Files.map((file) => [file, readV2] as const),
  ['v1-samples.arrows', (bytes) => readV1(bytes, recorded('v1-locations.arrows'))],
  ['v1-locations.arrows', (bytes) => readV1(recorded('v1-samples.arrows'), bytes)],
  ['sample.padata', (bytes) => readPadata(bytes, defaultLimits)],
];
/** Whole files take a few milliseconds; machines that run tests are busy. */
const mostMillis = 2_000;

for (const [file, read] of damaged) {
  goldenTest(
    `${file} with any damage is refused as bad input or read as profiles that hold together, and soon`,
    () => {
      for (const { what, bytes } of damagedCopies(recorded(file)))
        expect([what, outcome(read, bytes)]).toEqual([what, '']);
    },
    600_000,
  );
}

/** What is wrong with the outcome; '' when nothing is. */
function outcome(read: (bytes: Uint8Array) => WireReading, bytes: Damage['bytes']): string {
  const began = performance.now();
  try {
    assertWhole(read(bytes));
  } catch (error) {
    if (!(error instanceof InputError)) return String(error);
  }
  const millis = performance.now() - began;
  return millis < mostMillis ? '' : `took ${Math.round(millis)} ms`;
}

goldenTest('the three copies on which a reader without checks sticks or explodes are over in no time', () => {
  const flip = (file: string, at: number, bit: number): Uint8Array => {
    const bytes = new Uint8Array(recorded(file));
    bytes[at] = (bytes[at] ?? 0) ^ bit;
    return bytes;
  };
  expect(outcome((bytes) => readV1(bytes, recorded('v1-locations.arrows')), flip('v1-samples.arrows', 532, 1))).toBe(
    '',
  );
  expect(outcome(readV2, flip('v2-cpu.arrows', 40_481, 64))).toBe('');
});

goldenTest(
  'an agent is asked for a stack once: the second upload of the same stacks asks only for the lost one',
  () => {
    const stacks = new KnownStacks();
    const first = beginWrite(recorded('v1-samples.arrows'), stacks, defaultLimits);
    expect(first.unknownIds).toHaveLength(59);
    const { stacks: sent } = readArrowV1Locations(recorded('v1-locations.arrows'), defaultLimits);
    expect([...first.unknownIds].sort()).toEqual([...sent.keys()].sort());
    finishWrite(first, recorded('v1-locations.arrows'), stacks, defaultLimits);
    expect(beginWrite(recorded('v1-samples.arrows'), stacks, defaultLimits).unknownIds).toEqual([
      'b3b76f1882f5204a73980ae23bcb943d',
    ]);
  },
);
