/** When sums are looked after: every so often, one pass at a time, until it is stopped. */
import { deleteOrphans, rollUp } from './rollUpJob.ts';
import type { RollUpRoom } from './rollUpJob.ts';

const defaultEveryMillis = 60_000;
/** Agents are seldom later; those that are cost a second summing, no more. */
const quietMillis = 300_000;

export class RollUpSchedule {
  readonly #room: RollUpRoom;
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isClean = false;

  constructor(room: RollUpRoom, everyMillis = defaultEveryMillis) {
    this.#room = room;
    if (everyMillis === Infinity) return;
    let isRunning = false;
    this.#timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      this.run(Date.now(), quietMillis)
        .catch((error: unknown) => room.log.error('summing failed', { error: String(error) }))
        .finally(() => (isRunning = false));
    }, everyMillis);
    this.#timer.unref();
  }

  run(nowMillis: number, quiet: number): Promise<number> {
    const pass = this.#last.then(async () => {
      const { signal } = this.#stopping;
      if (signal.aborted) return 0;
      if (!this.#isClean) await deleteOrphans(this.#room);
      this.#isClean = true;
      return rollUp(this.#room, { nowMillis, quietMillis: quiet, signal });
    });
    this.#last = pass.catch(() => undefined);
    return pass;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#last;
  }
}
