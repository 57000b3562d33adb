/** The tooltip of a bar: plain text, beside the bar and never on it. */
import type { BarDescription } from './barDescription.ts';
import { element } from './element.ts';
import type { Box } from './placeTooltip.ts';
import { placeTooltip } from './placeTooltip.ts';

export class BarTooltip {
  // In the top layer no surroundings cut it off; where there is none, it is fixed in the window.
  readonly root = element('div', 'plens-tooltip', { role: 'tooltip', popover: 'manual' });

  constructor() {
    this.root.hidden = true;
  }

  show(description: BarDescription, bar: Box, pointerX: number): void {
    const { name, packageName, figures, unit } = description;
    const cells = figures.flatMap((row) =>
      row.map((text, i) => element('span', i === 0 ? 'plens-figure-label' : '', {}, text)),
    );
    this.root.replaceChildren(
      element('div', 'plens-tooltip-name', {}, name),
      ...(packageName === '' ? [] : [element('div', 'plens-tooltip-package', {}, packageName)]),
      element('div', 'plens-tooltip-figures', { style: `--plens-columns: ${figures[0]?.length ?? 1}` }, ...cells),
      element('div', 'plens-tooltip-unit', {}, `Sample unit: ${unit}`),
    );
    this.root.hidden = false;
    if (typeof this.root.showPopover === 'function' && !this.root.matches(':popover-open')) this.root.showPopover();
    // A width that the last place squeezed must not decide this one.
    Object.assign(this.root.style, { left: '0', top: '0', maxHeight: '' });
    const { width, height } = this.root.getBoundingClientRect();
    const edge = 8;
    const bounds = {
      left: edge,
      top: edge,
      width: document.documentElement.clientWidth - 2 * edge,
      height: window.innerHeight - 2 * edge,
    };
    const place = placeTooltip(bar, pointerX, { width, height }, bounds);
    Object.assign(this.root.style, {
      left: `${place.left}px`,
      top: `${place.top}px`,
      maxHeight: `${place.maxHeight}px`,
    });
  }

  hide(): void {
    if (this.root.hidden) return;
    if (typeof this.root.hidePopover === 'function' && this.root.matches(':popover-open')) this.root.hidePopover();
    this.root.hidden = true;
  }
}
