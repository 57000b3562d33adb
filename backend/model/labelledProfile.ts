/**
 * What a reader under wire/ makes of a request, whichever agent spoke: profiles, each with the labels that its sender gave
 * to the series, and what had to be left out.
 */
import type { DiscardReason } from '../errors.ts';
import type { Label } from './labels.ts';
import type { Profile } from './profile.ts';

export interface LabelledProfile {
  /** As given, unsorted and unchecked; `__name__` says what was measured (process_cpu, memory, off_cpu ...). */
  readonly labels: readonly Label[];
  readonly profile: Profile;
}

/** A part of a request that was not taken while the rest was. */
export interface LeftOut {
  readonly reason: DiscardReason;
  readonly samples: number;
  /** For people: which part, and what is wrong with it. */
  readonly message: string;
}

export interface WireReading {
  readonly profiles: readonly LabelledProfile[];
  readonly leftOut: readonly LeftOut[];
  /** The wire revision that the bytes turned out to be, as in "otlp 1.10" or "arrow v2"; for people. */
  readonly revision: string;
}
