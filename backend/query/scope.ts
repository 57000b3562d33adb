/**
 * The first step of every question about samples: which series, in which range.
 *
 * Errors: InputError invalid_argument for a range that is missing, inverted or too long.
 * Source: texts and order of the checks: Pyroscope (reference: pyroscope-api 1.3).
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { profileTypeLabel } from '../model/labels.ts';
import { formatProfileType } from '../model/profileType.ts';
import type { Selection } from '../model/question.ts';
import type { Matchers } from '../model/selector.ts';
import type { TimeRange } from '../model/time.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { CatalogSeries } from '../store/catalog.ts';
import type { SampleScope, Store } from '../store/store.ts';
import { formatMillis } from './formatMillis.ts';
import { toValueTests } from './matcherTests.ts';

export function checkRange(startMillis: number, endMillis: number, limits: Limits): TimeRange {
  if (startMillis === 0 || endMillis === 0) throw new InputError('invalid_argument', 'missing time range in the query');
  if (startMillis > endMillis) throw new InputError('invalid_argument', 'query start time is after end time');
  const length = endMillis - startMillis;
  if (length > limits.queryLengthMillis) {
    throw new InputError(
      'invalid_argument',
      `the query time range exceeds the limit (--max-query-length, actual: ${formatMillis(length)}, limit: ${formatMillis(limits.queryLengthMillis)})`,
    );
  }
  return { start: nanosOfMillis(startMillis), end: nanosOfMillis(endMillis) };
}

export interface ResolvedScope {
  readonly series: readonly CatalogSeries[];
  readonly scope: SampleScope;
}

/** `range` may begin before the selection's start: the first point of a time series looks back. */
export function resolveScope(store: Store, selection: Selection, range: TimeRange): ResolvedScope {
  const type: Matchers = [{ name: profileTypeLabel, op: '=', value: formatProfileType(selection.profileType) }];
  const series = store.catalog.select(selection.tenant, toValueTests([...type, ...selection.matchers]), range);
  const { tenant, profileIds, spanIds, traceIds } = selection;
  return {
    series,
    scope: {
      tenant,
      seriesIds: BigUint64Array.from(series, (one) => one.id),
      range,
      ...(profileIds && { profileIds }),
      ...(spanIds && { spanIds }),
      ...(traceIds && { traceIds }),
    },
  };
}
