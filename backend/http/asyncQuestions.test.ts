import { createAsyncQuestions } from './asyncQuestions.ts';

const open = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = (): Promise<string> => new Promise(() => undefined);
const answers = (text: string) => () => Promise.resolve(text);

test('a question is running, then its answer stays for ten minutes', async () => {
  let now = 0;
  const questions = createAsyncQuestions<string>(2, () => now, open);
  const id = questions.start('t', answers('yes'));
  expect(questions.state('t', id)).toEqual({ kind: 'running' });
  await turn();
  now = 600_000;
  expect(questions.state('t', id)).toEqual({ kind: 'done', answer: 'yes' });
  now = 600_001;
  expect(() => questions.state('t', id)).toThrow('no async question');
});

test("a failure is told, another tenant's id is unknown", async () => {
  const questions = createAsyncQuestions<string>(2, () => 0, open);
  const id = questions.start('t', () => Promise.reject(new Error('no such day')));
  await turn();
  expect(questions.state('t', id)).toEqual({ kind: 'failed', message: 'no such day' });
  expect(() => questions.state('other', id)).toThrow('no async question');
});

test('a tenant runs so many, and keeps so many answers', async () => {
  const questions = createAsyncQuestions<string>(2, () => 0, open);
  const first = questions.start('t', answers('1'));
  await turn();
  questions.start('t', answers('2'));
  await turn();
  questions.start('t', never);
  expect(() => questions.state('t', first)).toThrow('no async question');
  questions.start('t', never);
  expect(() => questions.start('t', never)).toThrow('2 async questions are running (--max-async-questions)');
  questions.start('other', never);
});

test('closing gives up what is running', async () => {
  const closing = new AbortController();
  const questions = createAsyncQuestions<string>(1, () => 0, closing.signal);
  const seen = new Promise<string>((resolve) => {
    questions.start('t', (signal) => {
      signal.addEventListener('abort', () => resolve('given up'));
      return never();
    });
  });
  closing.abort();
  expect(await seen).toBe('given up');
});
