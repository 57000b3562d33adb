/**
 * What a diff is against: the twin of the data source's comparison, to which a test holds it.
 *
 * Units:  milliseconds.
 * Errors: InputError invalid_argument for an offset or a selector that is none.
 */
import { InputError } from '../errors.ts';
import type { Matchers } from '../model/selector.ts';
import { readLabelSelector } from '../wire/pyroscope/labelSelector.ts';
import { intervalMillis } from './interval.ts';
import type { Comparison } from './savedQuery.ts';

export interface MillisRange {
  readonly startMillis: number;
  readonly endMillis: number;
}

export interface Baseline extends MillisRange {
  readonly labelSelector: string;
}

export const defaultComparison: Comparison = { kind: 'offset', offset: '1w' };

const presets = new Map([
  ['1w', 'same time last week'],
  ['1d', 'same time yesterday'],
  ['1h', 'an hour earlier'],
]);

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
      return presets.get(comparison.offset) ?? `${comparison.offset} earlier`;
    case 'selector':
      return `${comparison.labelSelector}${comparison.offset === undefined ? '' : `, ${comparison.offset} earlier`}`;
    case 'label':
      return `${comparison.name} ${comparison.value}`;
    case 'range':
      return 'another time range';
  }
}

export const formatSelector = (matchers: Matchers): string =>
  `{${matchers.map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`).join(', ')}}`;

function withLabel(labelSelector: string, name: string, value: string): string {
  const others = readLabelSelector(labelSelector).filter((matcher) => matcher.name !== name);
  return formatSelector([...others, { name, op: '=', value }]);
}

function earlier({ startMillis, endMillis }: MillisRange, offset: string | undefined): MillisRange {
  const millis = offset === undefined ? 0 : intervalMillis(offset);
  if (millis === undefined) {
    const message = `${JSON.stringify(offset)} is no offset to compare with: write 1w, 1d or 30m`;
    throw new InputError('invalid_argument', message);
  }
  return { startMillis: startMillis - millis, endMillis: endMillis - millis };
}
