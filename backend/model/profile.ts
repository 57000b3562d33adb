/** One pushed profile as columns, whatever its wire format was. Sample i has stack i of `stacks`. */
import type { StackTable } from './stackTable.ts';
import type { UnixNanos } from './time.ts';

export interface ValueType {
  readonly type: string;
  /** Spelled as in pprof: nanoseconds, bytes, count ... */
  readonly unit: string;
}

export interface Profile {
  readonly sampleTypes: readonly ValueType[];
  readonly periodType: ValueType | undefined;
  /** In periodType's unit. */
  readonly period: bigint;
  /** 0 when the sender did not say. */
  readonly timeNanos: UnixNanos;
  readonly durationNanos: bigint;
  /** The type a viewer should show first, '' when not said. */
  readonly defaultSampleType: string;
  readonly sampleCount: number;
  /** Row by row: the value of sample i and type t is values[i * sampleTypes.length + t]. */
  readonly values: BigInt64Array;
  /** Labels of sample i are [labelStart[i], labelStart[i + 1]). Only labels with text; numeric ones are not kept. */
  readonly labelStart: Uint32Array;
  /** String indexes. */
  readonly labelName: Uint32Array;
  readonly labelText: Uint32Array;
  readonly stacks: StackTable;
}
