/** Takes recalled stacks and their values out of memory as a stack table of their own; the tables behind it stay shared. */
import type { StackTable } from '../model/stackTable.ts';
import type { RecalledStacks } from './stackMemory.ts';
import { callSiteTest } from './treeOfSums.ts';

export interface SummedStacks {
  readonly stacks: StackTable;
  /** By stack. */
  readonly values: BigInt64Array;
}

export function selectStacks(
  recalled: RecalledStacks,
  values: BigInt64Array,
  callSite: readonly string[],
): SummedStacks {
  const inSite = callSiteTest(recalled, callSite);
  const { places } = recalled;
  const table = recalled.known.table();
  const kept = new Uint32Array(values.length);
  const stackStart = new Uint32Array(values.length + 1);
  let stackCount = 0;
  for (let i = 0; i < values.length; i++) {
    if (!inSite(i)) continue;
    const place = places[i] ?? -1;
    const depth = place < 0 ? 0 : (table.stackStart[place + 1] ?? 0) - (table.stackStart[place] ?? 0);
    kept[stackCount] = i;
    stackStart[stackCount + 1] = (stackStart[stackCount] ?? 0) + depth;
    stackCount++;
  }
  const stackLocations = new Uint32Array(stackStart[stackCount] ?? 0);
  const selected = new BigInt64Array(stackCount);
  let at = 0;
  for (let stack = 0; stack < stackCount; stack++) {
    const i = kept[stack] ?? 0;
    selected[stack] = values[i] ?? 0n;
    const place = places[i] ?? -1;
    const end = place < 0 ? 0 : (table.stackStart[place + 1] ?? 0);
    for (let from = table.stackStart[place] ?? 0; from < end; from++) {
      stackLocations[at++] = table.stackLocations[from] ?? 0;
    }
  }
  return {
    stacks: { ...table, stackCount, stackStart: stackStart.slice(0, stackCount + 1), stackLocations },
    values: selected,
  };
}
