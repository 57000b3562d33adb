/** What a flame graph panel keeps in its dashboard: the state of the drawing, so that a reload loses nothing. */
import type { FlameGraphState, FlameGraphView } from '../flamegraph/mountFlameGraph.types.ts';

export interface PanelOptions {
  view: FlameGraphView;
  search: string;
  /** Names from below the root to the focused bar; undefined in panels that were never focused. */
  focus?: readonly string[];
}

export const defaultPanelOptions: PanelOptions = { view: 'both', search: '' };

export const views: readonly { readonly value: FlameGraphView; readonly label: string }[] = [
  { value: 'both', label: 'Both' },
  { value: 'icicle', label: 'Icicle: the root on top' },
  { value: 'flame', label: 'Flame: the root at the bottom' },
  { value: 'table', label: 'Table' },
];

/** Options of old panels, or of another panel type that this one was switched from, may lack anything. */
export const stateOf = (options: Partial<PanelOptions>): FlameGraphState => ({
  view: views.find(({ value }) => value === options.view)?.value ?? defaultPanelOptions.view,
  search: options.search ?? defaultPanelOptions.search,
  focus: options.focus ?? [],
});

export const isSameState = (a: FlameGraphState, b: FlameGraphState): boolean =>
  a.view === b.view &&
  a.search === b.search &&
  a.focus.length === b.focus.length &&
  a.focus.every((name, i) => name === b.focus[i]);
