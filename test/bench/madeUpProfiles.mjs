// Profiles like those of agents, from a seed: the same bytes on every machine.
import { gzipSync } from 'node:zlib';
import {
  Function as PprofFunction,
  Line,
  Location,
  Mapping,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';

/** mulberry32: small, seeded, good enough to vary profiles. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Stacks share their roots, as real ones do. values: how many sample types. */
export function madeUpProfile({ seed, stacks, functions, depth, values = 1 }) {
  const random = seededRandom(seed);
  const strings = new StringTable();
  const pick = (count) => Math.floor(random() * count);
  const mapping = [
    new Mapping({
      id: 1,
      memoryStart: 0x400000,
      memoryLimit: 0x4000000,
      filename: strings.dedup('/usr/bin/service'),
      buildId: strings.dedup('b1946ac92492d2347c6235b4d2611184'),
    }),
  ];
  const fn = Array.from({ length: functions }, (_, i) => {
    const name = strings.dedup(`github.com/example/service/pkg${i % 37}.(*Type${i % 11}).method${i}`);
    return new PprofFunction({
      id: i + 1,
      name,
      systemName: name,
      filename: strings.dedup(`/src/service/pkg${i % 37}/file${i % 5}.go`),
    });
  });
  const location = fn.map(
    (_, i) =>
      new Location({
        id: i + 1,
        mappingId: 1,
        address: 0x400000 + i * 64,
        line: [new Line({ functionId: i + 1, line: 10 + (i % 400) })],
      }),
  );
  let path = [];
  const sample = Array.from({ length: stacks }, () => {
    const wanted = 2 + pick(depth * 2 - 2);
    path = path.slice(0, pick(Math.min(path.length, wanted) + 1));
    while (path.length < wanted) path.push(1 + pick(functions));
    return new Sample({
      locationId: path.toReversed(),
      value: Array.from({ length: values }, () => (1 + pick(9)) * 52_631_578),
    });
  });
  const types = ['cpu', 'alloc_objects', 'alloc_space', 'inuse_space'];
  const cpu = new ValueType({ type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') });
  return new Profile({
    sampleType: Array.from(
      { length: values },
      (_, i) =>
        new ValueType({ type: strings.dedup(types[i]), unit: strings.dedup(i === 0 ? 'nanoseconds' : 'count') }),
    ),
    sample,
    mapping,
    location,
    function: fn,
    stringTable: strings,
    periodType: cpu,
    period: 52_631_578,
    timeNanos: 1n,
  }).encode();
}

/** ~10 KB gzip: what an eBPF agent sends for one process and 15 s. */
export const ebpfProfile = (seed) => madeUpProfile({ seed, stacks: 80, functions: 300, depth: 20 });
/** ~260 KB gzip, four types: a Go heap of a large service. */
export const heapProfile = (seed) => madeUpProfile({ seed, stacks: 4_600, functions: 2_400, depth: 26, values: 4 });

export function stamped(profile, timeNanos) {
  const field = [9 << 3];
  let rest = timeNanos;
  for (; rest > 127n; rest >>= 7n) field.push(Number(rest & 127n) | 128);
  field.push(Number(rest));
  return gzipSync(Buffer.concat([profile, Uint8Array.from(field)]), { level: 1 });
}
