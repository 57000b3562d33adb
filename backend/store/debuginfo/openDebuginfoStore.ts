/**
 * Keeps what agents upload for symbolisation: binaries without most of their content, by build id.
 *
 * Shape:  DIR/<tenant>/<build id>/<kind> and <kind>.json, which says what it is. Files appear by renaming, so that a reader
 *         never sees half of one; what an interrupted upload left behind is removed at the next start. A build id that is no
 *         fit name for a folder is kept under its hash.
 * Units:  bytes; milliseconds since 1970.
 * Errors: InputError not_found, failed_precondition, payload_too_large for one upload, resource_exhausted for all together.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { Log } from '../../log.ts';
import type { DebuginfoDescription, DebuginfoKind, DebuginfoRecord } from './record.ts';
import { parseRecord } from './record.ts';

export interface DebuginfoStore {
  find(tenant: string, buildId: string, kind: DebuginfoKind): DebuginfoRecord | undefined;
  /** The oldest upload first. */
  list(tenant: string): readonly DebuginfoRecord[];
  /** Expects an upload; whatever was there before is replaced when it is complete. */
  begin(description: DebuginfoDescription): Promise<DebuginfoRecord>;
  /** Stores the bytes of an upload that was begun; the number of them. */
  receive(record: DebuginfoRecord, chunks: AsyncIterable<Uint8Array>): Promise<number>;
  finish(tenant: string, buildId: string, kind: DebuginfoKind): Promise<void>;
  /** Nothing there is nothing to do. */
  remove(tenant: string, buildId: string): Promise<void>;
}

export interface DebuginfoStoreOptions {
  readonly dir: string;
  readonly limits: Pick<Limits, 'debuginfoBytes' | 'debuginfoTotalBytes'>;
  readonly now: () => number;
  readonly log: Log;
}

const mostRecords = 100_000;
const partSuffix = '.part';

export async function openDebuginfoStore(options: DebuginfoStoreOptions): Promise<DebuginfoStore> {
  const store = new FolderStore(options);
  await store.load();
  return store;
}

class FolderStore implements DebuginfoStore {
  private readonly options: DebuginfoStoreOptions;
  private readonly records = new Map<string, DebuginfoRecord>();
  private storedBytes = 0;
  /** Of uploads that are on their way. */
  private receivingBytes = 0;

  constructor(options: DebuginfoStoreOptions) {
    this.options = options;
  }

  async load(): Promise<void> {
    await mkdir(this.options.dir, { recursive: true });
    for (const path of await filesUnder(this.options.dir)) {
      if (path.endsWith(partSuffix)) await rm(path, { force: true });
      if (!path.endsWith('.json')) continue;
      const record = parseRecord(await readFile(path, 'utf8'));
      if (record === undefined) this.options.log.warn('not a record of debug information', { path });
      else this.remember(record);
    }
  }

  find(tenant: string, buildId: string, kind: DebuginfoKind): DebuginfoRecord | undefined {
    return this.records.get(keyOf({ tenant, buildId, kind }));
  }

  list(tenant: string): readonly DebuginfoRecord[] {
    return [...this.records.values()]
      .filter((record) => record.tenant === tenant)
      .sort((a, b) => a.startedMillis - b.startedMillis);
  }

  async begin(description: DebuginfoDescription): Promise<DebuginfoRecord> {
    if (this.records.size >= mostRecords && !this.records.has(keyOf(description)))
      throw new InputError('resource_exhausted', `more than ${mostRecords} uploads of debug information`);
    const record: DebuginfoRecord = {
      ...description,
      uploadId: randomUUID(),
      state: 'uploading',
      startedMillis: this.options.now(),
      finishedMillis: 0,
      sizeBytes: 0,
      storedBytes: this.records.get(keyOf(description))?.storedBytes ?? 0,
    };
    await this.save(record);
    return record;
  }

  async receive(record: DebuginfoRecord, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const { debuginfoBytes, debuginfoTotalBytes } = this.options.limits;
    const path = join(this.folderOf(record), record.kind);
    const part = `${path}.${randomUUID()}${partSuffix}`;
    const file = await open(part, 'wx');
    // What it replaces gives its room.
    const others = (): number => this.storedBytes - (this.records.get(keyOf(record))?.storedBytes ?? 0);
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        this.receivingBytes += chunk.length;
        if (bytes > debuginfoBytes)
          throw new InputError(
            'payload_too_large',
            `debug information of more than ${debuginfoBytes} bytes (--max-debuginfo-size)`,
          );
        if (others() + this.receivingBytes > debuginfoTotalBytes)
          throw new InputError(
            'resource_exhausted',
            `all debug information takes more than ${debuginfoTotalBytes} bytes (--max-debuginfo-total)`,
          );
        await file.writeFile(chunk);
      }
      await file.sync();
      await file.close();
      await rename(part, path);
    } catch (error) {
      // Half of a file is of no use; what went wrong is the caller's to tell.
      await file.close();
      await rm(part, { force: true });
      throw error;
    } finally {
      this.receivingBytes -= bytes;
    }
    await this.save({ ...(this.records.get(keyOf(record)) ?? record), sizeBytes: bytes, storedBytes: bytes });
    return bytes;
  }

  async finish(tenant: string, buildId: string, kind: DebuginfoKind): Promise<void> {
    const record = this.find(tenant, buildId, kind);
    if (record === undefined)
      throw new InputError('not_found', `no upload metadata found for build ID ${buildId.slice(0, 200)}`);
    if (record.sizeBytes === 0)
      throw new InputError('failed_precondition', `nothing was uploaded for build ID ${buildId.slice(0, 200)}`);
    await this.save({ ...record, state: 'uploaded', finishedMillis: this.options.now() });
  }

  async remove(tenant: string, buildId: string): Promise<void> {
    const gone = this.list(tenant).filter((record) => record.buildId === buildId);
    const [first] = gone;
    if (first === undefined) return;
    await rm(this.folderOf(first), { recursive: true, force: true });
    for (const record of gone) {
      this.records.delete(keyOf(record));
      this.storedBytes -= record.storedBytes;
    }
  }

  private folderOf({ tenant, buildId }: DebuginfoDescription): string {
    return join(this.options.dir, folderName(tenant), folderName(buildId));
  }

  private async save(record: DebuginfoRecord): Promise<void> {
    const folder = this.folderOf(record);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${record.kind}.json`);
    const part = `${path}.${randomUUID()}${partSuffix}`;
    const file = await open(part, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(record)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    this.remember(record);
  }

  private remember(record: DebuginfoRecord): void {
    const key = keyOf(record);
    this.storedBytes += record.storedBytes - (this.records.get(key)?.storedBytes ?? 0);
    this.records.set(key, record);
  }
}

const keyOf = ({ tenant, buildId, kind }: Pick<DebuginfoRecord, 'tenant' | 'buildId' | 'kind'>): string =>
  JSON.stringify([tenant, buildId, kind]);

/** Hexadecimal and the like stay readable; "..", slashes and what is too long do not reach the file system. */
function folderName(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id)) return id;
  return `=${createHash('sha256').update(id).digest('hex')}`;
}

async function filesUnder(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
