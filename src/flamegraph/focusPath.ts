/** Names a bar by its path from below the root, which outlives a refresh of the data, and finds it again. */
import type { TreeLayout } from './treeLayout.ts';

export const nameOf = ({ data }: TreeLayout, bar: number): string => data.names[data.name[bar] ?? 0] ?? '';

/** Bars from the root to `bar`, both included. */
export function barsTo({ parent }: TreeLayout, bar: number): readonly number[] {
  const path: number[] = [];
  for (let above = bar; above >= 0; above = parent[above] ?? -1) path.push(above);
  return path.reverse();
}

export const pathOf = (layout: TreeLayout, bar: number): readonly string[] =>
  barsTo(layout, bar)
    .slice(1)
    .map((each) => nameOf(layout, each));

/** The bar at the end of the path, or of the longest beginning of it that is there. */
export function barOfPath(layout: TreeLayout, path: readonly string[]): number {
  let bar = 0;
  for (const name of path) {
    const child = childNamed(layout, bar, name);
    if (child === undefined) break;
    bar = child;
  }
  return bar;
}

/** The heaviest, should children of one bar share a name. */
function childNamed(layout: TreeLayout, bar: number, name: string): number | undefined {
  const { weight, end } = layout;
  let found: number | undefined;
  for (let child = bar + 1; child < (end[bar] ?? 0); child = end[child] ?? Infinity) {
    if (nameOf(layout, child) !== name) continue;
    if (found === undefined || (weight[child] ?? 0) > (weight[found] ?? 0)) found = child;
  }
  return found;
}
