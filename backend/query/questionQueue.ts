/**
 * How many questions about samples are worked on at once; the others wait in line, so that many flame graphs take no more
 * memory than a few, and pushes keep their share of the machine.
 *
 * Errors: InputError 'unavailable' when the line is full, 'canceled' when a question is given up while it waits.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';

export interface QuestionQueue {
  /** Begins when there is room. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createQuestionQueue({
  questionsAtOnce,
  questionsWaiting,
}: Pick<Limits, 'questionsAtOnce' | 'questionsWaiting'>): QuestionQueue {
  let running = 0;
  const line: (() => void)[] = [];
  const enter = (signal: AbortSignal | undefined): Promise<void> => {
    if (signal?.aborted) return Promise.reject(gaveUp());
    if (running < questionsAtOnce) {
      running++;
      return Promise.resolve();
    }
    if (line.length >= questionsWaiting) {
      return Promise.reject(
        new InputError(
          'unavailable',
          `${running} questions are worked on (--max-questions) and ${line.length} wait (--max-waiting-questions)`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        line.splice(line.indexOf(begin), 1);
        reject(gaveUp());
      };
      line.push(begin);
      signal?.addEventListener('abort', leave, { once: true });
    });
  };
  return {
    run: async (work, signal) => {
      await enter(signal);
      try {
        return await work();
      } finally {
        const next = line.shift();
        if (next === undefined) running--;
        else next();
      }
    },
  };
}

const gaveUp = (): InputError => new InputError('canceled', 'the question was given up');
