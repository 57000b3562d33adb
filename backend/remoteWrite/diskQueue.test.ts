import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { crc32 } from './crc32.ts';
import { DiskQueue, openDiskQueue } from './diskQueue.ts';
import { openSegmentFiles } from './queueSegments.ts';

let directory: string;
let dropped: number;
let damaged: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pyrolens-queue-'));
  [dropped, damaged] = [0, 0];
});
afterEach(() => rmSync(directory, { recursive: true }));

const openQueue = (mostBytes = 2 ** 20): Promise<DiskQueue> =>
  openDiskQueue({
    directory,
    mostBytes,
    onDropped: (samples) => (dropped += samples),
    onDamaged: (bytes) => (damaged += bytes),
  });
/** One sample with a name of its own. */
const record = (name: string, takenMillis = 0) => ({ payload: Buffer.from(name), sampleCount: 1, takenMillis });
const take = async (queue: DiskQueue, most = 1_000): Promise<readonly string[]> =>
  (await queue.take(most, 2 ** 20)).map(({ payload }) => Buffer.from(payload).toString());
async function drain(queue: DiskQueue): Promise<readonly string[]> {
  const all: string[] = [];
  for (let names = await take(queue); names.length > 0; names = await take(queue)) {
    all.push(...names);
    await queue.advance();
  }
  return all;
}
const segments = (): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .sort()
    .map((name) => join(directory, name));

test('the CRC is that of zip', () => expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926));

test('records come out as they went in, and once', async () => {
  const queue = await openQueue();
  await Promise.all(['a', 'b', 'c'].map((name) => queue.append([record(name)])));
  await queue.append([record('d'), record('e')]);
  expect(await take(queue, 2)).toEqual(['a', 'b']);
  await queue.release();
  expect(await take(queue, 2)).toEqual(['a', 'b']);
  await queue.advance();
  expect(queue.pendingSamples).toBe(3);
  expect(await drain(queue)).toEqual(['c', 'd', 'e']);
  expect([queue.pendingSamples, queue.pendingBytes, queue.oldestMillis]).toEqual([0, 0, undefined]);
  await queue.close();
});

test('the oldest sample that is left is known, before and after a restart', async () => {
  const queue = await openQueue();
  await queue.append([record('a', 5), record('b', 6)]);
  expect(queue.oldestMillis).toBe(5);
  await take(queue, 1);
  await queue.advance();
  expect(queue.oldestMillis).toBe(6);
  await queue.close();
  const again = await openQueue();
  expect([again.oldestMillis, again.pendingSamples]).toEqual([6, 1]);
  await again.close();
});

test('a record that a crash cut off is lost alone, and told', async () => {
  const queue = await openQueue();
  for (const name of ['a', 'b', 'torn']) await queue.append([record(name)]);
  await queue.close();
  const [path = ''] = segments();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 1));
  const again = await openQueue();
  await again.append([record('c')]);
  expect(await drain(again)).toEqual(['a', 'b', 'c']);
  expect(damaged).toBe(24 + 'torn'.length - 1);
  await again.close();
});

test('after a crash, a file that was made longer with zeros costs nothing', async () => {
  const queue = await openQueue();
  await queue.append([record('a')]);
  await queue.close();
  const [path = ''] = segments();
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(5_000)]));
  const again = await openQueue();
  expect(await drain(again)).toEqual(['a']);
  expect([again.pendingBytes, segments().length]).toEqual([0, 0]);
  await again.close();
});

test('a damaged position begins at the oldest record again: twice is better than never', async () => {
  const queue = await openQueue();
  await queue.append([record('a'), record('b')]);
  await take(queue, 1);
  await queue.advance();
  await queue.close();
  writeFileSync(join(directory, 'position'), 'nonsense....');
  const again = await openQueue();
  expect(await drain(again)).toEqual(['a', 'b']);
  await again.close();
});

test('one damaged byte costs the record in which it is, and no other', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `record ${i} PLrw`);
  const whole = Buffer.concat(
    await (async () => {
      const queue = await openQueue();
      await queue.append(names.map((name) => record(name)));
      await queue.close();
      return segments().map((path) => readFileSync(path));
    })(),
  );
  const [path = ''] = segments();
  const recordBytes = (at: number): number => {
    let end = 0;
    return names.findIndex((name) => (end += 24 + name.length) > at);
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      rmSync(join(directory, 'position'), { force: true });
      writeFileSync(path, bytes);
      const queue = await openQueue();
      const left = await drain(queue);
      await queue.close();
      expect(left).toEqual(names.filter((_, i) => i !== recordBytes(at)));
    }),
    { numRuns: 60 },
  );
});

test('a disk that refuses is told to who hands records over, and tried again for the next', async () => {
  const queue = await openQueue();
  await queue.append([record('a')]);
  await take(queue);
  await queue.advance();
  await queue.close();
  const again = await openQueue();
  // No segment can be made where there is no directory.
  renameSync(directory, `${directory}.away`);
  await expect(again.append([record('b')])).rejects.toMatchObject({
    code: 'unavailable',
    message: 'remote write: the disk refuses: ENOENT',
  });
  renameSync(`${directory}.away`, directory);
  await again.append([record('c')]);
  expect(await drain(again)).toEqual(['c']);
  await again.close();
});

test('a disk that takes a part of what is written is asked to take the rest', async () => {
  const files = await openSegmentFiles(directory);
  const create = async (segment: number) => {
    const file = await files.create(segment);
    const write = file.write.bind(file);
    // As write(2) does when the disk is nearly full.
    const half = (bytes: Buffer, from: number, length: number, at: number) =>
      write(bytes, from, Math.ceil(length / 2), at);
    return Object.assign(file, { write: half });
  };
  const options = { directory, mostBytes: 2 ** 20, onDropped: () => undefined, onDamaged: () => undefined };
  const queue = new DiskQueue(options, { ...files, create }, { segments: [], offset: 0, next: 1 });
  await queue.append([record('a'), record('b')]);
  await queue.append([record('c')]);
  expect(await drain(queue)).toEqual(['a', 'b', 'c']);
  await queue.close();
});

test('a full queue stays within its bytes, drops the oldest and counts them', async () => {
  const mostBytes = 16_000;
  const queue = await openQueue(mostBytes);
  const names = Array.from({ length: 300 }, (_, i) => `${i}`.padStart(100, '.'));
  for (const name of names) await queue.append([record(name)]);
  const onDisk = segments().reduce((sum, path) => sum + statSync(path).size, 0);
  expect(onDisk).toBeLessThanOrEqual(mostBytes);
  const left = await drain(queue);
  expect(left.length).toBeGreaterThan(100);
  expect(left).toEqual(names.slice(-left.length));
  expect(dropped).toBe(names.length - left.length);
  await queue.close();
});

test('what is on its way while its segment makes room is not counted as dropped, unless it comes back', async () => {
  const queue = await openQueue(16_000);
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 150; i++) await queue.append([record('x'.repeat(100))]);
  };
  await fill();
  expect(dropped + queue.pendingSamples).toBe(150);
  const sent = (await take(queue, 3)).length;
  await fill();
  await queue.advance();
  expect(dropped + queue.pendingSamples + sent).toBe(300);
  await take(queue, 3);
  await fill();
  await queue.release();
  expect(dropped + queue.pendingSamples + sent).toBe(450);
  await queue.close();
});

test('whatever is done in whatever order, everything comes out once, in order', async () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('take' as const), most: fc.integer({ min: 1, max: 6 }), done: fc.boolean() }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      rmSync(directory, { recursive: true });
      // Small enough for many segments, large enough that nothing is dropped.
      let queue = await openQueue(20_000);
      const [given, got]: [string[], string[]] = [[], []];
      for (const each of actions) {
        if (each.kind === 'append') {
          const names = Array.from({ length: each.count }, (_, i) => `${given.length + i}`.padStart(60, '.'));
          given.push(...names);
          await queue.append(names.map((name) => record(name)));
        } else if (each.kind === 'restart') {
          await queue.close();
          queue = await openQueue(20_000);
        } else {
          const names = await take(queue, each.most);
          if (names.length === 0) continue;
          if (each.done) got.push(...names);
          await (each.done ? queue.advance() : queue.release());
        }
        expect(queue.pendingSamples).toBe(given.length - got.length);
      }
      got.push(...(await drain(queue)));
      await queue.close();
      expect(got).toEqual(given);
    }),
    { numRuns: 40 },
  );
  expect([dropped, damaged]).toEqual([0, 0]);
});
