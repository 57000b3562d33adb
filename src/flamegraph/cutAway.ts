/**
 * What a server cut away to keep a graph small: under each bar the small branches became one bar named "other".
 *
 * Source: Pyroscope's truncation, which names it so; a function may be called so too, and is then taken for it.
 */
import { pathOf } from './focusPath.ts';
import { stackOf } from './shownGraph.ts';
import type { TreeLayout } from './treeLayout.ts';

const otherName = 'other';

/** The stack whose subtree holds all that is meant by a bar; undefined: nothing below it was cut away. */
export function stackToDetail(layout: TreeLayout, bar: number): readonly string[] | undefined {
  const { data, end } = layout;
  const other = data.names.indexOf(otherName);
  if (other < 0) return undefined;
  if (data.name[bar] === other) return pathOf(layout, layout.parent[bar] ?? 0);
  for (let below = bar + 1; below < (end[bar] ?? 0); below++) {
    if (data.name[below] === other) return stackOf(layout, bar, false);
  }
  return undefined;
}
