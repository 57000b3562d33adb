/** The list of keys, shown by ? and by the button beside the views. */
import { element } from './element.ts';

const keys: readonly (readonly [string, string])[] = [
  ['↑', 'parent'],
  ['↓', 'heaviest child'],
  ['← →', 'siblings'],
  ['Home', 'root'],
  ['Enter', 'focus the current bar'],
  ['d, double click', 'what is below the current bar at full detail'],
  ['Menu, Shift F10', 'what can be done with the current bar'],
  ['Esc', 'leave the focus, then callers and callees, then the search'],
  ['/', 'search'],
  ['?', 'this list'],
];

export class KeysHelp {
  readonly root: HTMLElement;
  private readonly close = element('button', 'plens-button', { type: 'button' }, 'Close');
  private before: Element | null = null;

  constructor(signal: AbortSignal) {
    const list = element('dl', '');
    for (const [key, meaning] of keys) list.append(element('dt', '', {}, key), element('dd', '', {}, meaning));
    this.root = element('div', 'plens-keys', { role: 'dialog', 'aria-label': 'Keys' }, list, this.close);
    this.root.hidden = true;
    this.close.addEventListener('click', () => this.hide(), { signal });
  }

  toggle(): void {
    if (!this.root.hidden) {
      this.hide();
      return;
    }
    this.before = document.activeElement;
    this.root.hidden = false;
    this.close.focus();
  }

  /** False: it was not open. */
  hide(): boolean {
    if (this.root.hidden) return false;
    this.root.hidden = true;
    if (this.before instanceof HTMLElement) this.before.focus();
    return true;
  }
}
