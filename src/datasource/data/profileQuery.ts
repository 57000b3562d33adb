/**
 * What the query editor saves and the data source is asked: plain JSON inside dashboards and links.
 *
 * The fields bear the names of Grafana's own Pyroscope data source, so that a query survives a switch between the two.
 */
import type { DataQuery, DataSourceJsonData } from '@grafana/data';

export type ProfileQueryType = 'metrics' | 'profile' | 'both';

export interface ProfileQuery extends DataQuery {
  queryType: ProfileQueryType;
  /** name:sampleType:sampleUnit:periodType:periodUnit; empty until one is chosen. */
  profileTypeId: string;
  labelSelector: string;
  groupBy: string[];
  /** Most series of a metrics query. */
  limit?: number;
  /** Most bars of a flame graph. */
  maxNodes?: number;
  /** Span IDs of 16 hex digits; only their samples count. */
  spanSelector?: string[];
  /** Least step of a metrics query, as in 30s or $__interval. */
  step?: string;
}

export interface DataSourceOptions extends DataSourceJsonData {
  /** Least step of metrics queries, as in 15s: at least the time between two profiles of a process. */
  minStep?: string;
  httpHeaderName1?: string;
  httpHeaderName2?: string;
}

/** Never read back by a browser: Grafana's proxy adds them to each request. */
export interface DataSourceSecrets {
  /** The whole header: "Bearer TOKEN". */
  httpHeaderValue1?: string;
  /** X-Scope-OrgID, the tenant. */
  httpHeaderValue2?: string;
}

export type VariableKind = 'profileType' | 'label' | 'labelValue';

export interface VariableQuery extends DataQuery {
  type: VariableKind;
  /** For labelValue: the label whose values are asked for. */
  labelName?: string;
  /** For label and labelValue: only series of this profile type. */
  profileTypeId?: string;
  /** For label and labelValue: only series that fit. */
  labelSelector?: string;
}

export const defaultProfileQuery: Omit<ProfileQuery, 'refId'> = {
  queryType: 'profile',
  profileTypeId: '',
  labelSelector: '{}',
  groupBy: [],
};
