/**
 * Blocks on their way into the engine: files in memory where the system has such a place. Inline bodies do not work: the
 * embedded client passes them as text and cuts them at the first blank line.
 */
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteText } from './dialect.ts';
import type { NativeBlock } from './nativeColumns.ts';
import { processExists } from './directoryLock.ts';
import { structureOf } from './nativeColumns.ts';
import { encodeBlock } from './nativeWrite.ts';

export class BlockFiles {
  readonly #directory: string;
  #count = 0;

  /** A process that is killed leaves its directory behind; the next one clears it away. */
  constructor(root: string = memoryRoot()) {
    sweep(root);
    this.#directory = mkdtempSync(join(root, `pyrolens-${process.pid}-`));
  }

  /** Runs `use` with what stands for the blocks after FROM. */
  async with<T>(blocks: readonly NativeBlock[], use: (sources: readonly string[]) => Promise<T>): Promise<T> {
    const paths = blocks.map(() => join(this.#directory, `${this.#count++}.native`));
    try {
      await Promise.all(blocks.map((block, i) => writeFile(paths[i] ?? '', encodeBlock(block), { mode: 0o600 })));
      const sources = blocks.map(
        (block, i) => `file(${quoteText(paths[i] ?? '')}, 'Native', ${quoteText(structureOf(block))})`,
      );
      return await use(sources);
    } finally {
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    }
  }

  close(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function sweep(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = /^pyrolens-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !processExists(Number(pid))) rmSync(join(root, name), { recursive: true, force: true });
  }
}

function memoryRoot(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    // macOS, or a container without it.
    return tmpdir();
  }
}
