import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskUse } from './diskUse.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'pyrolens-disk-'))));
afterEach(() => rmSync(dir, { recursive: true }));

test('all files below are counted, at every depth, and links are not followed', async () => {
  mkdirSync(join(dir, 'a/b'), { recursive: true });
  writeFileSync(join(dir, 'one'), new Uint8Array(100_000));
  writeFileSync(join(dir, 'a/b/two'), new Uint8Array(200_000));
  symlinkSync('/', join(dir, 'a/everything'));
  const bytes = (await createDiskUse(dir, () => 0)()) ?? 0;
  expect(bytes).toBeGreaterThanOrEqual(300_000);
  expect(bytes).toBeLessThan(400_000);
});

test('it is counted again after a minute', async () => {
  let now = 0;
  const diskUse = createDiskUse(dir, () => now);
  const before = (await diskUse()) ?? 0;
  writeFileSync(join(dir, 'one'), new Uint8Array(100_000));
  now = 59_999;
  expect(await diskUse()).toBe(before);
  now = 60_000;
  expect(await diskUse()).toBeGreaterThanOrEqual(before + 100_000);
});

test('a directory that is gone takes nothing, and a store in memory has none', async () => {
  expect(await createDiskUse(join(dir, 'gone'), () => 0)()).toBe(0);
  expect(await createDiskUse(undefined, () => 0)()).toBeUndefined();
});
