/**
 * Profiles of failed commits. An insert over several days is several parts, and a failure may leave some of them behind:
 * their writers were told that nothing was stored, so readers must not see them, and they are deleted as soon as the
 * engine lets them.
 *
 * Units:  a commit is known by received_micros, microseconds since 1970, never the same for two commits of a process.
 */
import { intLiteral, int64Literal } from './dialect.ts';
import type { Engine } from './engine.ts';

interface HiddenCommit {
  readonly micros: bigint;
  readonly days: readonly number[];
}

export class HiddenCommits {
  readonly #now: () => number;
  #hidden: readonly HiddenCommit[] = [];
  #lastMicros = 0n;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** To be added to the conditions of every question about profiles. */
  condition(): string {
    if (this.#hidden.length === 0) return '';
    return ` AND received_micros NOT IN (${this.#hidden.map(({ micros }) => int64Literal(micros)).join(', ')})`;
  }

  /** Runs an insert of rows that carry the given mark, and hides them until it has succeeded. */
  async guard<Row>(
    dayOf: (row: Row) => number,
    rows: readonly Row[],
    insert: (micros: bigint) => Promise<void>,
  ): Promise<void> {
    const now = BigInt(this.#now()) * 1_000n;
    this.#lastMicros = now > this.#lastMicros ? now : this.#lastMicros + 1n;
    const commit: HiddenCommit = { micros: this.#lastMicros, days: [...new Set(rows.map(dayOf))] };
    this.#hidden = [...this.#hidden, commit];
    await insert(commit.micros);
    this.#forget(commit);
  }

  /** Between commits: whatever is hidden then has failed. */
  async cleanUp(engine: Engine): Promise<void> {
    for (const commit of this.#hidden) {
      const days = commit.days.map(intLiteral).join(', ');
      await engine.run(
        `ALTER TABLE profiles DELETE WHERE day IN (${days}) AND received_micros = ${int64Literal(commit.micros)} SETTINGS mutations_sync = 1`,
      );
      this.#forget(commit);
    }
  }

  #forget(commit: HiddenCommit): void {
    this.#hidden = this.#hidden.filter((each) => each !== commit);
  }
}
