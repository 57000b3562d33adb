/**
 * Turns what V8's profiler recorded into a pprof.
 *
 * Shape:  one sample per distinct stack; two sample types, samples/count and cpu/nanoseconds. Idle time is left out.
 * Units:  V8 gives microseconds between samples; the pprof has nanoseconds.
 * Source: Chrome DevTools Protocol, domain Profiler, type Profile.
 */
import type { Profiler } from 'node:inspector';
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';

export interface CpuProfileTimes {
  /** When the recording began. */
  readonly startMillis: number;
  readonly periodNanos: number;
}

export function writeCpuProfile(recorded: Profiler.Profile, { startMillis, periodNanos }: CpuProfileTimes): Uint8Array {
  const strings = new StringTable();
  const functions = new Map<string, PprofFunction>();
  const locations: Location[] = [];
  const locationIds = new Map<number, number>();
  const parents = new Map<number, number>();
  const nodes = new Map(recorded.nodes.map((node) => [node.id, node]));
  for (const node of recorded.nodes) for (const child of node.children ?? []) parents.set(child, node.id);

  const locationOf = (node: Profiler.ProfileNode): number => {
    const known = locationIds.get(node.id);
    if (known !== undefined) return known;
    const { functionName, url, lineNumber } = node.callFrame;
    const name = frameName(node.callFrame);
    const key = `${functionName}\0${url}\0${lineNumber}`;
    let fn = functions.get(key);
    if (fn === undefined) {
      const nameIndex = strings.dedup(name);
      fn = new PprofFunction({
        id: functions.size + 1,
        name: nameIndex,
        systemName: nameIndex,
        filename: strings.dedup(url.replace(/^file:\/\//, '')),
        startLine: Math.max(lineNumber + 1, 0),
      });
      functions.set(key, fn);
    }
    const id = locations.length + 1;
    locations.push(new Location({ id, line: [new Line({ functionId: fn.id, line: fn.startLine })] }));
    locationIds.set(node.id, id);
    return id;
  };
  const stackOf = (leaf: Profiler.ProfileNode): number[] => {
    const stack: number[] = [];
    for (
      let node: Profiler.ProfileNode | undefined = leaf;
      node !== undefined;
      node = nodes.get(parents.get(node.id) ?? -1)
    ) {
      if (node.callFrame.functionName !== '(root)') stack.push(locationOf(node));
    }
    return stack;
  };

  const samples: Sample[] = [];
  for (const [id, { count, micros }] of timePerNode(recorded)) {
    const node = nodes.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)' || node.callFrame.functionName === '(root)')
      continue;
    samples.push(new Sample({ locationId: stackOf(node), value: [count, micros * 1_000] }));
  }
  const cpu = new ValueType({ type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') });
  return new Profile({
    sampleType: [new ValueType({ type: strings.dedup('samples'), unit: strings.dedup('count') }), cpu],
    sample: samples,
    location: locations,
    function: [...functions.values()],
    stringTable: strings,
    timeNanos: BigInt(startMillis) * 1_000_000n,
    durationNanos: BigInt(Math.round((recorded.endTime - recorded.startTime) * 1_000)),
    periodType: cpu,
    period: periodNanos,
  }).encode();
}

/** The time between two samples belongs to the stack that the second one found. */
function timePerNode({
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): Map<number, { count: number; micros: number }> {
  const times = new Map<number, { count: number; micros: number }>();
  for (let i = 0; i < samples.length; i++) {
    const id = samples[i] ?? 0;
    const time = times.get(id) ?? { count: 0, micros: 0 };
    time.count++;
    time.micros += Math.max(timeDeltas[i] ?? 0, 0);
    times.set(id, time);
  }
  return times;
}

/** Functions without a name are told apart by where they stand. */
function frameName({
  functionName,
  url,
  lineNumber,
}: {
  functionName: string;
  url: string;
  lineNumber: number;
}): string {
  if (functionName !== '') return functionName;
  const file = url.slice(url.lastIndexOf('/') + 1);
  return file === '' ? '(anonymous)' : `(anonymous ${file}:${lineNumber + 1})`;
}
