/**
 * One process per data directory. A file names the process that has it; a dead owner's lock is taken over.
 *
 * Shape:  pyrolens.lock holds {"pid", "started"}: where /proc tells when a process started, a later process that got
 *         the same number is not taken for the owner (in containers it is nearly always the same number).
 * Errors: InputError failed_precondition, naming directory and pid. The engine's own lock stands behind this one and
 *         catches what it cannot see, such as an owner in another container.
 */
import { closeSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../errors.ts';

interface Owner {
  readonly pid: number;
  readonly started: string;
}

/** Returns what gives the directory up. */
export function lockDirectory(dataDir: string): () => void {
  const path = join(dataDir, 'pyrolens.lock');
  const own = `${path}.${process.pid}`;
  const me: Owner = { pid: process.pid, started: startOf(process.pid) };
  const file = openSync(own, 'w', 0o600);
  writeSync(file, JSON.stringify(me));
  closeSync(file);
  try {
    // Two attempts: the second is after a dead owner's lock is gone.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (claim(own, path)) return () => rmSync(path, { force: true });
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner)) throw refusal(dataDir, owner.pid);
      rmSync(path, { force: true });
    }
    throw refusal(dataDir, readOwner(path)?.pid);
  } finally {
    rmSync(own, { force: true });
  }
}

function refusal(dataDir: string, pid: number | undefined): InputError {
  const owner = pid === undefined ? 'another process' : `process ${pid}`;
  return new InputError('failed_precondition', `the data directory ${dataDir} is in use by ${owner}`);
}

/** A link appears whole or not at all, so that nobody reads half a lock. */
function claim(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** undefined when it is gone or cannot be read: then it is nobody's. */
function readOwner(path: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('started' in owner)) return undefined;
    const { pid, started } = owner;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, so it is somebody's.
    return codeOf(error) === 'EPERM';
  }
}

function isAlive({ pid, started }: Owner): boolean {
  if (!processExists(pid)) return false;
  const now = startOf(pid);
  return started === '' || now === '' || started === now;
}

/** Boot and clock ticks since it; '' where there is no /proc or the process is gone. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // A zombie holds no directory any more.
    return fields[0] === 'Z' ? 'dead' : `${boot}/${fields[19] ?? ''}`;
  } catch {
    // Not Linux, or not to be read: the number alone must do.
    return '';
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
