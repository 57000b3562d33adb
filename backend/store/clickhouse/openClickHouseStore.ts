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
  ProfileTotals,
  SampleReading,
  SampleScope,
  StackSums,
  Store,
  StoredSamples,
  TimeGrid,
  TotalSums,
} from '../store.ts';
import { commitBatches } from './commitBatches.ts';
import { lockDirectory } from './directoryLock.ts';
import type { Engine } from './engine.ts';
import { giveUpMessage } from './engineErrors.ts';
import { defaultWindow, GroupCommit } from './groupCommit.ts';
import { HiddenCommits } from './hiddenCommits.ts';
import { loadChdb } from './loadChdb.ts';
import { migrate } from './migrations.ts';
import { profileTotals } from './profileTotals.ts';
import { readSamples } from './readSamples.ts';
import { readStacks } from './readStacks.ts';
import { restoreCatalog } from './restoreCatalog.ts';
import { planSamples } from './samplePlan.ts';
import type { SamplePlan } from './samplePlan.ts';
import { EmbeddedSessions } from './sessions.ts';
import { probeEngine, readHashKey } from './storeMeta.ts';
import { sumStacks } from './sumStacks.ts';
import { sumTotals } from './sumTotals.ts';

export interface ClickHouseStoreOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Pushes that are being worked on and may still bring a batch: when all of them wait, a commit begins early. */
  readonly openRequests?: () => number;
  /** For tests: a poor hash, to see collisions. */
  readonly hashSeries?: HashSeries;
  /** For tests: an engine around the engine, to see failures. */
  readonly wrapEngine?: (engine: Engine) => Engine;
}

export async function openClickHouseStore(options: ClickHouseStoreOptions): Promise<Store> {
  const { dataDir, log, wrapEngine = (engine: Engine) => engine } = options;
  const begin = performance.now();
  await mkdir(dataDir, { recursive: true });
  const unlock = lockDirectory(dataDir);
  let engine: Engine | undefined;
  try {
    engine = wrapEngine(new EmbeddedSessions(await loadChdb(), dataDir));
    await migrate(engine, dataDir);
    const hashKey = await readHashKey(engine);
    const catalog = new SeriesCatalog(hashKey, options.hashSeries);
    await restoreCatalog(engine, catalog);
    const millis = Math.round(performance.now() - begin);
    log.info('the store is open', { dataDir, millis, series: catalog.seriesCount() });
    return new ClickHouseStore(engine, catalog, hashKey, unlock, options);
  } catch (error) {
    // Whoever tries again, maybe in this process, must find the directory free.
    await engine?.close();
    unlock();
    throw error;
  }
}

class ClickHouseStore implements Store {
  readonly catalog: SeriesCatalog;
  readonly hashKey: Uint8Array;
  readonly #engine: Engine;
  readonly #unlock: () => void;
  readonly #log: Log;
  readonly #hidden = new HiddenCommits();
  readonly #commits: GroupCommit<WriteBatch>;
  #lastProbeMicros = 0n;
  #closing: Promise<void> | undefined;

  constructor(
    engine: Engine,
    catalog: SeriesCatalog,
    hashKey: Uint8Array,
    unlock: () => void,
    { log, openRequests }: ClickHouseStoreOptions,
  ) {
    this.#engine = engine;
    this.catalog = catalog;
    this.hashKey = hashKey;
    this.#unlock = unlock;
    this.#log = log;
    const window = { ...defaultWindow, ...(openRequests && { openRequests }) };
    this.#commits = new GroupCommit((batches) => commitBatches(engine, catalog, this.#hidden, batches), window);
  }

  async write(batch: WriteBatch): Promise<void> {
    checkBatch(batch);
    if (this.#closing !== undefined) throw new InputError('unavailable', 'the store is closing');
    if (batch.records.length === 0 && batch.dictionary.length === 0) return;
    await this.#commits.add(batch, batch.records.length);
  }

  async sumStacks(scope: SampleScope, signal?: AbortSignal): Promise<StackSums> {
    return sumStacks(this.#engine, this.#plan(scope, signal), signal);
  }

  async sumTotals(scope: SampleScope, grid: TimeGrid, signal?: AbortSignal): Promise<TotalSums> {
    return sumTotals(this.#engine, this.#plan(scope, signal), grid, signal);
  }

  async profileTotals(scope: SampleScope, limit: number, signal?: AbortSignal): Promise<ProfileTotals> {
    return profileTotals(this.#engine, this.#plan(scope, signal), limit, signal);
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

  async probe(): Promise<void> {
    const now = BigInt(Date.now()) * 1_000n;
    this.#lastProbeMicros = now > this.#lastProbeMicros ? now : this.#lastProbeMicros + 1n;
    await probeEngine(this.#engine, this.#lastProbeMicros);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #plan(scope: SampleScope, signal: AbortSignal | undefined): SamplePlan | undefined {
    // Also when nothing needs to be asked: a question that was given up has no answer.
    if (signal?.aborted) throw new InputError('canceled', giveUpMessage);
    return planSamples(scope, this.catalog, this.#hidden);
  }

  async #close(): Promise<void> {
    await this.#commits.drain();
    // Their writers were told that nothing was stored, and after this nobody remembers which rows are meant.
    await this.#hidden.cleanUp(this.#engine).catch((error: unknown) => {
      this.#log.warn('rows of a failed commit stay behind', { error: String(error) });
    });
    await this.#engine.close();
    this.#unlock();
  }
}
