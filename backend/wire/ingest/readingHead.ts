/** What a request says about a profile outside of its body, for formats whose bodies do not say it. */
import type { Label } from '../../model/labels.ts';
import { metricNameLabel } from '../../model/labels.ts';
import type { UnixNanos } from '../../model/time.ts';
import type { TextProfileType } from './textProfileType.ts';

export interface ReadingHead {
  /** Of the series, without __name__. */
  readonly labels: readonly Label[];
  /** 0: not said. */
  readonly timeNanos: UnixNanos;
  readonly durationNanos: bigint;
}

/** For formats that hold bare counts. */
export interface TypedReadingHead extends ReadingHead {
  readonly type: TextProfileType;
}

export const namedLabels = (name: string, ...labels: readonly Label[]): readonly Label[] => [
  { name: metricNameLabel, value: name },
  ...labels,
];
