/**
 * Which hours and days have sums that hold, in memory and on disk. A commit takes the word back for its hours before it
 * writes a row, so that sums are never older than the profiles, whenever the process dies.
 *
 * Shape:  one commit at a time, as GroupCommit has it, and one build at a time. A build counts only when no commit touched
 *         its hour from its beginning to its end.
 */
import type { ActiveHours } from '../activeHours.ts';
import type { TimeRange } from '../../model/time.ts';
import { coverRange } from './coverRange.ts';
import type { Cover } from './coverRange.ts';
import type { Engine } from './engine.ts';
import type { NativeBlock } from './nativeColumns.ts';
import { columnOf, int32Column, int64Column, uint64Column } from './nativeColumns.ts';

/** An hour or a day, UTC. */
export interface Span {
  readonly hours: 1 | 24;
  readonly firstHour: number;
}

export interface LeasedCover extends Cover {
  /** From here on the rows of builds that were redone meanwhile may go. */
  release(): void;
}

export interface RetiredBuild {
  readonly hours: 1 | 24;
  readonly day: number;
  readonly build: bigint;
}

interface RunningBuild extends Span {
  readonly build: bigint;
  spoiled: boolean;
}

export const hourSpan = (hour: number): Span => ({ hours: 1, firstHour: hour });
export const daySpan = (day: number): Span => ({ hours: 24, firstHour: 24 * day });
export const dayOfSpan = ({ firstHour }: Span): number => Math.floor(firstHour / 24);

export class RollUps {
  /** By first hour. */
  readonly #builds: Readonly<Record<1 | 24, Map<number, bigint>>> = { 1: new Map(), 24: new Map() };
  readonly #engine: Engine;
  readonly #now: () => number;
  #lastMicros = 0n;
  #running: RunningBuild | undefined;
  #hoursInCommit: ReadonlySet<number> = new Set();
  /** Hours of failed commits, whose rows may still lie there. */
  readonly #unclean = new Set<number>();
  /** When an hour that has no sums yet got its last profile. */
  readonly #touchedMillis = new Map<number, number>();
  #retired: (RetiredBuild & { readonly beforeLease: number })[] = [];
  readonly #leases = new Set<number>();
  #nextLease = 0;

  constructor(engine: Engine, now: () => number = Date.now) {
    this.#engine = engine;
    this.#now = now;
  }

  async restore(): Promise<void> {
    const sql =
      'SELECT span_hours, first_hour, argMax(build, written_micros) AS last_build, max(written_micros) AS last_micros' +
      ' FROM rollups GROUP BY span_hours, first_hour';
    const answer = await this.#engine.ask({ sql: () => sql });
    if (answer.rowCount === 0) return;
    const spans = columnOf(answer, 'span_hours', 'UInt32').values;
    const hours = columnOf(answer, 'first_hour', 'Int32').values;
    const builds = columnOf(answer, 'last_build', 'UInt64').values;
    const micros = columnOf(answer, 'last_micros', 'Int64').values;
    for (let row = 0; row < answer.rowCount; row++) {
      const build = builds[row] ?? 0n;
      if (build > 0n) this.#builds[spans[row] === 24 ? 24 : 1].set(hours[row] ?? 0, build);
      for (const mark of [micros[row] ?? 0n, build]) if (mark > this.#lastMicros) this.#lastMicros = mark;
    }
  }

  /** What is known now stays readable until it is released. */
  cover(range: TimeRange, active: ActiveHours): LeasedCover | undefined {
    const cover = coverRange(range, active, {
      hourBuild: (hour) => this.#builds[1].get(hour),
      dayBuild: (day) => this.#builds[24].get(24 * day),
    });
    if (cover === undefined) return undefined;
    const lease = this.#nextLease++;
    this.#leases.add(lease);
    return { ...cover, release: () => this.#leases.delete(lease) };
  }

  has({ hours, firstHour }: Span): boolean {
    return this.#builds[hours].has(firstHour);
  }

  buildOf({ hours, firstHour }: Span): bigint | undefined {
    return this.#builds[hours].get(firstHour);
  }

  /** To be awaited before a commit writes profiles of these hours. */
  async beginCommit(hours: ReadonlySet<number>): Promise<void> {
    this.#hoursInCommit = hours;
    const wrong: Span[] = [];
    const retired: (Span & { readonly build: bigint })[] = [];
    for (const hour of hours) this.#touchedMillis.set(hour, this.#now());
    const days = new Set([...hours].map((hour) => Math.floor(hour / 24)));
    for (const span of [...[...hours].map(hourSpan), ...[...days].map(daySpan)]) {
      const build = this.buildOf(span);
      const isRunning = this.#spoilRunning(span);
      if (build === undefined && !isRunning) continue;
      wrong.push(span);
      if (build !== undefined) retired.push({ ...span, build });
      this.#builds[span.hours].delete(span.firstHour);
    }
    if (wrong.length === 0) return;
    await this.#write(wrong.map((span) => ({ ...span, build: 0n })));
    // Not earlier: as long as the disk vouches for a build, its rows must stay.
    for (const { build, ...span } of retired) this.#retire(span, build);
  }

  endCommit(succeeded: boolean): void {
    if (!succeeded) for (const hour of this.#hoursInCommit) this.#unclean.add(hour);
    this.#hoursInCommit = new Set();
  }

  /** The rows of failed commits are gone. */
  noteCleanUp(): void {
    this.#unclean.clear();
  }

  /** Whether nothing is being written into the span, and nothing was for so long. */
  isQuiet({ hours, firstHour }: Span, quietMillis: number): boolean {
    for (let hour = firstHour; hour < firstHour + hours; hour++) {
      if (this.#hoursInCommit.has(hour) || this.#unclean.has(hour)) return false;
      const touched = this.#touchedMillis.get(hour);
      if (touched !== undefined && this.#now() - touched < quietMillis) return false;
    }
    return true;
  }

  /** Runs `insert` and, when no commit came in between, lets its rows count. */
  async build(span: Span, insert: (build: bigint) => Promise<void>): Promise<boolean> {
    const running: RunningBuild = { ...span, build: this.#mark(), spoiled: false };
    this.#running = running;
    let isVouchedFor = false;
    try {
      await insert(running.build);
      if (running.spoiled) return false;
      isVouchedFor = true;
      await this.#write([running]);
      if (running.spoiled) return false;
      this.#builds[span.hours].set(span.firstHour, running.build);
      if (span.hours === 1) this.#touchedMillis.delete(span.firstHour);
      return true;
    } finally {
      this.#running = undefined;
      if (!isVouchedFor) this.#retire(span, running.build);
    }
  }

  /** Builds whose rows nobody reads any more. Whoever takes them deletes them. */
  takeRetired(): readonly RetiredBuild[] {
    const oldest = Math.min(...this.#leases, this.#nextLease);
    const free = this.#retired.filter(({ beforeLease }) => beforeLease <= oldest);
    this.#retired = this.#retired.filter(({ beforeLease }) => beforeLease > oldest);
    return free;
  }

  #spoilRunning({ hours, firstHour }: Span): boolean {
    if (this.#running?.hours !== hours || this.#running.firstHour !== firstHour) return false;
    this.#running.spoiled = true;
    return true;
  }

  #retire(span: Span, build: bigint): void {
    this.#retired.push({ hours: span.hours, day: dayOfSpan(span), build, beforeLease: this.#nextLease });
  }

  /** Rows are written in the order of the calls, and the last word on a span has the highest mark. */
  #write(rows: readonly (Span & { readonly build: bigint })[]): Promise<void> {
    const marks = BigInt64Array.from(rows, () => this.#mark());
    const block: NativeBlock = {
      rowCount: rows.length,
      columns: [
        ['day', int32Column(Int32Array.from(rows, dayOfSpan))],
        ['span_hours', { kind: 'UInt32', values: Uint32Array.from(rows, ({ hours }) => hours) }],
        ['first_hour', int32Column(Int32Array.from(rows, ({ firstHour }) => firstHour))],
        ['build', uint64Column(BigUint64Array.from(rows, ({ build }) => build))],
        ['written_micros', int64Column(marks)],
      ],
    };
    return this.#engine.insert('rollups', block);
  }

  #mark(): bigint {
    const now = BigInt(this.#now()) * 1_000n;
    this.#lastMicros = now > this.#lastMicros ? now : this.#lastMicros + 1n;
    return this.#lastMicros;
  }
}
