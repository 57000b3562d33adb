/** What the agent sends, against the answers that came with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGolden } from '../../../test/golden.ts';
import { ExpectedParca, summaryOf } from '../../../test/parcaSummary.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import { readArrowV2 } from './readArrowV2.ts';

const golden = findGolden();
const goldenTest = golden === undefined ? test.skip : test;
const goldenDir = join(golden ?? '', 'parca-arrow');
const readGolden = (file: string): Uint8Array => readFileSync(join(goldenDir, file));
const recorded = ['v2-cpu.arrows', 'v2-offcpu.arrows', 'v2-memory.arrows', 'v2-empty.arrows'];

for (const file of recorded) {
  goldenTest(`${file} gives the labels, types, stacks, frames and totals that were put in`, () => {
    const reading = readArrowV2(readGolden(file), defaultLimits, { dropLabels: new Set() });
    for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
    const expected = new ExpectedParca(goldenDir).summary(file);
    const { byLabelSet, byStack, stacks } = summaryOf(reading);
    expect(byLabelSet).toEqual(expected.byLabelSet);
    expect(byStack).toEqual(expected.byStack);
    expect(stacks).toEqual(expected.stacks);
    expect(reading.leftOut).toEqual([]);
  });
}
