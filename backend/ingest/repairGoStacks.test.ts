/** Stacks are written root first here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findGolden } from '../../test/golden.ts';
import { defaultLimits } from '../limits.ts';
import { assertProfileIntegrity } from '../model/assertProfileIntegrity.ts';
import type { Profile } from '../model/profile.ts';
import { SampleBuilder, TableBuilder } from '../model/profileBuilder.ts';
import { textAt } from '../model/stackTable.ts';
import type { StackTable } from '../model/stackTable.ts';
import { unixNanos } from '../model/time.ts';
import { gunzip } from '../wire/gzip.ts';
import { readPprof } from '../wire/pprof/readPprof.ts';
import { dropTypeParameters } from './goTypeParameters.ts';
import { repairGoStacks } from './repairGoStacks.ts';

const hashKey = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function stacksOf(stacks: readonly (readonly string[])[]): Profile {
  const table = new TableBuilder();
  const builder = new SampleBuilder(1);
  // Every name has the number of its place in the alphabet, so that tests know the order of windows.
  for (const name of [...new Set(stacks.flat())].sort()) table.location([{ name }]);
  for (const frames of stacks) {
    builder.add(
      frames.toReversed().map((name) => table.location([{ name }])),
      [1n],
    );
  }
  const head = { sampleTypes: [{ type: 'a', unit: 'b' }], periodType: undefined, period: 0n, durationNanos: 0n };
  return builder.finish(table.finish(), { ...head, timeNanos: unixNanos(0n) });
}

function framesOf(stacks: StackTable): readonly (readonly string[])[] {
  return Array.from({ length: stacks.stackCount }, (_, stack) => {
    const locations = stacks.stackLocations.subarray(stacks.stackStart[stack], stacks.stackStart[stack + 1]);
    return Array.from(locations.toReversed(), (location) => {
      const line = stacks.locations.lineStart[location] ?? 0;
      return textAt(stacks.strings, stacks.functions.name[stacks.locations.lineFunction[line] ?? 0] ?? 0);
    });
  });
}

const repaired = (stacks: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  framesOf(repairGoStacks(stacksOf(stacks).stacks, hashKey));

/** f07, f08 ...: frames of one long chain of calls. */
const calls = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, i) => `f${String(from + i).padStart(2, '0')}`);

/** The last window in order is never repaired; this one is last, whatever else is there. */
const last = Array.from({ length: 24 }, (_, i) => `z${i}`);

for (const missing of [1, 5, 8]) {
  test(`a stack that lacks ${missing} callers gets them from two others that have them`, () => {
    const whole = [calls(0, 40), calls(0, 33)];
    const cut = [...calls(missing, 33), 'leaf'];
    expect(repaired([...whole, cut, last])).toEqual([...whole, [...calls(0, 33), 'leaf'], last]);
  });
}

test('nine missing callers are too many: what is left in common is too short', () => {
  const stacks = [calls(0, 40), calls(0, 33), calls(9, 40), last];
  expect(repaired(stacks)).toEqual(stacks);
});

test('one stack alone is no proof: its callers are not copied', () => {
  const stacks = [calls(0, 40), calls(3, 40), last];
  expect(repaired(stacks)).toEqual(stacks);
});

test('two stacks that agree on eight frames at the root and differ below are proof for both', () => {
  const other = [...calls(0, 8), ...Array.from({ length: 20 }, (_, i) => `x${i}`)];
  expect(repaired([calls(0, 40), other, calls(3, 40), last])[2]).toEqual(calls(0, 40));
});

test('callers come in several steps', () => {
  const twice = (from: number) => [calls(from, 60), calls(from, 61)];
  const stacks = [...twice(0), ...twice(7), ...twice(14), calls(20, 60), last];
  expect(repaired(stacks).at(-2)).toEqual(calls(0, 60));
});

test('of two ways up the longer one is taken, of equals the first in order', () => {
  const way = (letter: string, length: number) => [
    ...Array.from({ length }, (_, i) => `${letter}${i}`),
    ...calls(0, 30),
  ];
  const twice = (frames: readonly string[]) => [frames, [...frames, 'leaf']];
  expect(repaired([...twice(way('a', 3)), ...twice(way('b', 5)), calls(0, 30), last]).at(-2)).toEqual(way('b', 5));
  expect(repaired([...twice(way('b', 5)), ...twice(way('a', 5)), calls(0, 30), last]).at(-2)).toEqual(way('a', 5));
});

test('a function that calls itself does not grow without end', () => {
  const deep = Array.from({ length: 60 }, () => 'fib');
  expect(repaired([deep, deep, last])).toEqual([deep, deep, last]);
  const turns = (from: number) => Array.from({ length: 60 }, (_, i) => (i % 2 === from ? 'even' : 'odd'));
  for (const frames of repaired([turns(0), turns(0), turns(1), turns(1), last])) {
    expect(frames.length).toBeLessThanOrEqual(68);
  }
});

test('a stack grows by 512 frames at most', () => {
  const name = (i: number) => `n${String(i).padStart(4, '0')}`;
  const chain = Array.from({ length: 100 }, (_, i) => Array.from({ length: 24 }, (_, at) => name(8 * i + at)));
  const longest = Math.max(...repaired([...chain, ...chain, last]).map(({ length }) => length));
  expect(longest).toBe(24 + 512);
});

test('stacks of 23 frames are left alone, in the very same table', () => {
  const { stacks } = stacksOf([calls(0, 23), calls(3, 23), calls(5, 23)]);
  expect(repairGoStacks(stacks, hashKey)).toBe(stacks);
});

test('a repaired stack goes on where it ended, and there are as many as before', () => {
  // Two names only, so that windows meet often.
  const stack = fc.array(fc.constantFrom('a', 'b'), { minLength: 20, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(stack, { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 9 }), (given, cut) => {
      const all = [...given, ...given.map((frames) => frames.slice(cut))];
      const profile = stacksOf(all);
      const stacks = repairGoStacks(profile.stacks, hashKey);
      assertProfileIntegrity({ ...profile, stacks });
      const after = framesOf(stacks);
      expect(after.length).toBe(all.length);
      all.forEach((frames, i) => {
        const kept = frames.length === 0 ? [] : after[i]?.slice(-frames.length);
        expect(kept).toEqual(frames);
        if (frames.length < 24) expect(after[i]).toEqual(frames);
      });
    }),
    { numRuns: 200 },
  );
});

const golden = findGolden();
(golden === undefined ? test.skip : test)('a CPU profile that Pyroscope repaired comes out like its twin', () => {
  const read = (file: string): Profile =>
    readPprof(gunzip(readFileSync(join(golden ?? '', 'pprof', file)), defaultLimits.bodyBytes), defaultLimits);
  const cut = read('gotruncatefix-cpu-1.pb.gz');
  const twin = read('gotruncatefix-cpu-1.fixed.pb.gz');
  const stacks = repairGoStacks({ ...cut.stacks, ...dropTypeParameters(cut.stacks) }, hashKey);
  assertProfileIntegrity({ ...cut, stacks });
  // The twin is of a time when type parameters were shortened, not dropped.
  const lines = ({ values, sampleTypes }: Profile, table: StackTable) =>
    framesOf(table)
      .map((frames, i) => `${frames.join(';').replaceAll('[...]', '')} ${values[i * sampleTypes.length]}`)
      .sort();
  const [own, theirs] = [lines(cut, stacks), lines(twin, twin.stacks)];
  expect(own.length).toBe(647);
  expect(own).toEqual(theirs);
});
