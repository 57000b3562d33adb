/** Keeps the stacks that begin, from the root, with the given function names; inlined frames count as frames. */
import type { StackTable } from '../model/stackTable.ts';
import { nameFrames } from './frameNames.ts';

export interface FilteredStacks {
  readonly stacks: StackTable;
  readonly values: BigInt64Array;
}

export function filterByCallSite(
  stacks: StackTable,
  values: BigInt64Array,
  callSite: readonly string[],
): FilteredStacks {
  if (callSite.length === 0) return { stacks, values };
  const names = nameFrames(stacks);
  const kept: number[] = [];
  const starts = [0];
  const locations: number[] = [];
  for (let stack = 0; stack < stacks.stackCount; stack++) {
    const leaf = stacks.stackStart[stack] ?? 0;
    const end = stacks.stackStart[stack + 1] ?? 0;
    let matched = 0;
    let fits = true;
    for (let i = end - 1; i >= leaf && fits && matched < callSite.length; i--) {
      const location = stacks.stackLocations[i] ?? 0;
      const lastFrame = names.start[location + 1] ?? 0;
      for (let frame = names.start[location] ?? 0; frame < lastFrame && fits && matched < callSite.length; frame++) {
        fits = names.names[names.frames[frame] ?? 0] === callSite[matched];
        matched++;
      }
    }
    if (!fits || matched < callSite.length) continue;
    kept.push(stack);
    for (let i = leaf; i < end; i++) locations.push(stacks.stackLocations[i] ?? 0);
    starts.push(locations.length);
  }
  return {
    values: BigInt64Array.from(kept, (stack) => values[stack] ?? 0n),
    stacks: {
      ...stacks,
      stackCount: kept.length,
      stackStart: Uint32Array.from(starts),
      stackLocations: Uint32Array.from(locations),
    },
  };
}
