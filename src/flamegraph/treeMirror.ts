/**
 * The part of the tree around the current bar as hidden tree items, for screen readers: its ancestors, siblings and
 * children. They stand inside the canvas element, whose content is not shown but is read.
 */
import { describeBriefly } from './barDescription.ts';
import { element, freshId } from './element.ts';
import { barsTo } from './focusPath.ts';
import type { TreeLayout } from './treeLayout.ts';
import { sibling } from './walkTree.ts';

const mostAncestors = 20;
const mostSiblings = 10;
const mostChildren = 20;

export class TreeMirror {
  private readonly canvas: HTMLCanvasElement;
  private readonly prefix = freshId('bar');

  private readonly label: string;

  constructor(canvas: HTMLCanvasElement, label: string) {
    this.canvas = canvas;
    this.label = label;
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'tree');
  }

  show(layout: TreeLayout | undefined, current: number | undefined): void {
    if (layout === undefined || layout.data.count === 0) {
      this.canvas.replaceChildren();
      this.canvas.removeAttribute('aria-activedescendant');
      this.canvas.setAttribute('aria-label', `${this.label} without data`);
      return;
    }
    this.canvas.setAttribute('aria-label', `${this.label}, ${describeBriefly(layout, 0)}. Press ? for the keys.`);
    const bar = current ?? 0;
    const items = barsAround(layout, bar).map((each) => {
      const level = layout.data.level[each] ?? 0;
      return element('div', '', {
        id: `${this.prefix}-${each}`,
        role: 'treeitem',
        'aria-level': String(level + 1),
        'aria-label': describeBriefly(layout, each),
        'aria-selected': String(each === current),
        ...(layout.end[each] === each + 1 ? {} : { 'aria-expanded': 'true' }),
      });
    });
    this.canvas.replaceChildren(...items);
    this.canvas.setAttribute('aria-activedescendant', `${this.prefix}-${bar}`);
  }
}

/** By rising index, which is the order in which a tree is read. */
function barsAround(layout: TreeLayout, bar: number): readonly number[] {
  const { end } = layout;
  const found = new Set(barsTo(layout, bar).slice(-mostAncestors - 1));
  for (const direction of [-1, 1]) {
    for (let away = 1; away <= mostSiblings; away++) {
      const beside = sibling(layout, bar, direction * away);
      if (beside === undefined) break;
      found.add(beside);
    }
  }
  let children = 0;
  for (let child = bar + 1; child < (end[bar] ?? 0) && children < mostChildren; child = end[child] ?? Infinity) {
    found.add(child);
    children++;
  }
  return [...found].sort((a, b) => a - b);
}
