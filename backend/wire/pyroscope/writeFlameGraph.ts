/**
 * Writes a call tree as Pyroscope's FlameGraph: as lists of numbers, and as the bytes of the response that holds it.
 *
 * Shape:  as layoutBars has it: 4 numbers a bar, 7 in a diff. JSON has 64-bit numbers as texts and leaves zeros out, as
 *         protobuf's JSON does. Bytes are written here and not by way of a message, which is several times slower.
 * Units:  the profile type's, Int64.
 * Source: reference pyroscope-api 1.4, 2.1, 2.2.
 */
import type { CallTree } from '../../model/callTree.ts';
import { wordsOf } from '../../model/int64Column.ts';
import { longestVarint, ProtoBuffer, sizeOfVarint, sizeOfVarint64 } from '../pprof/protoBuffer.ts';
import { JsonBuffer } from './jsonBuffer.ts';
import { layoutBars } from './layoutBars.ts';
import type { Bars } from './layoutBars.ts';

export interface FlameGraphLevels {
  readonly names: string[];
  readonly levels: bigint[][];
  readonly total: bigint;
  readonly maxSelf: bigint;
}

/** A graph as bars, with what stands beside them in the message. */
export interface FlameGraphBars {
  readonly bars: Bars;
  readonly total: bigint;
  /** By bar, when it is told from a sample and was asked for. */
  readonly shareErrors?: Float64Array;
  /** Of a diff. */
  readonly ticks?: { readonly left: bigint; readonly right: bigint };
}

export function barsOfTree(tree: CallTree): FlameGraphBars {
  const bars = layoutBars(tree, [tree]);
  const { shareErrors } = tree;
  return {
    bars,
    total: tree.total[0] ?? 0n,
    ...(shareErrors && { shareErrors: Float64Array.from(bars.order, (node) => shareErrors[node] ?? 0) }),
  };
}

export const writeFlameGraph = (tree: CallTree): FlameGraphLevels => levelsOf(barsOfTree(tree));

export function levelsOf({ bars, total }: FlameGraphBars): FlameGraphLevels {
  const { names, width, levelStart, values, maxSelf } = bars;
  const levels = levelStart
    .slice(1)
    .map((end, level) => [...values.subarray(width * (levelStart[level] ?? 0), width * end)]);
  return { names: [...names], levels, total, maxSelf };
}

/** {"flamegraph":{...}}: the response that holds the graph in its field 1. */
export function writeFlameGraphJson({ bars, total, ticks, shareErrors }: FlameGraphBars): Uint8Array {
  const { names, width, levelStart, values, maxSelf } = bars;
  const words = wordsOf(values);
  const out = new JsonBuffer(12 * values.length + 64 * names.length + 1_024);
  out.text('{"flamegraph":{"names":[');
  names.forEach((name, i) => {
    if (i > 0) out.text(',');
    out.string(name);
  });
  out.text('],"levels":[');
  for (let level = 0; level + 1 < levelStart.length; level++) {
    out.text(level === 0 ? '{"values":[' : ',{"values":[');
    const end = width * (levelStart[level + 1] ?? 0);
    out.quotedNumbers(words, width * (levelStart[level] ?? 0), end);
    out.text(']}');
  }
  out.text(']');
  for (const [name, value] of [
    ['total', total],
    ['maxSelf', maxSelf],
    ['leftTicks', ticks?.left ?? 0n],
    ['rightTicks', ticks?.right ?? 0n],
  ] as const) {
    if (value !== 0n) out.text(`,"${name}":"${value}"`);
  }
  if (shareErrors !== undefined) writeShareErrors(out, levelStart, shareErrors);
  out.text('}}');
  return out.finish();
}

/** Four digits are more than a bound is worth. */
function writeShareErrors(out: JsonBuffer, levelStart: readonly number[], shareErrors: Float64Array): void {
  out.text(',"frameErrors":[');
  for (let level = 0; level + 1 < levelStart.length; level++) {
    const bounds = shareErrors.subarray(levelStart[level], levelStart[level + 1]);
    const texts = Array.from(bounds, (bound) => `${Number(bound.toPrecision(4))}`);
    out.text(`${level === 0 ? '' : ','}{"values":[${texts.join(',')}]}`);
  }
  out.text(']');
}

/** The same as protobuf. */
export function writeFlameGraphProto({ bars, total, ticks }: FlameGraphBars): Uint8Array {
  const { names, width, levelStart, values, maxSelf } = bars;
  const words = wordsOf(values);
  const graph = new ProtoBuffer(4 * values.length + 64 * names.length + 1_024);
  for (const name of names) {
    const text = Buffer.from(name);
    startMessage(graph, 1, text.length);
    graph.bytes.set(text, graph.at);
    graph.at += text.length;
  }
  for (let level = 0; level + 1 < levelStart.length; level++) {
    const first = 2 * width * (levelStart[level] ?? 0);
    const end = 2 * width * (levelStart[level + 1] ?? 0);
    let size = 0;
    for (let at = first; at < end; at += 2) size += sizeOfVarint64(words[at] ?? 0, words[at + 1] ?? 0);
    startMessage(graph, 2, 1 + sizeOfVarint(size) + size);
    graph.tag(1, 2);
    graph.varint(size);
    for (let at = first; at < end; at += 2) graph.varint64(words[at] ?? 0, words[at + 1] ?? 0);
  }
  const numbers = wordsOf(BigInt64Array.of(total, maxSelf, ticks?.left ?? 0n, ticks?.right ?? 0n));
  graph.reserve(4 * (1 + longestVarint));
  for (let i = 0; i < 4; i++) graph.field64(3 + i, numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0);
  const bytes = graph.finish();
  const response = new ProtoBuffer(bytes.length + 16);
  startMessage(response, 1, bytes.length);
  response.bytes.set(bytes, response.at);
  response.at += bytes.length;
  return response.finish();
}

function startMessage(out: ProtoBuffer, field: number, size: number): void {
  out.reserve(1 + longestVarint + size);
  out.tag(field, 2);
  out.varint(size);
}
