/**
 * What stays the same while an expression is evaluated, and the bound on its work.
 *
 * Units:  milliseconds since 1970.
 * Errors: InputError resource_exhausted when the bound is reached, canceled when the signal fires or the deadline is over.
 */
import { InputError } from '../errors.ts';
import type { SampleSource } from './sampleSource.ts';

/** Moments at which an expression is evaluated: startMillis + i * stepMillis. */
export interface Steps {
  readonly startMillis: number;
  readonly stepMillis: number;
  readonly count: number;
}

export interface Evaluation {
  readonly source: SampleSource;
  /** What start() and end() mean behind @. */
  readonly startMillis: number;
  readonly endMillis: number;
  readonly lookbackMillis: number;
  /** The step of a subquery that names none. */
  readonly subqueryStepMillis: number;
  readonly work: Work;
  readonly signal: AbortSignal | undefined;
}

export interface Work {
  /** To be called before points are allocated or read. */
  take(points: number): void;
}

export function createWork(mostPoints: number, signal: AbortSignal | undefined, deadline = Infinity): Work {
  let taken = 0;
  return {
    take: (points) => {
      taken += points;
      if (taken > mostPoints) {
        throw new InputError(
          'resource_exhausted',
          `query processing would load too many samples: at least ${taken}, the limit is ${mostPoints} (--max-promql-points); narrow the selectors or the range`,
        );
      }
      if (signal?.aborted || performance.now() > deadline) throw new InputError('canceled', 'query was canceled');
    },
  };
}

export const timeAt = ({ startMillis, stepMillis }: Steps, step: number): number => startMillis + step * stepMillis;
