/**
 * What a question in PromQL may take, whoever asks it: Prometheus' API or a query of the Grafana data source.
 *
 * Units:  milliseconds.
 * Errors: InputError deadline_exceeded when its time is over.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { QueryOptions } from '../promql/query.ts';

/** As Prometheus has it by default. */
const lookbackMillis = 300_000;
/** Timers hold no more. */
const longestTimer = 2 ** 31 - 1;

/** Steps as Prometheus has them by default; it counts 16 bytes a sample, here columns of parts live together. */
export const promqlBounds = ({ promqlSteps, promqlPoints }: Limits) => ({
  lookbackMillis,
  mostSteps: promqlSteps,
  mostPoints: promqlPoints,
});

/** `wanted`: what the asker would wait for, which counts when it is less. */
export async function askInTime<T>(
  { promqlMillis }: Limits,
  signal: AbortSignal,
  ask: (until: Pick<QueryOptions, 'signal' | 'deadline'>) => Promise<T>,
  wanted = Infinity,
): Promise<T> {
  const millis = Math.max(0, Math.min(wanted, promqlMillis, longestTimer));
  const deadline = performance.now() + millis;
  const timeout = AbortSignal.timeout(millis);
  try {
    return await ask({ signal: AbortSignal.any([signal, timeout]), deadline });
  } catch (error) {
    // A store that was told to give up says "canceled"; who told it is known here.
    const isLate = timeout.aborted || performance.now() > deadline;
    if (!isLate || !(error instanceof InputError) || error.code !== 'canceled') throw error;
    const limit = wanted < promqlMillis ? `after ${wanted} ms` : `after ${promqlMillis} ms (--max-promql-time)`;
    throw new InputError('deadline_exceeded', `query timed out in expression evaluation ${limit}`);
  }
}
