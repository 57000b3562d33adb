/** The drawing's own line of controls: search with its findings, views, reset, help. */
import { element } from './element.ts';
import type { Sides } from './flameGraphData.ts';
import { formatCount, formatShare } from './formatValue.ts';
import type { FlameGraphState, FlameGraphView } from './mountFlameGraph.types.ts';
import type { SearchMatches } from './searchBars.ts';

export interface ToolbarEvents {
  readonly onSearch: (text: string) => void;
  readonly onView: (view: FlameGraphView) => void;
  readonly onHelp: () => void;
  /** Escape in an empty search field. */
  readonly onLeave: () => void;
}

const views: readonly (readonly [FlameGraphView, string, string])[] = [
  ['flame', 'Flame', 'The root at the bottom'],
  ['icicle', 'Icicle', 'The root on top'],
  ['sandwich', 'Sandwich', 'Callers and callees of a function'],
  ['table', 'Table', 'Functions by their own and total value'],
  ['both', 'Both', 'Table and icicle graph'],
];

/** A search of a large graph takes a few frames: it waits until the typing pauses. */
const typingPauseMillis = 120;

export class Toolbar {
  readonly root: HTMLElement;
  private readonly search = element('input', 'plens-search', {
    type: 'search',
    placeholder: 'Search (regular expression)',
    'aria-label': 'Search functions by regular expression',
    spellcheck: 'false',
    autocomplete: 'off',
    maxlength: '1000',
  });
  private readonly found = element('span', 'plens-found', { role: 'status' });
  private readonly viewButtons: ReadonlyMap<FlameGraphView, HTMLButtonElement>;
  private readonly events: ToolbarEvents;
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(events: ToolbarEvents, signal: AbortSignal) {
    this.events = events;
    this.viewButtons = new Map(
      views.map(([view, label, title]) => {
        const button = element('button', 'plens-button', { type: 'button', title }, label);
        button.addEventListener('click', () => events.onView(view), { signal });
        return [view, button];
      }),
    );
    const group = { role: 'group', 'aria-label': 'View' };
    const help = element('button', 'plens-button plens-help-button', { type: 'button', 'aria-label': 'Keys' }, '?');
    help.addEventListener('click', events.onHelp, { signal });
    this.search.addEventListener('input', () => this.typed(), { signal });
    this.search.addEventListener('keydown', (event) => this.pressed(event), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.pause));
    const viewGroup = element('div', 'plens-views', group, ...this.viewButtons.values());
    this.root = element('div', 'plens-toolbar', {}, this.search, this.found, viewGroup, help);
  }

  show(state: FlameGraphState, matches: SearchMatches | undefined, whole: Sides): void {
    for (const [view, button] of this.viewButtons) button.setAttribute('aria-pressed', String(view === state.view));
    // While someone types, what stands in the field is newer than the state.
    if (this.pause === undefined && this.search.value !== state.search) this.search.value = state.search;
    this.found.textContent = describeMatches(matches, whole);
  }

  focusSearch(): void {
    this.search.focus();
    this.search.select();
  }

  /** Drops what was typed and not yet searched for. */
  forgetTyping(): void {
    clearTimeout(this.pause);
    this.pause = undefined;
  }

  private typed(): void {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.searchNow(), typingPauseMillis);
  }

  private searchNow(): void {
    this.forgetTyping();
    this.events.onSearch(this.search.value);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape' && this.search.value === '') return this.events.onLeave();
    if (event.key === 'Escape') this.search.value = '';
    this.searchNow();
  }
}

export function describeMatches(matches: SearchMatches | undefined, whole: Sides): string {
  if (matches === undefined) return '';
  const { functionCount, through, self, isPlainText } = matches;
  const count = `${formatCount(functionCount)} function${functionCount === 1 ? '' : 's'}`;
  const share = (part: Sides): string =>
    whole.right === 0
      ? formatShare(part.left, whole.left)
      : `${formatShare(part.left, whole.left)} → ${formatShare(part.right, whole.right)}`;
  const shares = `${share(through)} through · ${share(self)} self`;
  return `${count} · ${shares}${isPlainText ? ' · not a regular expression: searched as plain text' : ''}`;
}
