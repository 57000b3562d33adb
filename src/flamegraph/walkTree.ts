/** One step along the tree, as a person takes it with the arrow keys: by meaning, whichever way up the graph is. */
import type { TreeLayout } from './treeLayout.ts';
import { positionOfBar } from './treeLayout.ts';

export type Step = 'parent' | 'heaviestChild' | 'leftSibling' | 'rightSibling';

/** The bar one step away; the same bar when there is none. */
export function stepFrom(layout: TreeLayout, bar: number, step: Step): number {
  switch (step) {
    case 'parent':
      return Math.max(0, layout.parent[bar] ?? 0);
    case 'heaviestChild':
      return heaviestChild(layout, bar) ?? bar;
    case 'leftSibling':
      return sibling(layout, bar, -1) ?? bar;
    case 'rightSibling':
      return sibling(layout, bar, 1) ?? bar;
  }
}

function heaviestChild({ weight, end }: TreeLayout, bar: number): number | undefined {
  let heaviest: number | undefined;
  for (let child = bar + 1; child < (end[bar] ?? 0); child = end[child] ?? Infinity) {
    if (heaviest === undefined || (weight[child] ?? 0) > (weight[heaviest] ?? 0)) heaviest = child;
  }
  return heaviest;
}

export function sibling(layout: TreeLayout, bar: number, away: number): number | undefined {
  const { data, byLevel, levelStart, parent } = layout;
  const level = data.level[bar] ?? 0;
  const first = levelStart[level] ?? 0;
  const last = levelStart[level + 1] ?? first;
  const position = positionOfBar(layout, first, last, bar) + away;
  const other = position < first || position >= last ? undefined : byLevel[position];
  return other !== undefined && parent[other] === parent[bar] ? other : undefined;
}
