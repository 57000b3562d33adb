/**
 * A merged profile -> a graph of at most so many nodes that shows most of what there is to see.
 *
 * Shape:  a node for every function, file and line. The nodes with the highest entropy stay: those where much branches or
 *         ends. Arrows over nodes that are left out are indirect; one that another way makes superfluous goes, lightest
 *         first, up to the first direct one.
 * Source: the documented behaviour of `pprof -dot` (github.com/google/pprof/doc), which clients know the pictures of.
 */
import { compareText } from '../model/labels.ts';
import type { CallGraph, GraphEdge, GraphNode } from '../model/callGraph.ts';
import type { Profile } from '../model/profile.ts';
import type { StackTable } from '../model/stackTable.ts';
import { textAt } from '../model/stackTable.ts';
import { unsymbolisedName } from './frameNames.ts';

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

interface Node extends Frame {
  flat: number;
  cumulative: number;
  /** By the other node's index. */
  readonly callers: Map<number, Edge>;
  readonly callees: Map<number, Edge>;
}

interface Edge {
  readonly from: number;
  readonly to: number;
  weight: number;
  isIndirect: boolean;
}

export function drawCallGraph(profile: Profile, maxNodes: number): CallGraph {
  const { stacks } = profile;
  const { frames, framesOf } = nameFrames(stacks);
  const whole = addSamples(profile, frames, framesOf, () => true);
  const shown = new Set(
    byEntropy(whole)
      .filter((node) => isReached(whole[node]))
      .slice(0, maxNodes),
  );
  const nodes =
    shown.size === whole.length ? whole : addSamples(profile, frames, framesOf, (frame) => shown.has(frame));
  const order = byEntropy(nodes).filter((node) => shown.has(node));
  dropRedundant(nodes, order);
  return {
    ...numberNodes(nodes, order),
    total: profile.values.reduce((sum, value) => sum + Number(value), 0),
    nodeCount: whole.filter(isReached).length,
    ...binaryOf(stacks),
    timeNanos: profile.timeNanos,
  };
}

const isReached = (node: Node | undefined): boolean => node !== undefined && node.cumulative !== 0;

/** The first mapping of a stack. */
function binaryOf({ stackLocations, locations, mappings, strings }: StackTable): { binary: string; buildId: string } {
  const mapping = locations.mapping[stackLocations[0] ?? 0] ?? 0;
  const file = textAt(strings, mappings.file[mapping] ?? 0);
  return { binary: file.slice(file.lastIndexOf('/') + 1), buildId: textAt(strings, mappings.buildId[mapping] ?? 0) };
}

interface FrameTable {
  readonly frames: readonly Frame[];
  /** Of each location, the caller before its inlined callees. */
  readonly framesOf: (location: number) => readonly number[];
}

function nameFrames(stacks: StackTable): FrameTable {
  const { locations, functions, strings } = stacks;
  const frames: Frame[] = [];
  const known = new Map<string, number>();
  const intern = (name: string, file: string, line: number): number => {
    const key = `${name}\0${file}\0${line}`;
    const index = known.get(key) ?? frames.push({ name, file, line }) - 1;
    known.set(key, index);
    return index;
  };
  const named: (readonly number[] | undefined)[] = [];
  const nameLocation = (location: number): readonly number[] => {
    const first = locations.lineStart[location] ?? 0;
    const own: number[] = [];
    for (let line = (locations.lineStart[location + 1] ?? 0) - 1; line >= first; line--) {
      const fn = locations.lineFunction[line] ?? 0;
      const [name, file] = [textAt(strings, functions.name[fn] ?? 0), textAt(strings, functions.file[fn] ?? 0)];
      own.push(intern(name, file, locations.lineNumber[line] ?? 0));
    }
    return own.length > 0 ? own : [intern(unsymbolisedName(stacks, location), '', 0)];
  };
  // Named only when a stack needs it: the table behind a few stacks may be a large one.
  return { frames, framesOf: (location) => (named[location] ??= nameLocation(location)) };
}

function addSamples(
  { stacks, values }: Profile,
  frames: readonly Frame[],
  framesOf: (location: number) => readonly number[],
  isShown: (frame: number) => boolean,
): Node[] {
  const nodes: Node[] = [];
  const nodeOf = (frame: number): Node => {
    // Frames come to be known as stacks are walked.
    for (let at = nodes.length; at <= frame; at++) {
      const { name = '', file = '', line = 0 } = frames[at] ?? {};
      nodes.push({ name, file, line, flat: 0, cumulative: 0, callers: new Map(), callees: new Map() });
    }
    return (
      nodes[frame] ?? { name: '', file: '', line: 0, flat: 0, cumulative: 0, callers: new Map(), callees: new Map() }
    );
  };
  for (let stack = 0; stack < stacks.stackCount; stack++) {
    const value = Number(values[stack] ?? 0n);
    if (value === 0) continue;
    const seenNodes = new Set<number>();
    const seenEdges = new Set<Edge>();
    let caller = -1;
    let isIndirect = false;
    const first = stacks.stackStart[stack] ?? 0;
    for (let i = (stacks.stackStart[stack + 1] ?? 0) - 1; i >= first; i--) {
      for (const frame of framesOf(stacks.stackLocations[i] ?? 0)) {
        if (!isShown(frame)) {
          isIndirect = true;
          continue;
        }
        const node = nodeOf(frame);
        if (!seenNodes.has(frame)) node.cumulative += value;
        seenNodes.add(frame);
        if (caller >= 0 && caller !== frame)
          addEdge(nodeOf(caller), node, { caller, frame, value, isIndirect }, seenEdges);
        caller = frame;
        isIndirect = false;
      }
    }
    if (caller >= 0 && !isIndirect) nodeOf(caller).flat += value;
  }
  return nodes;
}

/** Once for a sample, however often it goes the same way. */
function addEdge(
  from: Node,
  to: Node,
  { caller, frame, value, isIndirect }: { caller: number; frame: number; value: number; isIndirect: boolean },
  seen: Set<Edge>,
): void {
  const edge = from.callees.get(frame) ?? { from: caller, to: frame, weight: 0, isIndirect };
  if (seen.has(edge)) return;
  seen.add(edge);
  edge.weight += value;
  if (isIndirect) edge.isIndirect = true;
  from.callees.set(frame, edge);
  to.callers.set(caller, edge);
}

/** Indexes, the most telling node first. */
function byEntropy(nodes: readonly Node[]): number[] {
  const scores = nodes.map(entropy);
  return nodes
    .map((_, index) => index)
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || compareNodes(nodes[a], nodes[b]));
}

function compareNodes(a: Node | undefined, b: Node | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return b.cumulative - a.cumulative || compareText(a.name, b.name) || compareText(a.file, b.file) || a.line - b.line;
}

/** Where samples enter or end there is as much to see as at an even fork. */
function entropy({ callers, callees, flat, cumulative }: Node): number {
  const fromCallers = callers.size === 0 ? 1 : edgeEntropy(callers, 0);
  const toCallees = callees.size === 0 ? 1 : edgeEntropy(callees, flat);
  return Math.trunc((fromCallers + toCallees) * cumulative) + flat;
}

function edgeEntropy(edges: ReadonlyMap<number, Edge>, flat: number): number {
  const shares = [...edges.values()].map(({ weight }) => weight);
  if (flat > 0) shares.push(flat);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return total === 0 ? 0 : shares.reduce((sum, share) => sum - (share / total) * Math.log2(share / total), 0);
}

function dropRedundant(nodes: readonly Node[], order: readonly number[]): void {
  for (const index of order.toReversed()) {
    const callers = [...(nodes[index]?.callers.values() ?? [])].sort(
      (a, b) => a.weight - b.weight || compareNodes(nodes[b.from], nodes[a.from]),
    );
    for (const edge of callers) {
      if (!edge.isIndirect) break;
      if (!isRedundant(nodes, edge)) continue;
      nodes[edge.from]?.callees.delete(edge.to);
      nodes[edge.to]?.callers.delete(edge.from);
    }
  }
}

/** Whether the callee is still reached from the caller without the edge. */
function isRedundant(nodes: readonly Node[], edge: Edge): boolean {
  const seen = new Set([edge.to]);
  const pending = [edge.to];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const [caller, other] of nodes[node]?.callers ?? []) {
      if (other === edge || seen.has(caller)) continue;
      if (caller === edge.from) return true;
      seen.add(caller);
      pending.push(caller);
    }
  }
  return false;
}

function numberNodes(nodes: readonly Node[], order: readonly number[]): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const numberOf = new Map(order.map((index, number) => [index, number]));
  const edges = order
    .flatMap((index) => [...(nodes[index]?.callees.values() ?? [])])
    .sort((a, b) => b.weight - a.weight || compareNodes(nodes[a.from], nodes[b.from]))
    .map((edge) => ({ ...edge, from: numberOf.get(edge.from) ?? 0, to: numberOf.get(edge.to) ?? 0 }));
  return { nodes: order.flatMap((index) => nodes[index] ?? []), edges };
}
