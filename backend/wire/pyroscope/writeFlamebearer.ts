/**
 * Writes the JSON in which Pyroscope's render calls and its ad hoc profiles tell a flame graph.
 *
 * Shape:  levels as in FlameGraph, 4 numbers a bar, or 7 of a diff. Numbers are written whole, past 2^53 too.
 * Units:  metadata.units: "samples" at sampleRate 10^9 stand for nanoseconds of CPU.
 * Source: reference pyroscope-api 2.5.
 */
export interface FlamebearerGraph {
  readonly names: readonly string[];
  readonly levels: readonly (readonly bigint[])[];
  readonly total: bigint;
  readonly maxSelf: bigint;
  /** Of a diff: the total of each side. */
  readonly ticks?: { readonly left: bigint; readonly right: bigint };
}

export interface FlamebearerHead {
  readonly name: string;
  readonly units: string;
  readonly sampleRate: number;
  readonly spyName: string;
}

/** What the parts besides the graph are; each of them null when there is none. */
export interface FlamebearerParts {
  readonly timeline: object | null;
  readonly groups: object | null;
}

const noParts: FlamebearerParts = { timeline: null, groups: null };

export function writeFlamebearer(
  { names, levels, total, maxSelf, ticks }: FlamebearerGraph,
  { name, units, sampleRate, spyName }: FlamebearerHead,
  { timeline, groups }: FlamebearerParts = noParts,
): string {
  const format = ticks === undefined ? 'single' : 'double';
  const rows = levels.map((level) => `[${level.join(',')}]`).join(',');
  const graph = `{"names":${JSON.stringify(names)},"levels":[${rows}],"numTicks":${total},"maxSelf":${maxSelf}}`;
  const metadata = JSON.stringify({ format, spyName, sampleRate, units, name });
  const rest = `"timeline":${JSON.stringify(timeline)},"groups":${JSON.stringify(groups)},"heatmap":null`;
  // A side without anything has no key, as recorded.
  const side = (key: string, value = 0n): string => (value === 0n ? '' : `,"${key}":${value}`);
  const sides = side('leftTicks', ticks?.left) + side('rightTicks', ticks?.right);
  return `{"version":1,"flamebearer":${graph},"metadata":${metadata},${rest}${sides}}`;
}

const objectTypes = new Set(['inuse_objects', 'alloc_objects', 'goroutine', 'samples']);
const nanosPerSecond = 1_000_000_000;
const usualSampleRate = 100;

export function flamebearerUnits(sampleType: string, unit: string): Pick<FlamebearerHead, 'units' | 'sampleRate'> {
  if (objectTypes.has(sampleType)) return { units: 'objects', sampleRate: usualSampleRate };
  if (sampleType === 'cpu') return { units: 'samples', sampleRate: nanosPerSecond };
  return { units: unit, sampleRate: usualSampleRate };
}
