import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentsContract } from './documentsContract.ts';
import { openFileDocuments } from './fileDocuments.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-documents-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

documentsContract('as files', {
  open: () => openFileDocuments(dataDir),
  reopen: () => openFileDocuments(dataDir),
});

const at = { tenant: 'anonymous', kind: 'settings', name: 'all' } as const;

test('what a killed process was writing is cleared away at the next start', async () => {
  const dir = join(dataDir, 'killed');
  mkdirSync(join(dir, 'documents/new'), { recursive: true });
  writeFileSync(join(dir, 'documents/new/half'), 'ha');
  const documents = await openFileDocuments(dir);
  expect(readdirSync(join(dir, 'documents/new'))).toEqual([]);
  expect(await documents.list('anonymous', 'settings')).toEqual([]);
});

test('a write that fails leaves what was there, and nothing beside it', async () => {
  const dir = join(dataDir, 'failing');
  mkdirSync(dir);
  const documents = await openFileDocuments(dir);
  await documents.update(at, () => Buffer.from('old'));
  // A folder cannot be replaced by a file, whoever asks (tests may run as root, who passes every permission).
  mkdirSync(join(dir, 'documents/settings/anonymous/taken/inside'), { recursive: true });
  const wrong = documents.update({ ...at, name: 'taken' }, () => Buffer.from('x'));
  await expect(wrong).rejects.toThrow();
  expect(readdirSync(join(dir, 'documents/new'))).toEqual([]);
  expect(Buffer.from((await documents.read(at)) ?? []).toString()).toBe('old');
});

test('a tenant whose name makes no file name is told so', async () => {
  const dir = join(dataDir, 'long');
  mkdirSync(dir);
  const documents = await openFileDocuments(dir);
  const ask = async (): Promise<unknown> => documents.read({ ...at, tenant: 'A'.repeat(100) });
  await expect(ask()).rejects.toMatchObject({ code: 'invalid_argument' });
  expect(existsSync(join(dir, 'documents/settings'))).toBe(false);
});
