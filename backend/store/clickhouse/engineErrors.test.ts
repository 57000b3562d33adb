import { InputError } from '../../errors.ts';
import { engineError, openingError } from './engineErrors.ts';
import { loadChdb } from './loadChdb.ts';

for (const [message, code, setting] of [
  ['Code: 159. DB::Exception: Timeout exceeded', 'deadline_exceeded', ' (--max-question-time)'],
  ['Code: 241. DB::Exception: Memory limit exceeded', 'resource_exhausted', ' (--max-question-memory)'],
  ['Code: 396. DB::Exception: Limit for result exceeded', 'resource_exhausted', ' (--max-question-memory)'],
  ['Code: 394. DB::Exception: Query was cancelled', 'canceled', ''],
  ['Code: 243. DB::Exception: Not enough space', 'unavailable', ''],
  ['no code at all', 'unavailable', ''],
] as const) {
  test(`"${message}" is ${code}`, () => {
    const cause = new Error(message);
    const error = engineError(cause);
    const told = `the storage engine says: ${message}${setting}`;
    expect([error.code, error.message, error.cause]).toEqual([code, told, cause]);
  });
}

test('our own errors pass as they are, and the words of others are cut', () => {
  const own = new InputError('canceled', 'x');
  expect(engineError(own)).toBe(own);
  expect(engineError(new Error('y'.repeat(5_000))).message.length).toBeLessThan(1_100);
  expect(engineError('text').message).toBe('the storage engine says: text');
});

test('a directory that does not open is named', () => {
  expect(openingError(new Error('Failed'), '/data')).toMatchObject({
    code: 'failed_precondition',
    message: expect.stringContaining('/data: another process') as string,
  });
});

test('where the engine cannot be loaded, the way without it is named', async () => {
  const load = () => Promise.reject(new Error('libchdb.so: cannot open shared object file'));
  await expect(loadChdb(load)).rejects.toMatchObject({
    code: 'failed_precondition',
    message: expect.stringMatching(/cannot open shared object file.*--store memory/) as string,
  });
});
