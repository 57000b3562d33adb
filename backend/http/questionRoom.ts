/** Where questions about samples are asked: the store, what is remembered of its stacks, and the line before them. */
import type { Limits } from '../limits.ts';
import type { QuestionContext, QuestionExtras } from '../query/questionContext.ts';
import { createQuestionQueue } from '../query/questionQueue.ts';
import { recallNewest } from '../query/recallNewest.ts';
import { SampleMemory } from '../query/sampleMemory.ts';
import { StackMemory } from '../query/stackMemory.ts';
import type { Store } from '../store/store.ts';
import type { WriteWatch } from '../store/writeWatch.ts';

export interface QuestionRoom {
  readonly store: Store;
  readonly limits: Limits;
  readonly memory: StackMemory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks when there is room; the question ends when the signal fires. */
  ask<T>(question: (context: QuestionContext) => Promise<T>, signal: AbortSignal, extras?: QuestionExtras): Promise<T>;
  /** What the first question would otherwise wait for. */
  recallNewest(): Promise<void>;
  /** Fires when the room closes: what goes on without an asker ends then. */
  readonly closing: AbortSignal;
  readonly close: () => void;
}

export interface QuestionRoomOptions {
  readonly store: Store;
  readonly writes: WriteWatch;
  readonly limits: Limits;
  readonly now: () => number;
}

export function createQuestionRoom({ store, writes, limits, now }: QuestionRoomOptions): QuestionRoom {
  const queue = createQuestionQueue(limits);
  const memory = new StackMemory(limits.stackMemoryBytes);
  const closing = new AbortController();
  const budgetBytes = limits.sampleMemoryBytes;
  const samples = new SampleMemory({ store, stacks: memory, writes, budgetBytes, now, closing: closing.signal });
  const recallAll = () => recallNewest({ store, limits, memory, signal: closing.signal });
  return {
    store,
    limits,
    memory,
    now,
    recallNewest: () => queue.run(recallAll, closing.signal).catch(() => undefined),
    closing: closing.signal,
    close: () => closing.abort(),
    ask: (question, signal, extras) =>
      queue.run(() => question({ store, limits, memory, samples, signal, ...(extras && { extras }) }), signal),
  };
}
