/**
 * Gives stacks that the Go runtime cut at its depth limit (32 frames in heap profiles before Go 1.23, 64 in CPU profiles) the callers
 * that are missing, copied from other stacks of the profile. Nothing else changes: a stack keeps its own locations and value.
 *
 * Shape:  a stack's window is its 24 locations closest to the root. A stack lacks callers if the 16 locations closest to its
 *         root stand elsewhere in a window, 1 to 8 locations below that root: then what is above them there is copied. The place
 *         furthest from its root wins, among equals that of the window that is first in order. What is copied may go
 *         on in the same way. A window serves as a source if two stacks at least have its 8 locations next to the root.
 * Source: Grafana Pyroscope's description of its heuristic (reference pyroscope-api 3.7, 6). What that leaves open was worked
 *         out from its recorded results: the last window in the order of location numbers from the root is not repaired.
 */
import type { StackTable } from '../model/stackTable.ts';
import { ContentHash } from './contentHash.ts';
import { IdSet } from './idSet.ts';

const windowLocations = 24;
const tokenLocations = 16;
const furthest = windowLocations - tokenLocations;
/** So many windows one after another at most; a stack grows by 512 locations at most, whatever a sender makes up. */
const maxLinks = 64;

interface Windows {
  /** By stack; -1 for one that is too short to have a window. */
  readonly ofStack: Int32Array;
  /** Where each ends in stackLocations, in the first stack that has it. */
  readonly end: readonly number[];
  readonly isSource: readonly boolean[];
}

/** For each window the one that knows its callers, and how many of its locations those are. 0: nobody knows any. */
interface Callers {
  readonly window: Uint32Array;
  readonly count: Uint8Array;
}

/** `hashKey` keeps senders from making windows collide. */
export function repairGoStacks(stacks: StackTable, hashKey: Uint8Array): StackTable {
  const { stackStart, stackCount } = stacks;
  let isTall = false;
  for (let stack = 0; stack < stackCount && !isTall; stack++) {
    isTall = (stackStart[stack + 1] ?? 0) - (stackStart[stack] ?? 0) >= windowLocations;
  }
  if (!isTall) return stacks;
  const hash = new ContentHash(hashKey);
  const windows = findWindows(stacks, hash);
  const callers = findCallers(stacks.stackLocations, windows, hash);
  if (callers.count.every((count) => count === 0)) return stacks;
  return { ...stacks, ...withCallers(stacks, windows, callers) };
}

function findWindows({ stackStart, stackLocations, stackCount }: StackTable, hash: ContentHash): Windows {
  const ofStack = new Int32Array(stackCount).fill(-1);
  const known = new IdSet();
  const roots = new IdSet();
  const end: number[] = [];
  const rootOfWindow: number[] = [];
  const stacksOfRoot: number[] = [];
  for (let stack = 0; stack < stackCount; stack++) {
    const stackEnd = stackStart[stack + 1] ?? 0;
    if (stackEnd - (stackStart[stack] ?? 0) < windowLocations) continue;
    const window = idOf(known, hash, stackLocations, stackEnd - windowLocations, stackEnd);
    const root = idOf(roots, hash, stackLocations, stackEnd - furthest, stackEnd);
    ofStack[stack] = window;
    if (window === end.length) {
      end.push(stackEnd);
      rootOfWindow.push(root);
    }
    stacksOfRoot[root] = (stacksOfRoot[root] ?? 0) + 1;
  }
  return { ofStack, end, isSource: rootOfWindow.map((root) => (stacksOfRoot[root] ?? 0) >= 2) };
}

function idOf(ids: IdSet, hash: ContentHash, locations: Uint32Array, start: number, end: number): number {
  hashOf(hash, locations, start, end);
  return ids.add(hash.low, hash.high);
}

function hashOf(hash: ContentHash, locations: Uint32Array, start: number, end: number): void {
  hash.start();
  for (let i = start; i < end; i++) hash.word(locations[i] ?? 0);
  hash.finish();
}

function findCallers(locations: Uint32Array, { end, isSource }: Windows, hash: ContentHash): Callers {
  const order = Uint32Array.from(end.keys()).sort((a, b) => compareFromRoot(locations, end[a] ?? 0, end[b] ?? 0));
  const tokens = new IdSet();
  const place: { window: number; distance: number }[] = [];
  for (const window of order) {
    if (isSource[window] !== true) continue;
    for (let distance = 1; distance <= furthest; distance++) {
      const tokenEnd = (end[window] ?? 0) - distance;
      const token = idOf(tokens, hash, locations, tokenEnd - tokenLocations, tokenEnd);
      const best = place[token];
      if (best === undefined || distance > best.distance) place[token] = { window, distance };
    }
  }
  const callers = { window: new Uint32Array(end.length), count: new Uint8Array(end.length) };
  for (const window of order.subarray(0, -1)) {
    const tokenEnd = end[window] ?? 0;
    hashOf(hash, locations, tokenEnd - tokenLocations, tokenEnd);
    const found = place[tokens.find(hash.low, hash.high)];
    // A window that repeats itself is recursion, which has no known end.
    if (found === undefined || found.window === window) continue;
    callers.window[window] = found.window;
    callers.count[window] = found.distance;
  }
  return callers;
}

function compareFromRoot(locations: Uint32Array, endA: number, endB: number): number {
  for (let i = 1; i <= windowLocations; i++) {
    const order = (locations[endA - i] ?? 0) - (locations[endB - i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

function withCallers(
  { stackStart, stackLocations, stackCount }: StackTable,
  windows: Windows,
  callers: Callers,
): Pick<StackTable, 'stackStart' | 'stackLocations'> {
  const missing = windows.end.map((_, window) => missingOf(window, stackLocations, windows, callers));
  const starts = new Uint32Array(stackCount + 1);
  const missingOfStack = (stack: number): readonly number[] => missing[windows.ofStack[stack] ?? -1] ?? [];
  for (let stack = 0; stack < stackCount; stack++) {
    const own = (stackStart[stack + 1] ?? 0) - (stackStart[stack] ?? 0);
    starts[stack + 1] = (starts[stack] ?? 0) + own + missingOfStack(stack).length;
  }
  const locations = new Uint32Array(starts[stackCount] ?? 0);
  for (let stack = 0; stack < stackCount; stack++) {
    const own = stackLocations.subarray(stackStart[stack], stackStart[stack + 1]);
    locations.set(own, starts[stack]);
    locations.set(missingOfStack(stack), (starts[stack] ?? 0) + own.length);
  }
  return { stackStart: starts, stackLocations: locations };
}

function missingOf(first: number, locations: Uint32Array, { end }: Windows, callers: Callers): readonly number[] {
  const missing: number[] = [];
  const passed = new Set([first]);
  let window = first;
  while (passed.size <= maxLinks && (callers.count[window] ?? 0) > 0) {
    const source = callers.window[window] ?? 0;
    if (passed.has(source)) break;
    passed.add(source);
    const sourceEnd = end[source] ?? 0;
    missing.push(...locations.subarray(sourceEnd - (callers.count[window] ?? 0), sourceEnd));
    window = source;
  }
  return missing;
}
