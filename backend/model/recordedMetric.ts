/**
 * A metric that a recording rule makes of profiles.
 *
 * Shape:  series of the profile type that pass the matchers, added up by the values of `groupBy`; of whole profiles or of
 *         functions. Its series also have `labels`; a group's value wins over one of them.
 * Units:  as the metrics of profiles: cores for CPU time, else the profile type's unit per second; states in their unit.
 */
import type { Labels } from './labels.ts';
import type { Matchers } from './selector.ts';

export interface RecordedMetric {
  readonly name: string;
  readonly profileType: string;
  /** On the profiles' own names, the profile type among them. */
  readonly matchers: Matchers;
  /** Names as metrics have them (k8s_pod for k8s.pod); "function" makes a series of every function that fits. */
  readonly groupBy: readonly string[];
  readonly labels: Labels;
  /** undefined: whole profiles. */
  readonly functions: RecordedFunctions | undefined;
}

export interface RecordedFunctions {
  readonly text: string;
  /** Whether the text is a regular expression, anchored at both ends. A stack with several that fit counts once. */
  readonly isPattern: boolean;
  readonly mode: 'self' | 'total';
}
