import { createQuestionQueue } from './questionQueue.ts';

/** Work that ends when it is told to. */
function work(): { run: () => Promise<string>; end: () => void; began: () => boolean } {
  let begun = false;
  let end: () => void = () => undefined;
  const done = new Promise<string>((resolve) => (end = () => resolve('done')));
  return {
    run: () => {
      begun = true;
      return done;
    },
    end: () => end(),
    began: () => begun,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many run at once, the next begins when one ends, in the order of coming', async () => {
  const queue = createQuestionQueue({ questionsAtOnce: 2, questionsWaiting: 9 });
  const all = [work(), work(), work(), work()];
  const asked = all.map(({ run }) => queue.run(run));
  await turn();
  expect(all.map(({ began }) => began())).toEqual([true, true, false, false]);
  all[1]?.end();
  await turn();
  expect(all.map(({ began }) => began())).toEqual([true, true, true, false]);
  for (const { end } of all) end();
  expect(await Promise.all(asked)).toEqual(['done', 'done', 'done', 'done']);
});

test('a full line is told which limits, and refuses no more once there is room', async () => {
  const queue = createQuestionQueue({ questionsAtOnce: 1, questionsWaiting: 1 });
  const [first, second] = [work(), work()];
  const asked = [queue.run(first.run), queue.run(second.run)];
  await expect(queue.run(work().run)).rejects.toMatchObject({
    code: 'unavailable',
    message: '1 questions are worked on (--max-questions) and 1 wait (--max-waiting-questions)',
  });
  first.end();
  second.end();
  await Promise.all(asked);
  expect(await queue.run(() => Promise.resolve('later'))).toBe('later');
});

test('who gives up leaves the line and never begins', async () => {
  const queue = createQuestionQueue({ questionsAtOnce: 1, questionsWaiting: 9 });
  const [first, second, third] = [work(), work(), work()];
  const gone = new AbortController();
  const asked = queue.run(first.run);
  const givenUp = queue.run(second.run, gone.signal);
  const last = queue.run(third.run);
  gone.abort();
  await expect(givenUp).rejects.toMatchObject({ code: 'canceled' });
  first.end();
  third.end();
  await Promise.all([asked, last]);
  expect([second.began(), third.began()]).toEqual([false, true]);
  await expect(queue.run(second.run, gone.signal)).rejects.toMatchObject({ code: 'canceled' });
});

test('a question that fails makes room', async () => {
  const queue = createQuestionQueue({ questionsAtOnce: 1, questionsWaiting: 0 });
  await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run(() => Promise.resolve(1))).toBe(1);
});
