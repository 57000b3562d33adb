/**
 * Documents as files under the data directory.
 *
 * Files and not rows of the store's `meta` table: a document is read whole, replaced often and sometimes megabytes long; the
 * table only ever grows, and a person can read, copy and remove a file. The store's lock of the data directory keeps other
 * processes out of here too.
 *
 * Shape:  documents/<kind>/<tenant>/<name>. In a tenant's name everything but [a-z0-9_-] is %xx by byte: capitals too, because
 *         some file systems do not tell them apart. documents/new holds what is being written and is emptied at the start.
 * Errors: InputError unavailable when the disk refuses, invalid_argument for a tenant whose name makes no file name.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { compareText } from '../model/labels.ts';
import { checkDocumentName } from './documents.ts';
import type { DocumentEntry, DocumentPlace, Documents } from './documents.ts';
import { Turns } from './turns.ts';

const longestFileName = 255;

export async function openFileDocuments(dataDir: string): Promise<Documents> {
  const root = join(dataDir, 'documents');
  const fresh = join(root, 'new');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await syncDirectory(dataDir);
  await syncDirectory(root);
  const turns = new Turns();
  const folderOf = (tenant: string, kind: string): string => join(root, kind, folderName(tenant));
  const pathOf = ({ tenant, kind, name }: DocumentPlace): string => {
    checkDocumentName(name);
    return join(folderOf(tenant, kind), name);
  };
  return {
    read: (place) => unlessRefused(() => readIfThere(pathOf(place))),
    tenants: (kind) => unlessRefused(() => listTenants(join(root, kind))),
    list: (tenant, kind) => unlessRefused(() => listFolder(folderOf(tenant, kind))),
    update: (place, change) => {
      const path = pathOf(place);
      const folder = folderOf(place.tenant, place.kind);
      return turns.run(path, async () => {
        const next = change(await unlessRefused(() => readIfThere(path)));
        await unlessRefused(() =>
          next === undefined ? remove(folder, path) : replace({ root, kind: place.kind, folder, path, fresh }, next),
        );
      });
    },
  };
}

function folderName(tenant: string): string {
  const name = [...Buffer.from(tenant)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  if (name.length > longestFileName)
    throw new InputError('invalid_argument', `the tenant's name is too long for a file name: ${tenant.slice(0, 200)}`);
  return name;
}

async function listTenants(folder: string): Promise<readonly string[]> {
  const names = (await ifThere(() => readdir(folder))) ?? [];
  // What is no folder of ours, as those that a file browser leaves behind, is no tenant's.
  return names
    .map(tenantOf)
    .filter((tenant, i) => folderName(tenant) === names[i])
    .sort(compareText);
}

/** The opposite of folderName. */
function tenantOf(folder: string): string {
  const bytes = folder.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

async function listFolder(folder: string): Promise<readonly DocumentEntry[]> {
  const names = (await ifThere(() => readdir(folder))) ?? [];
  const entries: DocumentEntry[] = [];
  for (const name of names.sort(compareText)) {
    // Somebody may remove one in the meantime.
    const found = await ifThere(() => stat(join(folder, name)));
    if (found !== undefined) entries.push({ name, bytes: found.size });
  }
  return entries;
}

const readIfThere = (path: string): Promise<Uint8Array | undefined> => ifThere(() => readFile(path));

async function remove(folder: string, path: string): Promise<void> {
  await rm(path, { force: true });
  await ifThere(() => syncDirectory(folder));
}

interface Target {
  readonly root: string;
  readonly kind: string;
  readonly folder: string;
  readonly path: string;
  readonly fresh: string;
}

/** Whole or not at all: written beside, synced, then renamed over what was there. */
async function replace({ root, kind, folder, path, fresh }: Target, bytes: Uint8Array): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made !== undefined) {
    await syncDirectory(root);
    await syncDirectory(join(root, kind));
  }
  const beside = join(fresh, randomUUID());
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncDirectory(folder);
}

/** A name in a directory is as durable as the directory. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function ifThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const refusals = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE']);

/** The disk's state is no mistake of ours, and the client may try again. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (typeof code !== 'string' || !refusals.has(code)) throw error;
    throw new InputError('unavailable', `the disk refuses: ${code}`);
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
