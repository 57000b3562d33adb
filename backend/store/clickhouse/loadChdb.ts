/**
 * Loads the embedded engine only when it is wanted: it is a native library of some hundred megabytes that not every
 * platform has.
 *
 * Errors: InputError failed_precondition that names the way without it.
 */
import { InputError } from '../../errors.ts';

/** The part of chdb that is used, so that a test can stand in for it. */
export interface Chdb {
  readonly createChdbConnection: (options: { path: string }) => ChdbConnection;
  readonly drainPending: () => Promise<unknown>;
}

export interface ChdbConnection {
  readonly chdb: { queryAsync(sql: string, options: { format: string }): Promise<{ bytes(): Uint8Array }> };
  close(): Promise<void>;
}

async function importChdb(): Promise<Chdb> {
  const [{ createChdbConnection }, { drainPending }] = await Promise.all([import('chdb/connection'), import('chdb')]);
  return { createChdbConnection, drainPending };
}

export async function loadChdb(load: () => Promise<Chdb> = importChdb): Promise<Chdb> {
  try {
    return await load();
  } catch (error) {
    // Whatever the loader says, the reader needs to know what to do: no binary, wrong libc, or a broken installation.
    const detail = error instanceof Error ? error.message : String(error);
    const told = new InputError(
      'failed_precondition',
      `the embedded engine does not run on ${process.platform}-${process.arch} here (${detail}). It needs Linux with ` +
        'glibc, or macOS. Start with --store memory to try Pyrolens without it; nothing is kept on disk then',
    );
    told.cause = error;
    throw told;
  }
}
