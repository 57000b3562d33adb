/**
 * What a flame graph panel keeps in its dashboard: the state of the drawing, so that a reload loses nothing.
 *
 * Shape:  `version` 2 added colour, hide, collapseRecursion and sandwich, 3 the group; all may be left out, and panels saved
 *         before have no version. Options of old panels, or of another panel type that this one was switched from, may lack
 *         anything or hold something else.
 */
import type { ColourMode } from '../flamegraph/colourModes.ts';
import { colourModes } from '../flamegraph/colourModes.ts';
import type { FlameGraphState, FlameGraphView } from '../flamegraph/mountFlameGraph.types.ts';
import type { HideRule } from '../flamegraph/reshapeTree.ts';

export interface PanelOptions {
  version?: number;
  view: FlameGraphView;
  search: string;
  /** Names from below the root to the focused bar; undefined in panels that were never focused. */
  focus?: readonly string[];
  colour?: ColourMode | 'default';
  hide?: readonly HideRule[];
  collapseRecursion?: boolean;
  sandwich?: string;
  /** Of a query that splits: the one graph that is shown; all beside each other when left out or gone. */
  group?: string;
}

export const optionsVersion = 3;
export const defaultPanelOptions: PanelOptions = { view: 'both', search: '' };

export const views: readonly { readonly value: FlameGraphView; readonly label: string }[] = [
  { value: 'both', label: 'Both' },
  { value: 'icicle', label: 'Icicle: the root on top' },
  { value: 'flame', label: 'Flame: the root at the bottom' },
  { value: 'sandwich', label: 'Sandwich: callers and callees of a function' },
  { value: 'table', label: 'Table' },
];

export const colours: readonly { readonly value: ColourMode | 'default'; readonly label: string }[] = [
  { value: 'default', label: 'Package, in a diff the change' },
  ...colourModes.map(([value, label]) => ({ value, label })),
];

export function stateOf(options: Partial<PanelOptions>): FlameGraphState {
  const { search, focus, collapseRecursion, sandwich } = options;
  const colour = colourModes.find(([value]) => value === options.colour)?.[0];
  const hide = Array.isArray(options.hide) ? options.hide.filter(isHideRule) : [];
  return {
    view: views.find(({ value }) => value === options.view)?.value ?? defaultPanelOptions.view,
    search: search ?? defaultPanelOptions.search,
    focus: focus ?? [],
    ...(colour !== undefined && { colour }),
    ...(hide.length > 0 && { hide }),
    ...(collapseRecursion === true && { collapseRecursion }),
    ...(typeof sandwich === 'string' && { sandwich }),
  };
}

const isHideRule = (rule: unknown): rule is HideRule =>
  typeof rule === 'object' && rule !== null && 'pattern' in rule && typeof rule.pattern === 'string';

/** What the state leaves out goes back to its default. */
export function optionsOf(state: FlameGraphState, before: PanelOptions): PanelOptions {
  const kept = { ...before };
  for (const name of ['colour', 'hide', 'collapseRecursion', 'sandwich'] as const) delete kept[name];
  return { ...kept, ...stateOf(state), version: optionsVersion };
}

/** Equal when they would be saved as the same text. */
export const isSameState = (a: FlameGraphState, b: FlameGraphState): boolean =>
  JSON.stringify(stateOf(a)) === JSON.stringify(stateOf(b));
