/** The stream of a v1 agent, played by the test: samples, what is asked, what is sent, what becomes of it. */
import { tableFromIPC } from '@uwdata/flechette';
import * as arrow from '../../../test/bench/arrowWriter.mjs';
import type { MadeUpFrame } from '../../../test/bench/madeUpArrow.mjs';
import { madeUpLocationsV1, madeUpSamplesV1, periodNanos } from '../../../test/bench/madeUpArrow.mjs';
import { summaryOf } from '../../../test/parcaSummary.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { KnownStacks } from './knownStacks.ts';
import { beginWrite, finishWrite } from './twoPhaseWrite.ts';
import { writeStacktraceRequest } from './writeStacktraceRequest.ts';

const called = (name: string): MadeUpFrame => ({
  address: 0x1000n,
  file: `lib${name}.so`,
  buildId: 'b1',
  lines: [[name, 7]],
});
const nameless: MadeUpFrame = { address: 0xffff_ffff_ffff_fff0n, file: 'libc.so.6', buildId: 'c0ffee', lines: null };
const inlined: MadeUpFrame = {
  ...called('outer'),
  lines: [
    ['inner', 3],
    ['outer', 9],
  ],
};
const hexOf = (id: string): string => Buffer.from(id).toString('hex');
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

const samples = madeUpSamplesV1([
  ['stack-a', 'pod-1', 1],
  ['stack-a', 'pod-1', 1],
  ['stack-b', 'pod-1', 2],
  ['stack-b', 'pod-2', 1],
]);
const locations = madeUpLocationsV1([
  ['stack-a', [called('leaf'), called('main')]],
  ['stack-b', [nameless, inlined]],
]);

function play(sent: Uint8Array | undefined, stacks = new KnownStacks()): WireReading {
  const reading = finishWrite(beginWrite(samples, stacks, defaultLimits), sent, stacks, defaultLimits);
  for (const { profile } of reading.profiles) assertProfileIntegrity(profile);
  return reading;
}

test('samples name their stacks, the answer asks for them, and the second message brings them', () => {
  expect(summaryOf(play(locations))).toEqual({
    byLabelSet: { 'pod=pod-1': { [cpu]: 4n * periodNanos }, 'pod=pod-2': { [cpu]: periodNanos } },
    byStack: {
      'main;leaf': { [cpu]: 2n * periodNanos },
      'inner;libc.so.6+0xfffffffffffffff0': { [cpu]: 3n * periodNanos },
    },
    stacks: [
      '0x1000|libleaf.so|b1|leaf|leaf.c|7|0\n0x1000|libmain.so|b1|main|main.c|7|0',
      '0xfffffffffffffff0|libc.so.6|c0ffee|||0|0\n0x1000|libouter.so|b1|inner|inner.c|3|0',
    ],
  });
});

test('inlined calls stay lines of one location, innermost first', () => {
  const [first] = play(locations).profiles;
  const counts = Array.from(first?.profile.stacks.locations.lineStart ?? []).map(
    (start, i, all) => start - (all[i - 1] ?? 0),
  );
  expect(counts).toContain(2);
});

test('the answer is one column of plain Binary, which another reader understands', () => {
  const { answer, unknownIds } = beginWrite(samples, new KnownStacks(), defaultLimits);
  expect(unknownIds).toEqual([hexOf('stack-a'), hexOf('stack-b')]);
  const table = tableFromIPC(answer);
  const binaryType = 4;
  expect(table.schema.fields.map(({ name, type }) => [name, type.typeId])).toEqual([['stacktrace_id', binaryType]]);
  const ids = [...(table.getChild('stacktrace_id') ?? [])].map((id) => Buffer.from(id as Uint8Array).toString());
  expect(ids).toEqual(['stack-a', 'stack-b']);
});

test('nothing is asked for when every stack is known: the answer is empty and no second message is needed', () => {
  const stacks = new KnownStacks();
  const expected = summaryOf(play(locations, stacks));
  expect(beginWrite(samples, stacks, defaultLimits).answer).toHaveLength(0);
  expect(summaryOf(play(undefined, stacks))).toEqual(expected);
  expect(writeStacktraceRequest([])).toHaveLength(0);
});

test('a stack forgotten between the two messages is still there for the write that began with it', () => {
  const stacks = new KnownStacks(6);
  play(locations, stacks);
  const begun = beginWrite(samples, stacks, defaultLimits);
  for (const id of ['x', 'y', 'z']) stacks.set(id, [{ address: 1n, file: '', buildId: '', lines: [] }]);
  expect(stacks.get(hexOf('stack-a'))).toBeUndefined();
  const { byStack } = summaryOf(finishWrite(begun, locations, stacks, defaultLimits));
  expect(Object.keys(byStack)).toEqual(['main;leaf', 'inner;libc.so.6+0xfffffffffffffff0']);
});

test('what the agent says it lost, and what it does not send, counts without frames and is asked for again', () => {
  const stacks = new KnownStacks();
  const lost: MadeUpFrame = { address: 0n, file: null, buildId: null, lines: [['missing stacktrace', 0]] };
  const reading = play(madeUpLocationsV1([['stack-a', [lost]]]), stacks);
  expect(summaryOf(reading).byStack).toEqual({ 'missing stacktrace': { [cpu]: 5n * periodNanos } });
  expect(beginWrite(samples, stacks, defaultLimits).unknownIds).toHaveLength(2);
});

test('stacks that nobody asked for are not remembered', () => {
  const stacks = new KnownStacks();
  play(madeUpLocationsV1([['stack-z', [called('evil')]]]), stacks);
  expect(stacks.frameCount).toBe(0);
});

test('the memory of stacks is bounded: those not used for longest go first', () => {
  const stacks = new KnownStacks(10);
  const frame = { address: 1n, file: '', buildId: '', lines: [] };
  for (const id of ['a', 'b', 'c']) stacks.set(id, [frame, frame]);
  stacks.get('a');
  stacks.set('d', [frame, frame]);
  expect(['a', 'b', 'c', 'd'].filter((id) => stacks.get(id) !== undefined)).toEqual(['a', 'c', 'd']);
  expect(stacks.frameCount).toBe(9);
  stacks.set(
    'huge',
    Array.from({ length: 50 }, () => frame),
  );
  expect(stacks.get('huge')).toBeUndefined();
  expect(stacks.frameCount).toBe(9);
  stacks.set('a', [frame]);
  expect(stacks.frameCount).toBe(8);
});

test('a period per row: off-CPU time of a v1 agent is no multiple of it', () => {
  const other = madeUpSamplesV1([['stack-a', 'pod-1', 3]], { period: 0n });
  const stacks = new KnownStacks();
  const { profiles } = finishWrite(beginWrite(other, stacks, defaultLimits), locations, stacks, defaultLimits);
  expect(profiles[0]?.profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
  expect(profiles[0]?.profile.values).toEqual(BigInt64Array.of(3n));
});

test('a locations record whose lists are no lists is refused', () => {
  const stacks = new KnownStacks();
  const begun = beginWrite(samples, stacks, defaultLimits);
  const record = arrow.arrowStream(
    { stacktrace_id: arrow.texts(['stack-a'], 4), locations: arrow.texts(['x'], 4) },
    { rows: 1 },
  );
  expect(() => finishWrite(begun, record, stacks, defaultLimits)).toThrow('column "locations" is no list');
});

test('records of the wrong schema are named so', () => {
  const v2 = arrow.arrowStream({}, { rows: 0, metadata: { parca_write_schema_version: 'v2' } });
  expect(() => beginWrite(v2, new KnownStacks(), defaultLimits)).toThrow('schema "v2" where "v1" belongs');
});
