/**
 * How much the data directory takes on disk: everything below it, as the file system counts it.
 *
 * Units:  bytes, of blocks in use.
 * Errors: none: files that the engine removes while they are counted are passed over. undefined when there are too many to count.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Nothing when profiles are kept in memory. */
export type DiskUse = () => Promise<number | undefined>;

const blockBytes = 512;
const mostFiles = 500_000;
const atATime = 64;
/** Counting reads every entry of the directory. */
const freshMillis = 60_000;

export function createDiskUse(dir: string | undefined, now: () => number): DiskUse {
  if (dir === undefined) return () => Promise.resolve(undefined);
  let known: { readonly bytes: Promise<number | undefined>; readonly atMillis: number } | undefined;
  return () => {
    if (known === undefined || now() - known.atMillis >= freshMillis) {
      known = { bytes: bytesBelow(dir), atMillis: now() };
    }
    return known.bytes;
  };
}

async function bytesBelow(dir: string): Promise<number | undefined> {
  const waiting = [dir];
  let [bytes, files] = [0, 0];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const found = await entriesOf(next);
    files += found.length;
    if (files > mostFiles) return undefined;
    for (let from = 0; from < found.length; from += atATime) {
      const sizes = await Promise.all(found.slice(from, from + atATime).map(sizeOf));
      bytes += sizes.reduce((sum, each) => sum + each.bytes, 0);
      waiting.push(...sizes.flatMap(({ folder }) => folder ?? []));
    }
  }
  return bytes;
}

/** The engine merges and removes parts while we look. */
const entriesOf = (dir: string): Promise<readonly string[]> =>
  readdir(dir).then(
    (names) => names.map((name) => join(dir, name)),
    () => [],
  );

const sizeOf = (path: string): Promise<{ readonly bytes: number; readonly folder?: string }> =>
  lstat(path).then(
    (found) => ({ bytes: found.blocks * blockBytes, ...(found.isDirectory() && { folder: path }) }),
    () => ({ bytes: 0 }),
  );
