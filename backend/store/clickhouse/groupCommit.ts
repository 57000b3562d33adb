/**
 * Requests of a short window share one commit: an insert costs 8-13 ms of CPU and a dozen syncs almost whatever its size.
 *
 * Shape:  one commit at a time. The next begins when the window is over, at once when enough profiles wait, or after a
 *         shorter while when every open request waits, since then nobody is left to wait for.
 * Errors: a failed commit rejects everybody in it with its error.
 */
export interface CommitWindow {
  readonly windowMillis: number;
  readonly shortMillis: number;
  /** Begin at once. */
  readonly manyItems: number;
  /** Requests that are being worked on and may still bring something; undefined: nobody counts, so the short wait holds. */
  readonly openRequests?: () => number;
}

/** November 2026, one core: at low rates ten commits a second at the most; at 256 connections 250 profiles a commit. */
export const defaultWindow: CommitWindow = { windowMillis: 120, shortMillis: 40, manyItems: 1_000 };

interface Waiting<Batch> {
  readonly batch: Batch;
  readonly size: number;
  readonly sinceMillis: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<Batch> {
  readonly #commit: (batches: readonly Batch[]) => Promise<void>;
  readonly #window: CommitWindow;
  #waiting: Waiting<Batch>[] = [];
  #waitingItems = 0;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(commit: (batches: readonly Batch[]) => Promise<void>, window: CommitWindow) {
    this.#commit = commit;
    this.#window = window;
  }

  /** Resolves when the batch is committed. `size` counts towards manyItems. */
  add(batch: Batch, size: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, size, sinceMillis: performance.now(), resolve, reject });
      this.#waitingItems += size;
      this.#schedule();
    });
  }

  /** Commits what waits, without waiting for more. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running !== undefined) {
      this.#start();
      await this.#running;
    }
  }

  #schedule(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return;
    clearTimeout(this.#timer);
    const { windowMillis, shortMillis, manyItems, openRequests } = this.#window;
    const waited = performance.now() - (this.#waiting[0]?.sinceMillis ?? 0);
    const everybodyWaits = (openRequests?.() ?? 0) <= this.#waiting.length;
    const due = (everybodyWaits ? shortMillis : windowMillis) - waited;
    if (this.#waitingItems >= manyItems || due <= 0) {
      this.#start();
      return;
    }
    // At the short mark it is asked again whether everybody waits.
    const next = waited < shortMillis ? shortMillis - waited : due;
    this.#timer = setTimeout(() => this.#schedule(), Math.ceil(next));
  }

  #start(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return;
    clearTimeout(this.#timer);
    const taken = this.#take();
    const batches = taken.map(({ batch }) => batch);
    this.#running = this.#commit(batches)
      .then(
        () => taken.forEach(({ resolve }) => resolve()),
        (error: unknown) => taken.forEach(({ reject }) => reject(error)),
      )
      .then(() => {
        this.#running = undefined;
        this.#schedule();
      });
  }

  /** In order, and no more than four times what is worth an early commit: memory and the ack's delay stay bounded. */
  #take(): readonly Waiting<Batch>[] {
    const most = 4 * this.#window.manyItems;
    let items = 0;
    let count = 0;
    for (const { size } of this.#waiting) {
      if (count > 0 && items + size > most) break;
      items += size;
      count++;
    }
    this.#waitingItems -= items;
    return this.#waiting.splice(0, count);
  }
}
