/**
 * The embedded engine as a small pool of sessions on one path. A session runs one statement at a time, so inserts, control
 * and background work have one each, and questions share the rest, first come, first served.
 *
 * Errors: InputError: 'canceled' when the signal fires, waiting or running; the engine's own as engineErrors.ts has them.
 */
import { randomUUID } from 'node:crypto';
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import type { Limits } from '../../limits.ts';
import { BlockFiles } from './blockFiles.ts';
import { intLiteral, quoteText, textList } from './dialect.ts';
import type { Engine, Question } from './engine.ts';
import { engineError, giveUpMessage, openingError } from './engineErrors.ts';
import type { Chdb, ChdbConnection } from './loadChdb.ts';
import type { NativeBlock, NativeTable } from './nativeColumns.ts';
import { decodeBlocks } from './nativeRead.ts';

/** Of one question; beyond them the engine stops it. */
export type QuestionLimits = Pick<Limits, 'questionBytes' | 'questionMillis'>;

/** One block stays one part per partition, and the insert leaves the other core to the server. */
const insertSettings =
  'async_insert = 0, max_threads = 1, max_insert_threads = 1, min_insert_block_size_rows = 0, min_insert_block_size_bytes = 0';
const killEveryMillis = 50;
const mostKills = 200;

export class EmbeddedSessions implements Engine {
  readonly #chdb: Chdb;
  readonly #questionSettings: string;
  readonly #files = new BlockFiles();
  readonly #insert: ChdbConnection;
  readonly #control: ChdbConnection;
  readonly #background: ChdbConnection;
  readonly #all: ChdbConnection[] = [];
  readonly #idle: ChdbConnection[] = [];
  readonly #waiting: ((session: ChdbConnection) => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #lastInsert: Promise<unknown> = Promise.resolve();
  #lastRun: Promise<unknown> = Promise.resolve();
  #lastInBackground: Promise<unknown> = Promise.resolve();

  constructor(chdb: Chdb, path: string, limits: QuestionLimits = defaultLimits, questionSessions = 3) {
    this.#chdb = chdb;
    this.#questionSettings = settingsOf(limits);
    const open = (): ChdbConnection => {
      try {
        const session = chdb.createChdbConnection({ path });
        this.#all.push(session);
        return session;
      } catch (error) {
        this.#files.close();
        throw openingError(error, path);
      }
    };
    this.#insert = open();
    this.#control = open();
    this.#background = open();
    for (let i = 0; i < questionSessions; i++) this.#idle.push(open());
  }

  async ask(question: Question, signal?: AbortSignal): Promise<NativeTable> {
    const session = await this.#session(signal);
    const mark = randomUUID();
    const settings = `SETTINGS ${this.#questionSettings}, log_comment = ${quoteText(mark)}`;
    const answer = this.#files.with(question.tables ?? [], (sources) =>
      execute(session, `${question.sql(sources)} ${settings}`),
    );
    // The session is free when the engine is done, which is later than the moment in which the asker gives up.
    const done = this.#track(answer).finally(() => this.#release(session));
    const bytes = signal === undefined ? await done : await this.#orGivenUp(done, mark, signal);
    return decodeBlocks(bytes);
  }

  insert(table: string, block: NativeBlock): Promise<void> {
    const columns = block.columns.map(([name]) => name).join(', ');
    const insert = () =>
      this.#files.with([block], ([source = '']) =>
        execute(this.#insert, `INSERT INTO ${table} (${columns}) SETTINGS ${insertSettings} SELECT * FROM ${source}`),
      );
    const done = this.#lastInsert.then(insert, insert);
    this.#lastInsert = settled(done);
    return this.#track(done).then(() => undefined);
  }

  run(statement: string): Promise<void> {
    const done = this.#lastRun.then(() => execute(this.#control, statement));
    this.#lastRun = settled(done);
    return this.#track(done).then(() => undefined);
  }

  async inBackground(statement: string, settings: string, signal?: AbortSignal): Promise<void> {
    const mark = randomUUID();
    const marked = `${statement} SETTINGS ${settings}, log_comment = ${quoteText(mark)}`;
    const done = this.#track(
      this.#lastInBackground.then(() => {
        if (signal?.aborted) throw new InputError('canceled', giveUpMessage);
        return execute(this.#background, marked);
      }),
    );
    this.#lastInBackground = settled(done);
    if (signal === undefined) await done;
    else await this.#orGivenUp(done, mark, signal);
  }

  /** Waits for what is running; then the directory is free for another process. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    for (const session of this.#all.splice(0)) await session.close();
    await this.#chdb.drainPending();
    this.#files.close();
  }

  #session(signal: AbortSignal | undefined): Promise<ChdbConnection> {
    if (signal?.aborted) return Promise.reject(new InputError('canceled', giveUpMessage));
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    return new Promise((resolve, reject) => {
      const take = (session: ChdbConnection): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve(session);
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(new InputError('canceled', giveUpMessage));
      };
      this.#waiting.push(take);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  #release(session: ChdbConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(session);
    else next(session);
  }

  #orGivenUp(answer: Promise<Uint8Array>, mark: string, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(new InputError('canceled', giveUpMessage));
        void this.#track(this.#kill(mark, settled(answer)));
      };
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /**
   * Again and again until the question is over: the first time it may not have begun yet. ASYNC, because SYNC was seen to
   * hang the control session for good when the question ended in the same moment (engine 26.7.2).
   */
  async #kill(mark: string, over: Promise<unknown>): Promise<void> {
    let running = true;
    const done = over.then(() => (running = false));
    for (let kills = 0; running && kills < mostKills; kills++) {
      const statement = `KILL QUERY WHERE Settings['log_comment'] IN (${textList([mark])}) ASYNC`;
      // The question ends by itself at the latest after max_execution_time.
      await this.run(statement).catch(() => undefined);
      await Promise.race([done, pause(killEveryMillis)]);
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const entry = settled(work);
    this.#running.add(entry);
    void entry.then(() => this.#running.delete(entry));
    return work;
  }
}

/** Sums that do not fit go through the disk; an answer that does not fit is refused before it is here. */
function settingsOf({ questionBytes, questionMillis }: QuestionLimits): string {
  const seconds = questionMillis === Infinity ? 0 : Math.max(1, Math.round(questionMillis / 1_000));
  return (
    `max_execution_time = ${intLiteral(seconds)}, max_memory_usage = ${intLiteral(questionBytes)}` +
    `, max_bytes_before_external_group_by = ${intLiteral(Math.floor(questionBytes / 2))}` +
    `, max_result_bytes = ${intLiteral(questionBytes)}, result_overflow_mode = 'throw'`
  );
}

const settled = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

async function execute(session: ChdbConnection, sql: string): Promise<Uint8Array> {
  try {
    return (await session.chdb.queryAsync(sql, { format: 'Native' })).bytes();
  } catch (error) {
    // A statement that failed or was killed stays in the engine's list of processes, with what it holds, until its session
    // runs the next one (engine 26.7.2).
    await session.chdb.queryAsync('SELECT 1', { format: 'Native' }).catch(() => undefined);
    // The one place where the engine's errors come in; from here on they carry our codes.
    throw engineError(error);
  }
}
