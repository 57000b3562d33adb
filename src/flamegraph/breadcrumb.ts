/** The way from the root to the focused bar, each step a button that goes back there. */
import { element } from './element.ts';
import { shownName } from './fitText.ts';
import { barsTo, nameOf } from './focusPath.ts';
import type { TreeLayout } from './treeLayout.ts';

/** Of a deep focus the root and the last steps are shown. */
const mostSteps = 5;

export class Breadcrumb {
  readonly root = element('nav', 'plens-breadcrumb', { 'aria-label': 'Focus' });
  private readonly onFocus: (bar: number) => void;

  constructor(onFocus: (bar: number) => void) {
    this.onFocus = onFocus;
  }

  show(layout: TreeLayout | undefined, focus: number): void {
    this.root.hidden = layout === undefined || focus === 0;
    if (layout === undefined || focus === 0) return this.root.replaceChildren();
    const bars = barsTo(layout, focus);
    const steps = bars.length <= mostSteps + 1 ? bars : [0, ...bars.slice(-mostSteps)];
    const nodes = steps.flatMap((bar, step) => {
      const skips = step === 1 && steps.length < bars.length;
      const between = step === 0 ? [] : [element('span', 'plens-crumb-gap', {}, skips ? '› … ›' : '›')];
      return [...between, this.crumb(shownName(nameOf(layout, bar)), bar, bar === focus)];
    });
    this.root.replaceChildren(...nodes);
  }

  private crumb(name: string, bar: number, isFocus: boolean): HTMLElement {
    const attributes = { type: 'button', title: name, ...(isFocus ? { 'aria-current': 'true' } : {}) };
    const button = element('button', 'plens-crumb', attributes, name);
    // The listener goes with the button, which goes with the next breadcrumb.
    button.addEventListener('click', () => this.onFocus(bar));
    return button;
  }
}
