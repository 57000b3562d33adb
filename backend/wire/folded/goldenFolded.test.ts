/** Folded stacks of other projects' tools, by the sums and stacks that come with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { textProfileType } from '../ingest/textProfileType.ts';
import { readFolded } from './readFolded.ts';
import { countHead, foldOf, readDamaged, sumOf, testLimits } from './testFolding.ts';

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const bytesOfFile = (name: string): Uint8Array => readFileSync(join(golden ?? '', 'folded', name));
const read = (name: string) => readFolded(bytesOfFile(name), countHead, testLimits);

for (const name of ['simple.txt', 'simple-crlf.txt', 'simple-utf16-le.txt', 'simple-with-invalids.txt']) {
  goldenTest(`${name}: c 5, d 4, b itself 5`, () => {
    expect(foldOf(read(name).profiles[0]?.profile)).toEqual(['a;b 5', 'a;b;c 5', 'a;b;d 4']);
  });
}

goldenTest('simple-with-invalids.txt: the comment with // and the line without a count are counted', () => {
  expect(read('simple-with-invalids.txt').leftOut.map(({ samples }) => samples)).toEqual([2]);
});

for (const [name, stacks, sum] of [
  ['alternating.txt', 2, 182n],
  ['recursion.txt', 7, 10n],
  ['tall.txt', 1, 1n],
  ['austin-python.txt', 2, 291n],
  ['async-profiler-java.txt', 30, 3279n],
  ['diff-before.txt', 8, 65n],
  ['diff-after.txt', 8, 80n],
] as const) {
  goldenTest(`${name}: ${stacks} stacks, sum ${sum}`, () => {
    const reading = read(name);
    const profile = reading.profiles[0]?.profile;
    if (profile !== undefined) assertProfileIntegrity(profile);
    expect([reading.profiles.length, profile?.sampleCount, sumOf(profile)]).toEqual([1, stacks, sum]);
    expect(reading.leftOut).toEqual([]);
  });
}

goldenTest('fractional.txt: 334.618 samples at 100 a second are 3,346,180,000 ns, to the last one', () => {
  const head = { ...countHead, type: textProfileType('cpu', 100) };
  const [labelled] = readFolded(bytesOfFile('fractional.txt'), head, testLimits).profiles;
  expect(sumOf(labelled?.profile)).toBe(3_346_180_000n);
});

goldenTest('diff-before-after.txt: its two profiles are diff-before.txt and diff-after.txt', () => {
  const stacksOf = (name: string) => read(name).profiles.map(({ profile }) => foldOf(profile));
  expect(stacksOf('diff-before-after.txt')).toEqual([...stacksOf('diff-before.txt'), ...stacksOf('diff-after.txt')]);
});

for (const name of ['austin-python.txt', 'fractional.txt', 'simple-utf16-le.txt', 'diff-before-after.txt']) {
  goldenTest(`${name}, damaged, gives sound profiles or an InputError`, () => {
    const taken = readDamaged(bytesOfFile(name), (bytes) => readFolded(bytes, countHead, testLimits));
    expect(taken).toBeGreaterThan(0);
  });
}
