/**
 * What the query editor saves and the data source is asked: plain JSON inside dashboards and links.
 *
 * The fields bear the names of Grafana's own Pyroscope data source where that has them, so that a query survives a switch
 * between the two. `migrateQuery` brings whatever was saved into the form of `queryVersion`.
 */
import type { DataQuery, DataSourceJsonData } from '@grafana/data';

/** Of the saved form. 1 had no number: queryType metrics, profile or both. */
export const queryVersion = 2;

export type ProfileQueryType =
  | 'metrics'
  | 'profile'
  | 'both'
  | 'diff'
  | 'topFunctions'
  | 'functionShare'
  | 'heatmap'
  | 'exemplars'
  | 'versions';

export interface ProfileQuery extends DataQuery {
  version?: number;
  queryType: ProfileQueryType;
  /** name:sampleType:sampleUnit:periodType:periodUnit; empty until one is chosen. */
  profileTypeId: string;
  labelSelector: string;
  groupBy: string[];
  /** Labels: of each value a flame graph of its own, beside each other. Apart from groupBy, which splits series. */
  splitBy?: string[];
  /** Function names from below the root: only what is below them, which the panel asks for at full detail. */
  callSite?: string[];
  /** Most series, functions or profiles of an answer. */
  limit?: number;
  /** Most bars of a flame graph. */
  maxNodes?: number;
  /** Span IDs of 16 hex digits; only their samples count. */
  spanSelector?: string[];
  /** Trace IDs of 32 hex digits; only their samples count. */
  traceIdSelector?: string[];
  /** UUIDs of pushed profiles; only these count. */
  profileIdSelector?: string[];
  /** Least step of a metrics query, as in 30s or $__interval. */
  step?: string;
  /** What a diff, or the change of top functions, is against. */
  compareWith?: Comparison;
  /** Expressions that are searched for in function names; see functionPattern.ts. */
  functions?: string[];
  /** Whether a function's value counts what it calls. */
  functionValue?: FunctionValue;
  /** A function's share of everything, or its own rate. */
  shownAs?: ShownAs;
  /** What a heatmap and exemplars are of. */
  exemplarsOf?: ExemplarsOf;
}

export type FunctionValue = 'total' | 'self';
export type ShownAs = 'share' | 'rate';
export type ExemplarsOf = 'profiles' | 'spans';

/** The baseline: what the selected profiles are held against. */
export type Comparison =
  /** The same selector, so much earlier: 1w, 30m. */
  | { readonly kind: 'offset'; readonly offset: string }
  /** Other profiles; offset as above, none is the same time. */
  | { readonly kind: 'selector'; readonly labelSelector: string; readonly offset?: string }
  /** The same selector with another value of one label, as another version has. */
  | { readonly kind: 'label'; readonly name: string; readonly value: string }
  /** The same selector between two moments, in milliseconds since 1970. */
  | { readonly kind: 'range'; readonly startMillis: number; readonly endMillis: number; readonly labelSelector?: string };

export interface DataSourceOptions extends DataSourceJsonData {
  /** Least step of metrics queries, as in 15s: at least the time between two profiles of a process. */
  minStep?: string;
  /** Where the same server answers PromQL, below its URL; empty: /prometheus. */
  prometheusPath?: string;
  /** The Prometheus data source of the same server, which "Create alert from this function" writes its rule for. */
  prometheusUid?: string;
  httpHeaderName1?: string;
  httpHeaderName2?: string;
  tlsAuth?: boolean;
  tlsAuthWithCACert?: boolean;
  tlsSkipVerify?: boolean;
  serverName?: string;
}

/** Never read back by a browser: Grafana's proxy adds them to each request. */
export interface DataSourceSecrets {
  /** The whole header: "Bearer TOKEN". */
  httpHeaderValue1?: string;
  /** X-Scope-OrgID, the tenant. */
  httpHeaderValue2?: string;
  basicAuthPassword?: string;
  tlsCACert?: string;
  tlsClientCert?: string;
  tlsClientKey?: string;
}

export type VariableKind = 'profileType' | 'label' | 'labelValue' | 'function';

export interface VariableQuery extends DataQuery {
  type: VariableKind;
  /** For labelValue: the label whose values are asked for. */
  labelName?: string;
  /** For all but profileType: only series of this profile type; functions need one. */
  profileTypeId?: string;
  /** For all but profileType: only series that fit. */
  labelSelector?: string;
  /** For function: the largest so many. */
  limit?: number;
}

export const defaultProfileQuery: Omit<ProfileQuery, 'refId'> = {
  version: queryVersion,
  queryType: 'profile',
  profileTypeId: '',
  labelSelector: '{}',
  groupBy: [],
};

export const defaultMinStep = '15s';
export const defaultPrometheusPath = '/prometheus';
export const defaultFunctionLimit = 20;
export const defaultComparison: Comparison = { kind: 'offset', offset: '1w' };
