import { jest } from '@jest/globals';
import { GroupCommit } from './groupCommit.ts';
import type { CommitWindow } from './groupCommit.ts';

const window: CommitWindow = { windowMillis: 120, shortMillis: 40, manyItems: 10 };
const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** A commit that ends when the test says so. */
class FakeCommits {
  readonly begun: (readonly string[])[] = [];
  readonly ends: { resolve(): void; reject(error: Error): void }[] = [];
  readonly group: GroupCommit<string>;

  constructor(options: Partial<CommitWindow> = {}) {
    this.group = new GroupCommit<string>(
      (batches) =>
        new Promise((resolve, reject) => {
          this.begun.push(batches);
          this.ends.push({ resolve, reject });
        }),
      { ...window, ...options },
    );
  }

  /** What became of each batch: '' while it waits. */
  readonly outcome = new Map<string, string>();

  add(batch: string, size = 1): void {
    this.outcome.set(batch, '');
    this.group.add(batch, size).then(
      () => this.outcome.set(batch, 'done'),
      (error: unknown) => this.outcome.set(batch, String(error)),
    );
  }
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('batches of one window share a commit and wait for its end', async () => {
  const commits = new FakeCommits({ openRequests: () => 99 });
  commits.add('a');
  jest.advanceTimersByTime(100);
  commits.add('b');
  expect(commits.begun).toEqual([]);
  jest.advanceTimersByTime(20);
  expect(commits.begun).toEqual([['a', 'b']]);
  await settle();
  expect([...commits.outcome.values()]).toEqual(['', '']);
  commits.ends[0]?.resolve();
  await settle();
  expect([...commits.outcome.values()]).toEqual(['done', 'done']);
});

test('when every open request waits, the short wait is enough', () => {
  const commits = new FakeCommits({ openRequests: () => 2 });
  commits.add('a');
  commits.add('b');
  jest.advanceTimersByTime(39);
  expect(commits.begun).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(commits.begun).toEqual([['a', 'b']]);
});

test('requests that end without a batch are no longer waited for at the short mark', () => {
  let open = 5;
  const commits = new FakeCommits({ openRequests: () => open });
  commits.add('a');
  jest.advanceTimersByTime(20);
  open = 1;
  jest.advanceTimersByTime(20);
  expect(commits.begun).toEqual([['a']]);
});

test('where nobody counts the requests, the short wait holds', () => {
  const commits = new FakeCommits();
  commits.add('a');
  jest.advanceTimersByTime(40);
  expect(commits.begun).toEqual([['a']]);
});

test('many profiles begin at once', () => {
  const commits = new FakeCommits({ openRequests: () => 99 });
  commits.add('a', 9);
  expect(commits.begun).toEqual([]);
  commits.add('b', 1);
  expect(commits.begun).toEqual([['a', 'b']]);
});

test('what comes during a commit goes into the next, at once when its window is over by then', async () => {
  const commits = new FakeCommits();
  commits.add('a', 10);
  commits.add('b', 10);
  jest.advanceTimersByTime(500);
  expect(commits.begun).toEqual([['a']]);
  commits.ends[0]?.resolve();
  await settle();
  expect(commits.begun).toEqual([['a'], ['b']]);
});

test('a failed commit rejects everybody in it and nobody else', async () => {
  const commits = new FakeCommits();
  commits.add('a', 5);
  commits.add('b', 5);
  commits.add('c', 10);
  commits.ends[0]?.reject(new Error('the disk is full'));
  await settle();
  commits.ends[1]?.resolve();
  await settle();
  expect([...commits.outcome.values()]).toEqual(['Error: the disk is full', 'Error: the disk is full', 'done']);
});

test('a commit takes at most four times what is many, in order, and a giant alone', async () => {
  const commits = new FakeCommits();
  commits.add('first', 10);
  for (const [batch, size] of [
    ['b', 30],
    ['c', 11],
    ['giant', 500],
    ['d', 1],
  ] as const)
    commits.add(batch, size);
  for (let i = 0; i < 5; i++) {
    commits.ends[i]?.resolve();
    await settle();
    jest.advanceTimersByTime(200);
  }
  expect(commits.begun).toEqual([['first'], ['b'], ['c'], ['giant'], ['d']]);
});

test('draining commits all that waits, without waiting for more', async () => {
  const commits = new FakeCommits({ openRequests: () => 99 });
  commits.add('a', 10);
  commits.add('b', 1);
  let drained = false;
  void commits.group.drain().then(() => (drained = true));
  commits.ends[0]?.resolve();
  await settle();
  expect([commits.begun, drained]).toEqual([[['a'], ['b']], false]);
  commits.ends[1]?.resolve();
  await settle();
  expect(drained).toBe(true);
  await new FakeCommits().group.drain();
});
