/** The second line of controls: what colours tell, what is hidden, recursion; and what is shown, in one sentence. */
import type { ColourMode } from './colourModes.ts';
import { colourModeOf, colourModes } from './colourModes.ts';
import { element } from './element.ts';
import { shownName } from './fitText.ts';
import type { FlameGraphState } from './mountFlameGraph.types.ts';
import type { HideRule } from './reshapeTree.ts';
import { plainTextOf } from './searchBars.ts';

export interface FilterBarEvents {
  readonly onColour: (colour: ColourMode) => void;
  readonly onHide: (rules: readonly HideRule[]) => void;
  readonly onCollapse: (collapseRecursion: boolean) => void;
  readonly onReset: () => void;
  /** Asks for the menu of exports, to be opened below the button. */
  readonly onExport: (button: HTMLElement) => void;
}

/** More chips than these would leave no room for the graph; the rest is counted. */
const mostChips = 8;

export class FilterBar {
  private readonly colour = element('select', 'plens-select', { 'aria-label': 'Colour by' });
  private readonly chips = element('span', 'plens-chips');
  private readonly add = element(
    'button',
    'plens-button',
    { type: 'button', title: 'Hide functions by name' },
    'Hide …',
  );
  private readonly pattern = element('input', 'plens-search plens-hide', {
    type: 'text',
    placeholder: 'Hide (regular expression)',
    'aria-label': 'Hide functions by regular expression',
    spellcheck: 'false',
    autocomplete: 'off',
    maxlength: '1000',
    hidden: '',
  });
  private readonly collapse = element(
    'button',
    'plens-button plens-collapse',
    { type: 'button', title: 'A function that calls itself is one bar' },
    'Collapse recursion',
  );
  private readonly reset = element(
    'button',
    'plens-button',
    { type: 'button', title: 'Show all, search nothing' },
    'Reset',
  );
  private readonly exports = element(
    'button',
    'plens-button',
    { type: 'button', title: 'Save what is shown', 'aria-haspopup': 'menu' },
    'Export',
  );
  private readonly headline = element('span', 'plens-headline');
  readonly root: HTMLElement;
  private readonly events: FilterBarEvents;
  private rules: readonly HideRule[] = [];
  private isDiff: boolean | undefined;

  constructor(events: FilterBarEvents, signal: AbortSignal) {
    this.events = events;
    this.colour.addEventListener('change', () => this.chooseColour(), { signal });
    this.add.addEventListener('click', () => this.ask(), { signal });
    this.pattern.addEventListener('keydown', (event) => this.pressed(event), { signal });
    this.pattern.addEventListener('blur', () => this.stopAsking(), { signal });
    this.collapse.addEventListener(
      'click',
      () => events.onCollapse(this.collapse.getAttribute('aria-pressed') !== 'true'),
      { signal },
    );
    this.reset.addEventListener('click', events.onReset, { signal });
    this.exports.addEventListener('click', () => events.onExport(this.exports), { signal });
    const label = element('label', 'plens-label', {}, 'Colour ', this.colour);
    const choices = [label, this.chips, this.pattern, this.add, this.collapse];
    const parts = [...choices, this.headline, this.reset, this.exports];
    this.root = element('div', 'plens-toolbar plens-filters', {}, ...parts);
  }

  show(state: FlameGraphState, isDiff: boolean, headline: string): void {
    if (this.isDiff !== isDiff) {
      this.isDiff = isDiff;
      const offered = colourModes.filter(([mode]) => isDiff || mode !== 'diff');
      this.colour.replaceChildren(...offered.map(([mode, label]) => element('option', '', { value: mode }, label)));
    }
    this.colour.value = colourModeOf(state.colour, isDiff);
    this.reset.disabled = !hasChoices(state);
    this.exports.disabled = headline === '';
    this.collapse.setAttribute('aria-pressed', String(state.collapseRecursion ?? false));
    this.headline.textContent = headline;
    const rules = state.hide ?? [];
    if (rules === this.rules && this.chips.childElementCount > 0) return;
    this.rules = rules;
    const chips = rules.slice(0, mostChips).map((rule, i) => this.chip(rule, i));
    const more = rules.length - chips.length;
    this.chips.replaceChildren(...chips, ...(more > 0 ? [element('span', 'plens-label', {}, `and ${more} more`)] : []));
  }

  private chip({ pattern, below }: HideRule, index: number): HTMLElement {
    const name = shownName(plainTextOf(pattern));
    const what = below === true ? `below ${name}` : name;
    const cross = element('span', '', { 'aria-hidden': 'true' }, '×');
    const text = element('span', 'plens-chip-text', {}, what);
    const attributes = { type: 'button', title: `Hidden: ${what}`, 'aria-label': `Hidden: ${what}. Show again` };
    const button = element('button', 'plens-button plens-chip', attributes, text, cross);
    // The listener goes with the button, which goes with the next chips.
    button.addEventListener('click', () => {
      this.events.onHide(this.rules.filter((_rule, i) => i !== index));
      this.add.focus();
    });
    return button;
  }

  private chooseColour(): void {
    const chosen = colourModes.find(([mode]) => mode === this.colour.value)?.[0];
    if (chosen !== undefined) this.events.onColour(chosen);
  }

  private ask(): void {
    this.pattern.hidden = false;
    this.add.hidden = true;
    this.pattern.focus();
  }

  private stopAsking(): void {
    this.pattern.value = '';
    this.pattern.hidden = true;
    this.add.hidden = false;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    const pattern = this.pattern.value.trim();
    this.stopAsking();
    this.add.focus();
    if (event.key === 'Enter' && pattern !== '') this.events.onHide([...this.rules, { pattern }]);
  }
}

const hasChoices = ({ search, focus, hide = [], collapseRecursion, sandwich }: FlameGraphState): boolean =>
  search !== '' || focus.length > 0 || hide.length > 0 || collapseRecursion === true || sandwich !== undefined;
