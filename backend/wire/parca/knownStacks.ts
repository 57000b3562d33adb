/**
 * Stacks of v1 agents that are known by now, so that an agent is asked for each stack once and not every five seconds.
 *
 * Shape:  stack id in hexadecimal (a hash of the stack's content, the same on every node) -> frames, leaf first. The least
 *         lately used stacks go first when there are more than `mostFrames` frames in all. Nobody can check that an id is the
 *         hash of its stack, so each tenant needs a memory of its own.
 */
import type { FunctionLine } from '../../model/profileBuilder.ts';

export interface KnownFrame {
  readonly address: bigint;
  readonly file: string;
  readonly buildId: string;
  readonly lines: readonly FunctionLine[];
}
export type KnownStack = readonly KnownFrame[];

/** About 100 MB: some 200 bytes a frame with its line. */
export const defaultKnownFrames = 500_000;

export class KnownStacks {
  readonly #mostFrames: number;
  /** In the order of last use. */
  readonly #stacks = new Map<string, KnownStack>();
  #frames = 0;

  constructor(mostFrames = defaultKnownFrames) {
    this.#mostFrames = mostFrames;
  }

  get frameCount(): number {
    return this.#frames;
  }

  get(id: string): KnownStack | undefined {
    const stack = this.#stacks.get(id);
    if (stack === undefined) return undefined;
    this.#stacks.delete(id);
    this.#stacks.set(id, stack);
    return stack;
  }

  set(id: string, stack: KnownStack): void {
    if (weightOf(stack) > this.#mostFrames) return;
    this.#forget(id);
    this.#stacks.set(id, stack);
    this.#frames += weightOf(stack);
    for (const oldest of this.#stacks.keys()) {
      if (this.#frames <= this.#mostFrames) break;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    const stack = this.#stacks.get(id);
    if (stack === undefined) return;
    this.#stacks.delete(id);
    this.#frames -= weightOf(stack);
  }
}

/** An empty stack takes room too, and so does each inlined call. */
const weightOf = (stack: KnownStack): number => stack.reduce((sum, { lines }) => sum + Math.max(lines.length, 1), 1);
