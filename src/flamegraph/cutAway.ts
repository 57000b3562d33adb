/**
 * What a server cut away to keep a graph small: under each bar the small branches became one bar named "other".
 *
 * Source: Pyroscope's truncation, which names it so; a function may be called so too, and is then taken for it.
 */
import { pathOf } from './focusPath.ts';
import type { DetailSource, FlameGraphState } from './mountFlameGraph.types.ts';
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

/** Asks for it; a text says why there is nothing to wait for. */
export function askForDetail(
  source: DetailSource | undefined,
  { hide = [], collapseRecursion = false }: FlameGraphState,
  stack: readonly string[],
): Promise<string | undefined> | string | undefined {
  if (hide.length > 0 || collapseRecursion) {
    return 'Full detail is of the whole stacks: reset what is hidden or collapsed first.';
  }
  if (source === undefined) return 'What is "other" was cut away by the server, and cannot be asked for here.';
  return source.open(stack);
}
