/**
 * What an expression is worth at every step of a query: columns, one entry a step.
 *
 * Shape:  a series has a value where present is 1; NaN is a value like any other.
 */
import type { Labels } from '../model/labels.ts';
import type { SampleSeries } from './sampleSource.ts';

export interface ScalarValue {
  readonly kind: 'scalar';
  readonly values: Float64Array;
}

export interface VectorSeries {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

export interface VectorValue {
  readonly kind: 'vector';
  /** No two with equal labels. */
  readonly series: readonly VectorSeries[];
}

/** Samples that range functions look at: at step i those in [ends[i] - rangeMillis, ends[i]], both ends inclusive. */
export interface MatrixValue {
  readonly kind: 'matrix';
  readonly series: readonly SampleSeries[];
  /** Milliseconds since 1970, never descending. */
  readonly ends: Float64Array;
  readonly rangeMillis: number;
}

export interface StringValue {
  readonly kind: 'string';
  readonly value: string;
}

export type Value = ScalarValue | VectorValue | MatrixValue | StringValue;
