import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../log.ts';
import { openDebuginfoStore } from './openDebuginfoStore.ts';
import type { DebuginfoStore } from './openDebuginfoStore.ts';

let dir: string;
const lines: string[] = [];
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'pyrolens-debuginfo-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const limits = { debuginfoBytes: 10, debuginfoTotalBytes: 15 };
const open = (): Promise<DebuginfoStore> =>
  openDebuginfoStore({ dir, limits, now: () => 1_000, log: createLog((line) => lines.push(line)) });
const upload = (buildId: string) => ({
  tenant: 'anonymous',
  buildId,
  kind: 'executable' as const,
  buildIdType: 'gnu',
  name: 'app',
  goBuildId: '',
  otelFileId: '',
  hash: '',
  isWithoutText: false,
});
async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

test('an upload is there after a restart, and what an interrupted one left is not', async () => {
  const store = await open();
  await store.receive(await store.begin(upload('c0ffee')), pieces('abc', 'def'));
  await store.finish('anonymous', 'c0ffee', 'executable');
  writeFileSync(join(dir, 'anonymous/c0ffee/debuginfo.x.part'), 'half');
  writeFileSync(join(dir, 'anonymous/c0ffee/other.json'), '{}');
  const again = await open();
  expect(again.list('anonymous')).toEqual(store.list('anonymous'));
  expect(again.list('anonymous')).toMatchObject([{ buildId: 'c0ffee', state: 'uploaded', sizeBytes: 6 }]);
  expect(readdirSync(join(dir, 'anonymous/c0ffee')).sort()).toEqual(['executable', 'executable.json', 'other.json']);
  expect(readFileSync(join(dir, 'anonymous/c0ffee/executable'), 'utf8')).toBe('abcdef');
  expect(lines.join('')).toContain('other.json');
});

test('one upload is bounded, and so are all together, also after a restart', async () => {
  const store = await open();
  const first = await store.begin(upload('aa'));
  await expect(store.receive(first, pieces('123456', '78901'))).rejects.toMatchObject({ code: 'payload_too_large' });
  await store.receive(first, pieces('1234567890'));
  const again = await open();
  const second = await again.begin(upload('bb'));
  await expect(again.receive(second, pieces('123456'))).rejects.toMatchObject({ code: 'resource_exhausted' });
  // In place of what was there it has room.
  expect(await again.receive(first, pieces('123456'))).toBe(6);
  await again.remove('anonymous', 'aa');
  expect(await again.receive(second, pieces('123456789'))).toBe(9);
  expect(readdirSync(join(dir, 'anonymous'))).toEqual(['bb']);
});

test('an upload that breaks off leaves what was there before', async () => {
  const store = await open();
  const record = await store.begin(upload('aa'));
  await store.receive(record, pieces('whole'));
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* pieces('ha');
    throw new Error('the client went away');
  }
  await expect(store.receive(record, broken())).rejects.toThrow('went away');
  expect(readdirSync(join(dir, 'anonymous/aa')).sort()).toEqual(['executable', 'executable.json']);
  expect(readFileSync(join(dir, 'anonymous/aa/executable'), 'utf8')).toBe('whole');
});

test('ids that are no names of folders stay inside of ours, and apart', async () => {
  const store = await open();
  for (const buildId of ['..', '../../etc', 'Go/build/id', '.', 'x'.repeat(500), ''])
    await store.begin(upload(buildId));
  expect(readdirSync(join(dir, 'anonymous')).every((name) => /^=[0-9a-f]{64}$/.test(name))).toBe(true);
  expect(readdirSync(dir)).toEqual(['anonymous']);
  expect(store.list('anonymous')).toHaveLength(6);
  expect(store.list('other')).toEqual([]);
});

test('nothing is finished that was not uploaded', async () => {
  const store = await open();
  await expect(store.finish('anonymous', 'aa', 'executable')).rejects.toMatchObject({ code: 'not_found' });
  await store.begin(upload('aa'));
  await expect(store.finish('anonymous', 'aa', 'executable')).rejects.toMatchObject({ code: 'failed_precondition' });
});
