/**
 * The store on disk: ClickHouse inside the process, one data directory for one process.
 *
 * Errors: opening throws InputError failed_precondition when the directory is another process's, was written by a newer
 *         program, or the engine does not run here; writing after close() is 'unavailable'.
 */
import { mkdir } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { WriteBatch } from '../../model/record.ts';
import type { StackTable } from '../../model/stackTable.ts';
import type { TimeRange } from '../../model/time.ts';
import { checkBatch } from '../checkBatch.ts';
import { SeriesCatalog } from '../seriesCatalog.ts';
import type { HashSeries } from '../seriesCatalog.ts';
import type {
  GroupedSums,
  NamedFrameType,
  ProfileTotals,
  SampleReading,
  SampleScope,
  ScopeSize,
  SpanTotals,
  StackSums,
  Store,
  StoredSamples,
  TimeGrid,
  TotalSums,
} from '../store.ts';
import type { Cover } from './coverRange.ts';
import { commitBatches } from './commitBatches.ts';
import type { CommitRoom } from './commitBatches.ts';
import { lockDirectory } from './directoryLock.ts';
import type { Engine } from './engine.ts';
import { giveUpMessage } from './engineErrors.ts';
import { defaultWindow, GroupCommit } from './groupCommit.ts';
import { HiddenCommits } from './hiddenCommits.ts';
import { loadChdb } from './loadChdb.ts';
import { measure } from './measure.ts';
import { migrate } from './migrations.ts';
import { profileTotals } from './profileTotals.ts';
import { readFrameTypes } from './readFrameTypes.ts';
import { readSamples } from './readSamples.ts';
import { readStacks } from './readStacks.ts';
import { restoreCatalog } from './restoreCatalog.ts';
import { RollUps } from './rollUps.ts';
import { RollUpSchedule } from './rollUpSchedule.ts';
import { planSamples } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';
import { EmbeddedSessions } from './sessions.ts';
import type { QuestionLimits } from './sessions.ts';
import { probeEngine, readHashKey } from './storeMeta.ts';
import { spanTotals } from './spanTotals.ts';
import { sumGroups } from './sumGroups.ts';
import { readingCost, sumStacks } from './sumStacks.ts';
import { sumTotals } from './sumTotals.ts';

export interface ClickHouseStoreOptions {
  readonly dataDir: string;
  readonly log: Log;
  readonly limits?: QuestionLimits;
  /** Pushes that are being worked on and may still bring a batch: when all of them wait, a commit begins early. */
  readonly openRequests?: () => number;
  /** How often sums of hours and days are looked after; Infinity: never by itself. */
  readonly rollUpMillis?: number;
  /** For tests: a poor hash, to see collisions. */
  readonly hashSeries?: HashSeries;
  /** For tests: an engine around the engine, to see failures. */
  readonly wrapEngine?: (engine: Engine) => Engine;
}

/** A store that sums what is over. */
export interface SummingStore extends Store {
  /** Sums the hours and days that ended so long ago; how many they were. */
  rollUp(nowMillis: number, quietMillis: number): Promise<number>;
}

export async function openClickHouseStore(options: ClickHouseStoreOptions): Promise<SummingStore> {
  const { dataDir, log, wrapEngine = (engine: Engine) => engine } = options;
  const begin = performance.now();
  await mkdir(dataDir, { recursive: true });
  const unlock = lockDirectory(dataDir);
  let engine: Engine | undefined;
  try {
    engine = wrapEngine(new EmbeddedSessions(await loadChdb(), dataDir, options.limits));
    await migrate(engine, dataDir);
    const hashKey = await readHashKey(engine);
    const catalog = new SeriesCatalog(hashKey, options.hashSeries);
    await restoreCatalog(engine, catalog);
    const rollUps = new RollUps(engine);
    await rollUps.restore();
    const millis = Math.round(performance.now() - begin);
    log.info('the store is open', { dataDir, millis, series: catalog.seriesCount() });
    return new ClickHouseStore({ engine, catalog, rollUps, hidden: new HiddenCommits() }, hashKey, unlock, options);
  } catch (error) {
    // Whoever tries again, maybe in this process, must find the directory free.
    await engine?.close();
    unlock();
    throw error;
  }
}

class ClickHouseStore implements SummingStore {
  readonly catalog: SeriesCatalog;
  readonly hashKey: Uint8Array;
  readonly #engine: Engine;
  readonly #unlock: () => void;
  readonly #log: Log;
  readonly #room: CommitRoom;
  readonly #rollUps: RollUpSchedule;
  readonly #commits: GroupCommit<WriteBatch>;
  #lastProbeMicros = 0n;
  #closing: Promise<void> | undefined;

  constructor(
    room: CommitRoom,
    hashKey: Uint8Array,
    unlock: () => void,
    { log, openRequests, rollUpMillis }: ClickHouseStoreOptions,
  ) {
    this.#room = room;
    this.#engine = room.engine;
    this.catalog = room.catalog;
    this.hashKey = hashKey;
    this.#unlock = unlock;
    this.#log = log;
    const window = { ...defaultWindow, ...(openRequests && { openRequests }) };
    this.#commits = new GroupCommit((batches) => commitBatches(room, batches), window);
    this.#rollUps = new RollUpSchedule({ ...room, log, active: () => room.catalog.activeHours() }, rollUpMillis);
  }

  async write(batch: WriteBatch): Promise<void> {
    checkBatch(batch);
    if (this.#closing !== undefined) throw new InputError('unavailable', 'the store is closing');
    if (batch.records.length === 0 && batch.dictionary.length === 0) return;
    await this.#commits.add(batch, batch.records.length);
  }

  sumStacks(scope: SampleScope, signal?: AbortSignal): Promise<StackSums> {
    return this.#withCover(scope, signal, (plan, cover) => sumStacks(this.#engine, plan, cover, signal));
  }

  readingCost(scope: SampleScope, signal?: AbortSignal): Promise<number> {
    return this.#withCover(scope, signal, (plan, cover) => readingCost(this.#engine, plan, cover, signal));
  }

  rollUp(nowMillis: number, quietMillis: number): Promise<number> {
    return this.#rollUps.run(nowMillis, quietMillis);
  }

  async sumGroups(scope: SampleScope, groupCount: number, signal?: AbortSignal): Promise<GroupedSums> {
    return sumGroups(this.#engine, this.#plan(scope, signal), scope, groupCount, signal);
  }

  async sumTotals(scope: SampleScope, grid: TimeGrid, signal?: AbortSignal): Promise<TotalSums> {
    return sumTotals(this.#engine, this.#plan(scope, signal), grid, signal);
  }

  async profileTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<ProfileTotals> {
    return profileTotals(this.#engine, this.#plan(scope, signal), limit, signal);
  }

  async spanTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<SpanTotals> {
    return spanTotals(this.#engine, this.#plan(scope, signal), limit, signal);
  }

  async measure(scope: SampleScope, signal?: AbortSignal): Promise<ScopeSize> {
    return measure(this.#engine, this.#plan(scope, signal), signal);
  }

  async readSamples(scope: SampleScope, reading: SampleReading, signal?: AbortSignal): Promise<StoredSamples> {
    return readSamples(this.#engine, this.#plan(scope, signal), reading, signal);
  }

  async readStacks(
    tenant: string,
    range: TimeRange,
    stackIds: BigUint64Array,
    signal?: AbortSignal,
  ): Promise<StackTable> {
    if (signal?.aborted) throw new InputError('canceled', giveUpMessage);
    return readStacks({ engine: this.#engine, hashKey: this.hashKey, tenant, range, signal }, stackIds);
  }

  async frameTypes(
    tenant: string,
    range: TimeRange,
    names: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly NamedFrameType[]> {
    if (signal?.aborted) throw new InputError('canceled', giveUpMessage);
    return readFrameTypes(this.#engine, tenant, range, names, signal);
  }

  async probe(): Promise<void> {
    const now = BigInt(Date.now()) * 1_000n;
    this.#lastProbeMicros = now > this.#lastProbeMicros ? now : this.#lastProbeMicros + 1n;
    await probeEngine(this.#engine, this.#lastProbeMicros);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #plan(scope: SampleScope, signal: AbortSignal | undefined, stretches?: readonly TimeRange[]): SamplePlan | undefined {
    // Also when nothing needs to be asked: a question that was given up has no answer.
    if (signal?.aborted) throw new InputError('canceled', giveUpMessage);
    return planSamples(scope, this.catalog, this.#room.hidden, stretches);
  }

  /** Sums that are known stand for whole records only. */
  async #withCover<T>(
    scope: SampleScope,
    signal: AbortSignal | undefined,
    ask: (plan: SamplePlan | undefined, cover: Cover | undefined) => Promise<T>,
  ): Promise<T> {
    const { rollUps, catalog } = this.#room;
    const { profileIds, spanIds, traceIds, stackIds, profileShare } = scope;
    const chosen = profileIds ?? spanIds ?? traceIds ?? stackIds ?? profileShare;
    const cover = chosen === undefined ? rollUps.cover(scope.range, catalog.activeHours()) : undefined;
    try {
      return await ask(this.#plan(scope, signal, cover?.stretches), cover);
    } finally {
      cover?.release();
    }
  }

  async #close(): Promise<void> {
    await this.#rollUps.stop();
    await this.#commits.drain();
    // Their writers were told that nothing was stored, and after this nobody remembers which rows are meant.
    await this.#room.hidden.cleanUp(this.#engine).catch((error: unknown) => {
      this.#log.warn('rows of a failed commit stay behind', { error: String(error) });
    });
    await this.#engine.close();
    this.#unlock();
  }
}
