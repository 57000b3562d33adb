import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from './directoryLock.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const lockFile = () => join(directory, 'pyrolens.lock');
const onLinux = process.platform === 'linux' ? test : test.skip;

test('a directory that is in use is refused by name and process until it is given up', () => {
  const unlock = lockDirectory(directory);
  const message = `the data directory ${directory} is in use by process ${process.pid}`;
  expect(() => lockDirectory(directory)).toThrow(
    expect.objectContaining({ code: 'failed_precondition', message }) as Error,
  );
  unlock();
  expect(readdirSync(directory)).toEqual([]);
  lockDirectory(directory)();
});

test("another process's lock holds while it lives and is taken over when it is dead", async () => {
  const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(owner, 'spawn');
  writeFileSync(lockFile(), JSON.stringify({ pid: owner.pid, started: '' }));
  try {
    expect(() => lockDirectory(directory)).toThrow(`in use by process ${owner.pid}`);
  } finally {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  }
  const unlock = lockDirectory(directory);
  expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
  unlock();
});

onLinux('a later process with the same number is not taken for the owner', () => {
  writeFileSync(lockFile(), JSON.stringify({ pid: process.pid, started: 'another boot/1' }));
  lockDirectory(directory)();
  expect(existsSync(lockFile())).toBe(false);
});

for (const text of ['', '{', 'null', '{"pid":"1","started":""}', '{"pid":1}']) {
  test(`a lock that says ${JSON.stringify(text)} is nobody's`, () => {
    writeFileSync(lockFile(), text);
    lockDirectory(directory)();
  });
}

test('a directory that is not there is an error of the file system, not a lock', () => {
  expect(() => lockDirectory(join(directory, 'nowhere'))).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
});
