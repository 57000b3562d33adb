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
  /** Fires when the room closes: what goes on without an asker ends then. */
  readonly closing: AbortSignal;
  readonly close: () => void;
}

export function createQuestionRoom(store: Store, limits: Limits, now: () => number): QuestionRoom {
  const queue = createQuestionQueue(limits);
  const memory = new StackMemory(limits.stackMemoryBytes);
  const closing = new AbortController();
  return {
    store,
    limits,
    memory,
    now,
    closing: closing.signal,
    close: () => closing.abort(),
    ask: (question, signal, extras) =>
      queue.run(() => question({ store, limits, memory, signal, ...(extras && { extras }) }), signal),
  };
}
