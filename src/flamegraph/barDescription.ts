/** What is said about a bar, in the tooltip and to screen readers. */
import { shownName } from './fitText.ts';
import type { FlameGraphData, Sides } from './flameGraphData.ts';
import { changeOf, isDiff, selfOf, shareOf, totalOf, wholeOf } from './flameGraphData.ts';
import { nameOf } from './focusPath.ts';
import { formatPoints, formatRelative, formatShare, formatValue } from './formatValue.ts';
import { packageOf } from './packageOf.ts';
import { binaryOf } from './runtimeOf.ts';
import type { TreeLayout } from './treeLayout.ts';

export interface BarDescription {
  readonly name: string;
  readonly packageName: string;
  /** Rows of a table of which the first column holds labels; all rows are equally long. */
  readonly figures: readonly (readonly string[])[];
  readonly unit: string;
}

/** Of a bar of the callers' graph nothing is known of its own. */
export function describeBar(layout: TreeLayout, bar: number, isCaller = false): BarDescription {
  const name = nameOf(layout, bar);
  const isFunction = bar > 0 || layout.data.whole !== undefined;
  const home = isFunction ? packageOf(name) : '';
  const binary = isFunction ? binaryOf(name) : '';
  return {
    name: shownName(name),
    packageName: shownName(
      [home, binary === home ? '' : binary].filter((part) => part !== '').join(' · ') || ' ',
    ).trim(),
    figures: isDiff(layout.data) ? diffFigures(layout, bar, isCaller) : figuresOf(layout, bar, isCaller),
    unit: layout.data.unit,
  };
}

function figuresOf({ data, parent }: TreeLayout, bar: number, isCaller: boolean): readonly (readonly string[])[] {
  const whole = wholeOf(data).left;
  const total = data.total[bar] ?? 0;
  const self = data.self[bar] ?? 0;
  const above = parent[bar] ?? -1;
  return [
    ['Total', formatValue(total, data.unit), formatShare(total, whole)],
    ...(isCaller ? [] : [['Self', formatValue(self, data.unit), formatShare(self, whole)]]),
    ...(above > 0 ? [['Of its parent', '', formatShare(total, data.total[above] ?? 0)]] : []),
  ];
}

function diffFigures({ data }: TreeLayout, bar: number, isCaller: boolean): readonly (readonly string[])[] {
  const whole = wholeOf(data);
  const rows = (label: string, part: Sides): readonly (readonly string[])[] => [
    [label, formatShare(part.left, whole.left), formatShare(part.right, whole.right), changeText(part, whole)],
    ['', formatValue(part.left, data.unit), formatValue(part.right, data.unit), formatRelative(part.left, part.right)],
  ];
  return [
    ['', 'Baseline', 'Comparison', 'Change'],
    ...rows('Total', totalOf(data, bar)),
    ...(isCaller ? [] : rows('Self', selfOf(data, bar))),
  ];
}

/** +9.1 points (+300 %): of the shares, as the sides may have been gathered for different times. */
export function changeText(part: Sides, whole: Sides): string {
  const [before, after] = [shareOf(part.left, whole.left), shareOf(part.right, whole.right)];
  return `${formatPoints(changeOf(part, whole))} (${formatRelative(before, after)})`;
}

/** What stands behind a name in its bar: its share, in a diff how that changed. */
export function briefShare(data: FlameGraphData, bar: number): string {
  const [total, whole] = [totalOf(data, bar), wholeOf(data)];
  return isDiff(data) ? formatPoints(changeOf(total, whole)) : formatShare(total.left, whole.left);
}

/** One line: name, total, share; in a diff both shares and the change. */
export function describeBriefly(layout: TreeLayout, bar: number): string {
  const { data } = layout;
  const [total, whole] = [totalOf(data, bar), wholeOf(data)];
  const name = shownName(nameOf(layout, bar));
  const before = formatShare(total.left, whole.left);
  if (!isDiff(data)) return `${name}, ${formatValue(total.left, data.unit)}, ${before}`;
  return `${name}, ${before} before, ${formatShare(total.right, whole.right)} now, ${changeText(total, whole)}`;
}
