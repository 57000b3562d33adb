/**
 * What a diff is against: presets, words for them, and the baseline of one query.
 *
 * Units: offsets as Grafana writes intervals, 1w or 30m.
 */
import { rangeUtil } from '@grafana/data';
import { formatLabelSelector, parseLabelSelector } from './labelSelector.ts';
import type { Comparison } from './profileQuery.ts';
import type { MillisRange } from './requests.ts';

export const offsetPresets: readonly { readonly offset: string; readonly label: string }[] = [
  { offset: '1w', label: 'same time last week' },
  { offset: '1d', label: 'same time yesterday' },
  { offset: '1h', label: 'an hour earlier' },
];

export interface Baseline extends MillisRange {
  readonly labelSelector: string;
}

export function baselineOf(comparison: Comparison, labelSelector: string, range: MillisRange): Baseline {
  switch (comparison.kind) {
    case 'offset':
      return { labelSelector, ...earlier(range, comparison.offset) };
    case 'selector':
      return { labelSelector: comparison.labelSelector, ...earlier(range, comparison.offset) };
    case 'label':
      return { labelSelector: withLabel(labelSelector, comparison.name, comparison.value), ...range };
    case 'range': {
      const { startMillis, endMillis } = comparison;
      return { labelSelector: comparison.labelSelector ?? labelSelector, startMillis, endMillis };
    }
  }
}

export function describeComparison(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'offset':
      return (
        offsetPresets.find(({ offset }) => offset === comparison.offset)?.label ?? `${comparison.offset} earlier`
      );
    case 'selector':
      return `${comparison.labelSelector}${comparison.offset === undefined ? '' : `, ${comparison.offset} earlier`}`;
    case 'label':
      return `${comparison.name} ${comparison.value}`;
    case 'range':
      return 'another time range';
  }
}

/** The selector with every matcher of the label replaced by one that it has this value. */
export function withLabel(labelSelector: string, name: string, value: string): string {
  const parsed = parseLabelSelector(labelSelector);
  if (parsed.kind === 'mistake') throw new Error(`The selector cannot be read: ${parsed.message}`);
  const others = parsed.matchers.filter((matcher) => matcher.name !== name);
  return formatLabelSelector([...others, { name, operator: '=', value }]);
}

/** All versions of what is selected, not only the selected one. */
export function withoutLabel(labelSelector: string, name: string): string {
  const parsed = parseLabelSelector(labelSelector);
  if (parsed.kind === 'mistake') return '{}';
  return formatLabelSelector(parsed.matchers.filter((matcher) => matcher.name !== name));
}

function earlier({ startMillis, endMillis }: MillisRange, offset: string | undefined): MillisRange {
  const millis = offset === undefined ? 0 : offsetMillis(offset);
  return { startMillis: startMillis - millis, endMillis: endMillis - millis };
}

function offsetMillis(offset: string): number {
  try {
    return rangeUtil.intervalToMs(offset.trim());
  } catch {
    // Grafana's own error says neither what was wrong nor where.
    throw new Error(`"${offset}" is no offset to compare with: write 1w, 1d or 30m`);
  }
}
