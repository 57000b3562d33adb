/** Where questions about samples are asked: the store, what is remembered of its stacks, and the line before them. */
import type { Limits } from '../limits.ts';
import type { QuestionContext, QuestionExtras } from '../query/questionContext.ts';
import { createQuestionQueue } from '../query/questionQueue.ts';
import { StackMemory } from '../query/stackMemory.ts';
import type { Store } from '../store/store.ts';

export interface QuestionRoom {
  readonly store: Store;
  readonly limits: Limits;
  readonly memory: StackMemory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks when there is room; the question ends when the signal fires. */
  ask<T>(question: (context: QuestionContext) => Promise<T>, signal: AbortSignal, extras?: QuestionExtras): Promise<T>;
}

export function createQuestionRoom(store: Store, limits: Limits, now: () => number): QuestionRoom {
  const queue = createQuestionQueue(limits);
  const memory = new StackMemory(limits.stackMemoryBytes);
  return {
    store,
    limits,
    memory,
    now,
    ask: (question, signal, extras) =>
      queue.run(() => question({ store, limits, memory, signal, ...(extras && { extras }) }), signal),
  };
}
