import type { Profile } from '../model/profile.ts';
import { SampleBuilder, TableBuilder } from '../model/profileBuilder.ts';
import type { FunctionLine } from '../model/profileBuilder.ts';
import { textAt } from '../model/stackTable.ts';
import { unixNanos } from '../model/time.ts';
import { createGoFix } from './fixGoProfile.ts';

function profileOf(frame: FunctionLine): Profile {
  const table = new TableBuilder();
  const builder = new SampleBuilder(1);
  builder.add([table.location([{ name: 'generic[go.shape.int]' }]), table.location([frame])], [1n]);
  const head = { sampleTypes: [{ type: 'a', unit: 'b' }], periodType: undefined, period: 0n, durationNanos: 0n };
  return builder.finish(table.finish(), { ...head, timeNanos: unixNanos(0n) });
}

const leafOf = ({ stacks }: Profile): string => textAt(stacks.strings, stacks.functions.name[0] ?? 0);
const spy = (value: string) => [{ name: 'pyroscope_spy', value }];
const fixGo = createGoFix(new Uint8Array(8));

for (const [why, frame, labels, isGo] of [
  ['the label says so', { name: 'main' }, spy('gospy'), true],
  ['a file ends in .go', { name: 'main', file: '/src/main.go' }, [], true],
  ['a stack begins as only Go stacks do', { name: 'runtime.goexit' }, [], true],
  ['the label names another language', { name: 'main', file: '/src/main.go' }, spy('pyspy'), false],
  ['nothing says so', { name: 'main', file: '/src/cargo' }, [], false],
] as const) {
  test(`a profile is ${isGo ? '' : 'not '}of Go: ${why}`, () => {
    const profile = profileOf(frame);
    const fixed = fixGo(profile, labels);
    expect(leafOf(fixed)).toBe(isGo ? 'generic' : 'generic[go.shape.int]');
    if (!isGo) expect(fixed).toBe(profile);
  });
}

test('profiles that share tables share the fixed ones, and one that is not of Go keeps its own', () => {
  const profile = profileOf({ name: 'main' });
  const other = { ...profile, stacks: { ...profile.stacks } };
  const first = fixGo(profile, spy('gospy'));
  const second = fixGo(other, spy('gospy'));
  expect(second.stacks.locations).toBe(first.stacks.locations);
  // The ids of locations are kept by this table and say what their functions are called.
  expect(first.stacks.locations).not.toBe(profile.stacks.locations);
  expect(fixGo(profile, spy('rbspy')).stacks.locations).toBe(profile.stacks.locations);
});
