/**
 * Queries as the JSON bodies of querier.v1.QuerierService: int64 as strings, times in milliseconds since 1970.
 */
import { profileTypeMeaning } from '../../flamegraph/profileTypeMeaning.ts';
import type { Baseline } from './comparison.ts';
import type { ExemplarsOf, ProfileQuery } from './profileQuery.ts';

export interface MillisRange {
  readonly startMillis: number;
  readonly endMillis: number;
}

export interface RangeBody {
  readonly start: string;
  readonly end: string;
}

export interface CatalogBody extends RangeBody {
  readonly matchers: readonly string[];
}

export interface LabelValuesBody extends CatalogBody {
  readonly name: string;
}

export interface SeriesBody extends CatalogBody {
  readonly labelNames: readonly string[];
}

interface SelectionBody extends RangeBody {
  readonly profileTypeID: string;
  readonly labelSelector: string;
}

export interface SelectSeriesBody extends SelectionBody {
  readonly groupBy: readonly string[];
  /** Seconds. */
  readonly step: number;
  readonly limit?: string;
  readonly aggregation?: 'TIME_SERIES_AGGREGATION_TYPE_AVERAGE';
  readonly exemplarType?: 'EXEMPLAR_TYPE_INDIVIDUAL';
}

export interface StacktracesBody extends SelectionBody {
  readonly maxNodes?: string;
  readonly spanSelector?: readonly string[];
  readonly traceIdSelector?: readonly string[];
  readonly profileIdSelector?: readonly string[];
  readonly stackTraceSelector?: { readonly callSite: readonly { readonly name: string }[] };
}

export interface DiffBody {
  readonly left: StacktracesBody;
  readonly right: StacktracesBody;
}

export interface HeatmapBody extends SelectionBody {
  readonly groupBy: readonly string[];
  readonly step: number;
  readonly queryType: 'HEATMAP_QUERY_TYPE_INDIVIDUAL' | 'HEATMAP_QUERY_TYPE_SPAN';
  readonly exemplarType?: 'EXEMPLAR_TYPE_INDIVIDUAL' | 'EXEMPLAR_TYPE_SPAN';
  readonly limit?: string;
}

export const rangeBody = ({ startMillis, endMillis }: MillisRange): RangeBody => ({
  start: String(Math.trunc(startMillis)),
  end: String(Math.trunc(endMillis)),
});

export const selectSeriesBody = (query: ProfileQuery, range: MillisRange, stepSeconds: number): SelectSeriesBody => ({
  ...selectionBody(query, range),
  groupBy: query.groupBy,
  step: stepSeconds,
  ...(isPositive(query.limit) && { limit: String(query.limit) }),
  // Snapshots of a state do not add up: two in a step are not twice the memory.
  ...(isState(query.profileTypeId) && { aggregation: 'TIME_SERIES_AGGREGATION_TYPE_AVERAGE' }),
});

export const exemplarsBody = (query: ProfileQuery, range: MillisRange, stepSeconds: number): SelectSeriesBody => ({
  ...selectionBody(query, range),
  groupBy: query.groupBy,
  step: stepSeconds,
  exemplarType: 'EXEMPLAR_TYPE_INDIVIDUAL',
});

export const stacktracesBody = (query: ProfileQuery, range: MillisRange): StacktracesBody => ({
  ...selectionBody(query, range),
  ...(isPositive(query.maxNodes) && { maxNodes: String(query.maxNodes) }),
  ...(hasAny(query.spanSelector) && { spanSelector: query.spanSelector }),
  ...(hasAny(query.traceIdSelector) && { traceIdSelector: query.traceIdSelector }),
  ...(hasAny(query.profileIdSelector) && { profileIdSelector: query.profileIdSelector }),
  ...(hasAny(query.callSite) && { stackTraceSelector: { callSite: query.callSite.map((name) => ({ name })) } }),
});

/** Left is the baseline. Spans and profiles belong to one side of a comparison, so the baseline has none. */
export const diffBody = (query: ProfileQuery, baseline: Baseline, range: MillisRange): DiffBody => ({
  left: stacktracesBody(wholeBaseline(query, baseline), baseline),
  right: stacktracesBody(query, range),
});

const wholeBaseline = (query: ProfileQuery, { labelSelector }: Baseline): ProfileQuery => ({
  ...query,
  labelSelector,
  spanSelector: [],
  traceIdSelector: [],
  profileIdSelector: [],
});

export const heatmapBody = (
  query: ProfileQuery,
  range: MillisRange,
  stepSeconds: number,
  exemplars?: ExemplarsOf,
): HeatmapBody => ({
  ...selectionBody(query, range),
  groupBy: query.groupBy,
  step: stepSeconds,
  queryType: query.exemplarsOf === 'spans' ? 'HEATMAP_QUERY_TYPE_SPAN' : 'HEATMAP_QUERY_TYPE_INDIVIDUAL',
  ...(exemplars !== undefined && {
    exemplarType: exemplars === 'spans' ? 'EXEMPLAR_TYPE_SPAN' : 'EXEMPLAR_TYPE_INDIVIDUAL',
  }),
});

/**
 * A point at t holds what lies in (t - step, t], so that the one at the range's start is of before it: sums over the range
 * leave it out, and with a step as long as the range it would be as much again.
 */
export const endsWithin =
  ({ startMillis }: MillisRange) =>
  ({ timestamp = '0' }: { readonly timestamp?: string }): boolean =>
    Number(timestamp) > startMillis;

/** The step of a metrics query: Grafana's interval, but never finer than profiles come. */
export const stepSecondsOf = (intervalMillis: number, ...leastSeconds: readonly number[]): number =>
  Math.max(intervalMillis / 1000, ...leastSeconds.filter((seconds) => seconds > 0), 0.001);

export const isState = (profileTypeId: string): boolean => profileTypeMeaning(profileTypeId).overTime === 'state';

const selectionBody = (query: ProfileQuery, range: MillisRange): SelectionBody => ({
  profileTypeID: query.profileTypeId,
  labelSelector: query.labelSelector.trim() === '' ? '{}' : query.labelSelector,
  ...rangeBody(range),
});

const isPositive = (value: number | undefined): boolean => value !== undefined && value > 0;

const hasAny = (values: readonly string[] | undefined): values is readonly string[] =>
  values !== undefined && values.length > 0;
