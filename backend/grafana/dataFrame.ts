/**
 * A table as Grafana takes it from a plugin.
 *
 * Shape:  columns of equal length, none of which has gaps: a missing point is a missing row. Labels stand at the column of
 *         values, as Grafana's alerting wants them.
 * Units:  times in nanoseconds since 1970; `unit` is one of Grafana's unit IDs.
 * Source: grafana-plugin-sdk-go v0.298.0, data.Frame; keys of meta and config are its JSON.
 */
export interface DataFrame {
  readonly name: string;
  readonly refId: string;
  readonly meta: FrameMeta;
  readonly fields: readonly FrameField[];
}

export type FrameField = FieldHead & FieldValues;

interface FieldHead {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: FieldConfig;
}

export type FieldValues =
  | { readonly kind: 'time'; readonly values: BigInt64Array }
  | { readonly kind: 'float'; readonly values: Float64Array }
  | { readonly kind: 'int'; readonly values: BigInt64Array }
  | { readonly kind: 'text'; readonly values: readonly string[] }
  /** Indexes into few texts that come again and again. */
  | { readonly kind: 'choice'; readonly values: Uint32Array; readonly texts: readonly string[] };

export interface FieldConfig {
  readonly displayName?: string;
  readonly displayNameFromDS?: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** Milliseconds between two rows. */
  readonly interval?: number;
  readonly links?: readonly FieldLink[];
  readonly custom?: object;
}

/** Leads to a query of a data source. */
export interface FieldLink {
  readonly title: string;
  readonly url: string;
  readonly internal: { readonly datasourceUid: string; readonly datasourceName: string; readonly query: object };
}

export interface FrameMeta {
  readonly type?: 'timeseries-multi' | 'numeric-multi' | 'heatmap-cells';
  readonly typeVersion?: readonly [number, number];
  readonly preferredVisualisationType?: 'graph' | 'table' | 'flamegraph';
  readonly dataTopic?: 'annotations';
  readonly custom?: object;
  readonly notices?: readonly { readonly severity: 'info' | 'warning'; readonly text: string }[];
}
