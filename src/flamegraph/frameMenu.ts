/** What can be done with a bar, or with a function in the table; the surroundings add theirs. */
import { copyText } from './copyText.ts';
import type { FlameGraphOptions, FlameGraphState, FrameInfo } from './mountFlameGraph.types.ts';
import type { MenuItem } from './popupMenu.ts';
import { searchForExactly } from './searchBars.ts';

export interface FrameMenu {
  readonly frame: FrameInfo;
  readonly state: FlameGraphState;
  readonly options: Pick<FlameGraphOptions, 'menuItems' | 'onCopy'>;
  /** undefined: there is nothing to focus on. */
  readonly onFocus: (() => void) | undefined;
  /** undefined: all is shown. */
  readonly onDetail?: (() => void) | undefined;
  readonly onChange: (change: Partial<FlameGraphState>) => void;
}

export function frameMenuItems({ frame, state, options, onFocus, onDetail, onChange }: FrameMenu): readonly MenuItem[] {
  const { name, stack } = frame;
  const { hide = [] } = state;
  const pattern = searchForExactly(name);
  const copy = options.onCopy ?? ((text: string) => void copyText(text));
  const others = options.menuItems?.(frame) ?? [];
  const isFunction = stack === undefined || stack.length > 0;
  const ofFunction: readonly MenuItem[] = [
    {
      label: 'Show callers and callees',
      onSelect: () => onChange({ view: 'sandwich', sandwich: name }),
    },
    { label: 'Hide', onSelect: () => onChange({ hide: [...hide, { pattern }] }), isGroupStart: true },
    { label: 'Hide everything below', onSelect: () => onChange({ hide: [...hide, { pattern, below: true }] }) },
  ];
  return [
    ...(onFocus === undefined ? [] : [{ label: 'Focus', onSelect: onFocus }]),
    ...(onDetail === undefined ? [] : [{ label: 'Show at full detail', onSelect: onDetail }]),
    ...(isFunction ? ofFunction : []),
    { label: 'Copy name', onSelect: () => copy(name), isGroupStart: true },
    ...(stack === undefined || stack.length === 0
      ? []
      : [{ label: 'Copy stack', onSelect: () => copy(stack.join('\n')) }]),
    ...others.map((item, i) => ({ ...item, isGroupStart: i === 0 })),
  ];
}
