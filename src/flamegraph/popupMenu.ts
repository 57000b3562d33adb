/**
 * A menu at a place of the window: one at a time, with keys, and gone at the first sign of interest in anything else.
 *
 * Links are followed only to web addresses: they may hold what strangers wrote into labels.
 */
import { element, freshId } from './element.ts';
import { placeTooltip } from './placeTooltip.ts';

export interface MenuItem {
  readonly label: string;
  readonly onSelect?: () => void;
  readonly href?: string;
  /** A line above it. */
  readonly isGroupStart?: boolean;
}

export class PopupMenu {
  readonly root = element('div', 'plens-menu', { role: 'menu', popover: 'manual', tabindex: '-1', hidden: '' });
  private readonly signal: AbortSignal;
  private before: HTMLElement | undefined;
  private open: AbortController | undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.root.addEventListener('keydown', (event) => this.pressed(event), { signal });
    signal.addEventListener('abort', () => this.open?.abort());
  }

  show(label: string, items: readonly MenuItem[], x: number, y: number): void {
    this.hide(false);
    const [before] = [document.activeElement];
    this.before = before instanceof HTMLElement ? before : undefined;
    this.root.setAttribute('aria-label', label);
    this.root.replaceChildren(
      element('div', 'plens-menu-title', { 'aria-hidden': 'true' }, label),
      ...items.map((item) => this.itemFor(item)),
    );
    this.root.hidden = false;
    if (typeof this.root.showPopover === 'function') this.root.showPopover();
    this.place(x, y);
    this.hideWhenLeft();
    this.itemAt(0)?.focus();
  }

  /** False: it was not open. */
  hide(returnsFocus = true): boolean {
    if (this.root.hidden) return false;
    this.open?.abort();
    if (typeof this.root.hidePopover === 'function' && this.root.matches(':popover-open')) this.root.hidePopover();
    this.root.hidden = true;
    if (returnsFocus) this.before?.focus();
    return true;
  }

  private itemFor({ label, onSelect, href, isGroupStart }: MenuItem): HTMLElement {
    const className = `plens-menu-item${isGroupStart === true ? ' plens-menu-group' : ''}`;
    const attributes = { role: 'menuitem', tabindex: '-1', id: freshId('item') };
    const target = href === undefined ? undefined : safeAddress(href);
    const item =
      target === undefined
        ? element('button', className, { ...attributes, type: 'button' }, label)
        : element('a', className, { ...attributes, href: target, ...(isElsewhere(target) && elsewhere) }, label);
    item.addEventListener('click', () => {
      this.hide();
      onSelect?.();
    });
    return item;
  }

  private itemAt(index: number): HTMLElement | undefined {
    return [...this.root.querySelectorAll<HTMLElement>('[role=menuitem]')].at(index);
  }

  private pressed(event: KeyboardEvent): void {
    const items = [...this.root.querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = items.findIndex((item) => item === document.activeElement);
    const next: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: at <= 0 ? items.length - 1 : at - 1,
      Home: 0,
      End: items.length - 1,
    };
    // No key of an open menu is one of the graph's; Enter and the space bar are the item's own.
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') this.hide();
    else if (next[event.key] !== undefined) items[next[event.key] ?? 0]?.focus();
    else if (event.key.length === 1 && event.key !== ' ') this.goToLetter(items, at, event.key);
    else return;
    event.preventDefault();
  }

  private goToLetter(items: readonly HTMLElement[], at: number, letter: string): void {
    const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    turned.find(({ textContent }) => textContent.toLowerCase().startsWith(letter.toLowerCase()))?.focus();
  }

  private place(x: number, y: number): void {
    Object.assign(this.root.style, { left: '0', top: '0', maxHeight: '' });
    const { width, height } = this.root.getBoundingClientRect();
    const edge = 8;
    const [all, tall] = [document.documentElement.clientWidth, window.innerHeight];
    const bounds = { left: edge, top: edge, width: all - 2 * edge, height: tall - 2 * edge };
    const place = placeTooltip({ left: x, top: y, width: 0, height: 0 }, x, { width, height }, bounds);
    const { left, top, maxHeight } = place;
    Object.assign(this.root.style, { left: `${left}px`, top: `${top}px`, maxHeight: `${maxHeight}px` });
  }

  private hideWhenLeft(): void {
    this.open = new AbortController();
    const signal = AbortSignal.any([this.open.signal, this.signal]);
    const leave = (event: Event): void => {
      if (!(event.target instanceof Node && this.root.contains(event.target))) this.hide(false);
    };
    // The press that opened the menu is still on its way up.
    for (const name of ['pointerdown', 'wheel', 'scroll'] as const) {
      document.addEventListener(name, leave, { signal, capture: true, passive: true });
    }
    window.addEventListener('blur', () => this.hide(false), { signal });
    window.addEventListener('resize', () => this.hide(false), { signal });
  }
}

const elsewhere = { target: '_blank', rel: 'noopener noreferrer' };
const isElsewhere = (address: string): boolean => new URL(address, location.href).origin !== location.origin;

/** undefined for what is no address of the web, as javascript: is not. */
export function safeAddress(href: string): string | undefined {
  try {
    const { protocol } = new URL(href, location.href);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    // What the browser cannot read as an address leads nowhere.
    return undefined;
  }
}
