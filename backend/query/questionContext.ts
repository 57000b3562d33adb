/** What every question about samples is asked with. */
import type { Limits } from '../limits.ts';
import type { Estimate, Sampling } from '../model/estimate.ts';
import type { Store } from '../store/store.ts';
import type { SampleMemory } from './sampleMemory.ts';
import type { StackFilter } from './stackFilter.ts';
import type { StackMemory } from './stackMemory.ts';

/** What Pyroscope's questions cannot say and its answers cannot tell; HTTP headers do. */
export interface QuestionExtras {
  readonly sampling: Sampling;
  readonly filter: StackFilter;
  /** Whether each node of a tree shall say how far off it may be. */
  readonly nodeErrors?: boolean;
  /** Told of every answer that was summed. */
  readonly note: (note: AnswerNote) => void;
}

export interface AnswerNote {
  readonly estimate: Estimate;
  /** Share of the whole that the stack filter left. */
  readonly matchedShare: number;
}

export interface QuestionContext {
  readonly store: Store;
  readonly limits: Limits;
  readonly memory: StackMemory;
  /** undefined: no samples are kept. */
  readonly samples?: SampleMemory;
  /** Fires when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  readonly extras?: QuestionExtras;
}
