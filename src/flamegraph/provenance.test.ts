import { readDiff } from './diffStacks.ts';
import type { FlameGraphData, FlameGraphMeta } from './flameGraphData.ts';
import { readFoldedStacks } from './foldedStacks.ts';
import { headlineOf, namedShare, trustOf } from './provenance.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const withMeta = (data: FlameGraphData, meta: FlameGraphMeta): FlameGraphData => ({ ...data, meta });

for (const [value, unit, meta, expected] of [
  [
    186_000_000_000,
    'nanoseconds',
    { profileTypeId: cpu, rangeSeconds: 15, samples: 11_160 },
    '12.4 cores · 3.1 min · 11,160 samples',
  ],
  [15_000_000_000, 'nanoseconds', { profileTypeId: cpu, rangeSeconds: 15 }, '1 core · 15 s'],
  [14_990_000_000, 'nanoseconds', { profileTypeId: cpu, rangeSeconds: 15 }, '1 core · 15 s'],
  [200_000_000, 'nanoseconds', { profileTypeId: cpu, rangeSeconds: 900 }, '< 0.001 cores · 200 ms'],
  [3_000_000, 'nanoseconds', { profileTypeId: cpu, rangeSeconds: 1 }, '0.003 cores · 3 ms'],
  [
    60_000_000_000,
    'nanoseconds',
    { profileTypeId: 'mutex:delay:nanoseconds:contentions:count', rangeSeconds: 30 },
    '2 s/s · 1 min',
  ],
  [2_097_152, 'bytes', { profileTypeId: 'memory:alloc_space:bytes:space:bytes', rangeSeconds: 2 }, '1 MiB/s · 2 MiB'],
  [2_097_152, 'bytes', { profileTypeId: 'memory:inuse_space:bytes:space:bytes', rangeSeconds: 2 }, '2 MiB'],
  [7, 'count', {}, '7'],
] as const) {
  test(`${value} ${unit} of ${JSON.stringify(meta)} are ${expected}`, () => {
    expect(headlineOf(withMeta(readFoldedStacks(`a ${value}`, unit), meta))).toBe(expected);
  });
}

test('a diff tells both sides, each in its own time', () => {
  const diff = readDiff('a 40', 'a 30', 'seconds');
  expect(headlineOf(diff)).toBe('40 s → 30 s');
  const meta = { profileTypeId: 'process_cpu:cpu:seconds:cpu:seconds', rangeSeconds: 10, baselineRangeSeconds: 20 };
  expect(headlineOf(withMeta(diff, meta))).toBe('2 cores → 3 cores (+50 %)');
});

test('trust is told as far as it is known', () => {
  const data = readFoldedStacks('a 1');
  expect(trustOf(data, 0.963)).toBe('96.3 % of samples have names');
  const meta = { accuracy: { kind: 'exact' }, profiles: 240, pods: 1 } as const;
  expect(trustOf(withMeta(data, meta), 1)).toBe('100 % of samples have names · exact · 240 profiles of 1 pod');
  const estimate = { accuracy: { kind: 'estimate', bound: 0.006, confidence: 0.95 } } as const;
  expect(trustOf(withMeta(data, estimate), 1)).toBe('100 % of samples have names · ± 0.6 % at 95 %, sampled');
});

test('addresses and unknown frames have no name, whatever calls them', () => {
  const data = readFoldedStacks(`
    main;work 50
    main;0x7f00dead 20
    main;libc.so!0x4f2a 10
    main;[unknown] 10
    main;[kernel.kallsyms]!do_sys_open 10
  `);
  expect(namedShare(data)).toBeCloseTo(0.6, 10);
  expect(namedShare(readFoldedStacks('a 0'))).toBe(1);
});
