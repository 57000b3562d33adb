/**
 * Answers of a Prometheus HTTP API.
 *
 * Source: Prometheus 2.42, query_range: values are [seconds, "number"].
 */
export interface PromAnswer {
  readonly status?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly data?: { readonly resultType?: string; readonly result?: readonly PromSeries[] };
}

export interface PromSeries {
  readonly metric?: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
}

export interface TimedValue {
  readonly timeMillis: number;
  readonly value: number;
}

export const pointsOf = ({ values = [] }: PromSeries): readonly TimedValue[] =>
  values.map(([seconds, value]) => ({ timeMillis: Math.round(seconds * 1_000), value: Number(value) }));
