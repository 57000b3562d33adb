/**
 * Queries as the JSON bodies of querier.v1.QuerierService: int64 as strings, times in milliseconds since 1970.
 */
import type { ProfileQuery } from './profileQuery.ts';

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

interface SelectionBody extends RangeBody {
  readonly profileTypeID: string;
  readonly labelSelector: string;
}

export interface SelectSeriesBody extends SelectionBody {
  readonly groupBy: readonly string[];
  /** Seconds. */
  readonly step: number;
  readonly limit?: string;
}

export interface StacktracesBody extends SelectionBody {
  readonly maxNodes?: string;
  readonly spanSelector?: readonly string[];
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
});

export const stacktracesBody = (query: ProfileQuery, range: MillisRange): StacktracesBody => ({
  ...selectionBody(query, range),
  ...(isPositive(query.maxNodes) && { maxNodes: String(query.maxNodes) }),
  ...(query.spanSelector && query.spanSelector.length > 0 && { spanSelector: query.spanSelector }),
});

/** The step of a metrics query: Grafana's interval, but never finer than profiles come. */
export const stepSecondsOf = (intervalMillis: number, ...leastSeconds: readonly number[]): number =>
  Math.max(intervalMillis / 1000, ...leastSeconds.filter((seconds) => seconds > 0), 0.001);

const selectionBody = (query: ProfileQuery, range: MillisRange): SelectionBody => ({
  profileTypeID: query.profileTypeId,
  labelSelector: query.labelSelector.trim() === '' ? '{}' : query.labelSelector,
  ...rangeBody(range),
});

const isPositive = (value: number | undefined): boolean => value !== undefined && value > 0;
