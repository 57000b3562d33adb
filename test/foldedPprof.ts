/** A pprof from folded stacks ("a;b;c 12", root first), as an agent would send it. */
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';

export interface FoldedPprof {
  readonly folded: readonly string[];
  readonly timeNanos: bigint;
  readonly type?: string;
  readonly unit?: string;
}

export function foldedPprof({ folded, timeNanos, type = 'cpu', unit = 'nanoseconds' }: FoldedPprof): Uint8Array {
  const strings = new StringTable();
  const ids = new Map<string, number>();
  const idOf = (name: string): number => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    ids.set(name, ids.size + 1);
    return ids.size;
  };
  const sample = folded.map((line) => {
    const space = line.lastIndexOf(' ');
    const frames = line.slice(0, space).split(';');
    return new Sample({ locationId: frames.toReversed().map(idOf), value: [BigInt(line.slice(space + 1))] });
  });
  const names = [...ids];
  const valueType = new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) });
  return new Profile({
    sampleType: [valueType],
    periodType: valueType,
    period: 10_000_000,
    timeNanos,
    sample,
    location: names.map(([, id]) => new Location({ id, line: [new Line({ functionId: id, line: 1 })] })),
    function: names.map(
      ([name, id]) => new PprofFunction({ id, name: strings.dedup(name), systemName: strings.dedup(name) }),
    ),
    stringTable: strings,
  }).encode();
}
