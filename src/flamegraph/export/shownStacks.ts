/**
 * What an export holds: the stacks of the bars that are shown, from below the root.
 *
 * Units:  values, as in the data.
 */
import type { FlameGraphData, Sides } from '../flameGraphData.ts';
import { selfOf } from '../flameGraphData.ts';
import type { TreeLayout } from '../treeLayout.ts';

export interface ShownPart {
  readonly layout: TreeLayout;
  /** Bars whose subtrees are shown, in order; none is inside another. */
  readonly tops: readonly number[];
}

/** Text beyond this is no file that a person opens; pprof's is a tenth of it. */
export const mostExportBytes = 256 * 2 ** 20;

export class ExportTooLarge extends Error {
  constructor() {
    super('The export would exceed 256 MB: focus a part of the graph, or export as pprof.');
  }
}

/** Visits each bar that has a value of its own with the name indexes of its stack, root left out; the array is reused. */
export function visitStacks({ layout, tops }: ShownPart, visit: (stack: readonly number[], self: Sides) => void): void {
  const { data, end, parent } = layout;
  const stack: number[] = [];
  for (const top of tops) {
    for (let bar = top; bar > 0; bar = parent[bar] ?? 0) stack[(data.level[bar] ?? 0) - 1] = data.name[bar] ?? 0;
    for (let bar = top; bar < (end[top] ?? 0); bar++) {
      const depth = data.level[bar] ?? 0;
      stack.length = depth;
      if (depth > 0) stack[depth - 1] = data.name[bar] ?? 0;
      const self = selfOf(data, bar);
      if (self.left > 0 || self.right > 0) visit(stack, self);
    }
  }
}

/** The name of the values, for formats that want one. */
export function sampleTypeOf({ unit, meta }: FlameGraphData): string {
  const [, sampleType = ''] = (meta?.profileTypeId ?? '').split(':');
  if (sampleType !== '') return sampleType;
  return unit === 'nanoseconds' ? 'cpu' : unit === 'bytes' ? 'space' : 'samples';
}

/** Numbers names in the order in which they are first used: an export names nothing that it does not show. */
export class UsedNames {
  readonly used: string[] = [];
  private readonly names: readonly string[];
  private readonly numbers: Uint32Array;

  constructor(names: readonly string[]) {
    this.names = names;
    this.numbers = new Uint32Array(names.length);
  }

  /** From 1. */
  numberOf(name: number): number {
    const known = this.numbers[name] ?? 0;
    if (known > 0) return known;
    const number = this.used.push(this.names[name] ?? '');
    this.numbers[name] = number;
    return number;
  }
}
