import type { Profiler } from 'node:inspector';
import { Profile } from 'pprof-format';
import { writeCpuProfile } from './writeCpuProfile.ts';

const node = (id: number, functionName: string, children: number[]): Profiler.ProfileNode => ({
  id,
  callFrame: {
    functionName,
    scriptId: '1',
    url: functionName.startsWith('(') ? '' : 'file:///app/main.mjs',
    lineNumber: 9,
    columnNumber: 0,
  },
  children,
});

test('time goes to the stack that a sample found, and idle time to nobody', () => {
  const recorded: Profiler.Profile = {
    nodes: [
      node(1, '(root)', [2, 4]),
      node(2, 'outer', [3, 5]),
      node(3, 'inner', []),
      node(4, '(idle)', []),
      node(5, '', []),
    ],
    startTime: 1_000,
    endTime: 61_000,
    samples: [3, 3, 4, 2, 5],
    timeDeltas: [10_000, 11_000, 20_000, 9_000, 1_000],
  };
  const profile = Profile.decode(
    writeCpuProfile(recorded, { startMillis: 1_700_000_000_000, periodNanos: 10_000_000 }),
  );
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
  const stacks = profile.sample.map(({ locationId, value }) => {
    const names = locationId.map((id) =>
      text(profile.function[Number(profile.location[Number(id) - 1]?.line[0]?.functionId) - 1]?.name ?? 0),
    );
    return `${names.join('<')} ${value.join(' ')}`;
  });
  expect(stacks.sort()).toEqual([
    '(anonymous main.mjs:10)<outer 1 1000000',
    'inner<outer 2 21000000',
    'outer 1 9000000',
  ]);
  expect(profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`)).toEqual([
    'samples/count',
    'cpu/nanoseconds',
  ]);
  expect([profile.timeNanos, profile.durationNanos, profile.period]).toEqual([
    1_700_000_000_000_000_000n,
    60_000_000,
    10_000_000,
  ]);
});
