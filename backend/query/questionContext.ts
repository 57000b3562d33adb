/** What every question about samples is asked with. */
import type { Limits } from '../limits.ts';
import type { Store } from '../store/store.ts';
import type { StackMemory } from './stackMemory.ts';

export interface QuestionContext {
  readonly store: Store;
  readonly limits: Limits;
  readonly memory: StackMemory;
  /** Fires when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}
