/** What is said about a bar, in the tooltip and to screen readers. */
import { shownName } from './fitText.ts';
import { nameOf } from './focusPath.ts';
import { formatShare, formatValue } from './formatValue.ts';
import { packageOf } from './packageOf.ts';
import type { TreeLayout } from './treeLayout.ts';

export interface BarDescription {
  readonly name: string;
  readonly packageName: string;
  /** Label, value and share of the whole. */
  readonly figures: readonly (readonly [string, string, string])[];
  readonly unit: string;
}

export function describeBar(layout: TreeLayout, bar: number): BarDescription {
  const { data, parent } = layout;
  const name = nameOf(layout, bar);
  const whole = data.total[0] ?? 0;
  const total = data.total[bar] ?? 0;
  const self = data.self[bar] ?? 0;
  const above = parent[bar] ?? -1;
  const value = (number: number): string => formatValue(number, data.unit);
  return {
    name: shownName(name),
    packageName: bar === 0 ? '' : shownName(packageOf(name) || ' ').trim(),
    figures: [
      ['Total', value(total), formatShare(total, whole)],
      ['Self', value(self), formatShare(self, whole)],
      ...(above > 0 ? [['Of its parent', '', formatShare(total, data.total[above] ?? 0)] as const] : []),
    ],
    unit: data.unit,
  };
}

/** One line: name, total, share. */
export function describeBriefly(layout: TreeLayout, bar: number): string {
  const { data } = layout;
  const total = data.total[bar] ?? 0;
  const value = formatValue(total, data.unit);
  return `${shownName(nameOf(layout, bar))}, ${value}, ${formatShare(total, data.total[0] ?? 0)}`;
}
