/**
 * Turns the flame graph of a SelectMergeStacktraces answer into what is drawn: bars depth first, each with its level. The
 * data source and the built-in page share it.
 *
 * Shape:  levels[i].values holds four numbers per bar, as strings: offset from the end of the bar before it in the same
 *         level, total, self, index into names. Bars of a level stand in ascending order.
 * Units:  as the server's, now float64: only for drawing.
 * Errors: throws when a bar lies under no bar of the level above, or a number is missing: nothing sound can be drawn.
 * Source: querier.v1.FlameGraph; protobuf's JSON writes int64 as strings.
 */
import type { FlameGraphData } from './flameGraphData.ts';

export interface FlameGraphAnswer {
  readonly names?: readonly string[];
  readonly levels?: readonly { readonly values?: readonly string[] }[];
  readonly total?: string;
  readonly maxSelf?: string;
  /** By level and bar, of an estimate when it was asked for: how far off the bar's share of the whole may be. */
  readonly frameErrors?: readonly { readonly values?: readonly number[] }[];
}

interface LevelBars {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly values: readonly string[];
}

export function decodeLevels(answer: FlameGraphAnswer, unit: string): FlameGraphData {
  const levels = positionsOf((answer.levels ?? []).map(({ values = [] }) => values));
  const graph = emptyGraph(
    levels.reduce((sum, { start }) => sum + start.length, 0),
    answer.names ?? [],
    unit,
  );
  const { frameErrors } = answer;
  const shareErrors = frameErrors && new Float64Array(graph.count);
  const next = new Int32Array(levels.length + 1);
  let depth = 0;
  let row = 0;
  // One walk: down to a bar's first child while there is one, else to the next sibling, else up.
  while (depth >= 0) {
    const bars = levels[depth];
    const bar = next[depth] ?? 0;
    const start = bars?.start[bar];
    const parentEnd = depth === 0 ? Infinity : (levels[depth - 1]?.end[(next[depth - 1] ?? 0) - 1] ?? 0);
    if (bars === undefined || start === undefined || start >= parentEnd) {
      depth--;
      continue;
    }
    graph.level[row] = depth;
    graph.total[row] = numberAt(bars.values, bar * 4 + 1);
    graph.self[row] = numberAt(bars.values, bar * 4 + 2);
    graph.name[row] = nameAt(bars.values, bar * 4 + 3, graph.names);
    if (shareErrors !== undefined) shareErrors[row] = frameErrors?.[depth]?.values?.[bar] ?? 0;
    next[depth] = bar + 1;
    depth++;
    row++;
  }
  levels.forEach(({ start }, i) => {
    if (next[i] !== start.length) throw new Error(`the server's flame graph has a bar without a parent in level ${i}`);
  });
  return shareErrors === undefined ? graph : { ...graph, shareErrors };
}

const emptyGraph = (count: number, names: readonly string[], unit: string): FlameGraphData => ({
  count,
  level: new Int32Array(count),
  name: new Uint32Array(count),
  total: new Float64Array(count),
  self: new Float64Array(count),
  names,
  unit,
});

/** Where bars start and end; only the order of these numbers counts. */
function positionsOf(levels: readonly (readonly string[])[]): readonly LevelBars[] {
  const total = Number(levels[0]?.[1] ?? 0);
  return total > Number.MAX_SAFE_INTEGER ? exactPositions(levels) : levels.map(smallPositions);
}

function smallPositions(values: readonly string[]): LevelBars {
  const bars = { start: new Float64Array(values.length >> 2), end: new Float64Array(values.length >> 2), values };
  let x = 0;
  for (let bar = 0; bar < bars.start.length; bar++) {
    x += numberAt(values, bar * 4);
    bars.start[bar] = x;
    x += numberAt(values, bar * 4 + 1);
    bars.end[bar] = x;
  }
  return bars;
}

/** Sums beyond 2^53 (104 CPU days in nanoseconds): summed as bigints, then replaced by their ranks. */
function exactPositions(levels: readonly (readonly string[])[]): readonly LevelBars[] {
  const edges = levels.map((values) => {
    const level = new BigInt64Array((values.length >> 2) * 2);
    let x = 0n;
    for (let edge = 0; edge < level.length; edge++) {
      x += BigInt(values[(edge >> 1) * 4 + (edge & 1)] ?? '0');
      level[edge] = x;
    }
    return level;
  });
  const sorted = BigInt64Array.from(edges.flatMap((level) => [...level])).sort();
  const rank = new Map<bigint, number>();
  sorted.forEach((edge) => rank.set(edge, rank.get(edge) ?? rank.size));
  return edges.map((level, i) => {
    const ranks = Float64Array.from(level, (edge) => rank.get(edge) ?? 0);
    return {
      start: ranks.filter((_, edge) => edge % 2 === 0),
      end: ranks.filter((_, edge) => edge % 2 === 1),
      values: levels[i] ?? [],
    };
  });
}

function numberAt(values: readonly string[], index: number): number {
  const number = Number(values[index]);
  if (!Number.isFinite(number)) throw new Error(`the server's flame graph has no number at ${index} of a level`);
  return number;
}

function nameAt(values: readonly string[], index: number, names: readonly string[]): number {
  const name = numberAt(values, index);
  if (names[name] === undefined) throw new Error(`the server's flame graph has no name ${name}`);
  return name;
}
