/**
 * What the engine's failures mean to whoever asked.
 *
 * Source: error codes: ClickHouse src/Common/ErrorCodes.cpp.
 */
import { InputError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';

const meanings: Readonly<Record<number, ErrorCode>> = {
  159: 'deadline_exceeded', // TIMEOUT_EXCEEDED
  160: 'deadline_exceeded', // TOO_SLOW
  158: 'resource_exhausted', // TOO_MANY_ROWS
  202: 'resource_exhausted', // TOO_MANY_SIMULTANEOUS_QUERIES
  241: 'resource_exhausted', // MEMORY_LIMIT_EXCEEDED
  307: 'resource_exhausted', // TOO_MANY_BYTES
  394: 'canceled', // QUERY_WAS_CANCELLED
  396: 'resource_exhausted', // TOO_MANY_ROWS_OR_BYTES
};

/** Who sees one of these can do something about it. */
const settings: Readonly<Record<number, string>> = {
  159: '--max-question-time',
  241: '--max-question-memory',
  396: '--max-question-memory',
};

export const giveUpMessage = 'the question was given up';

/** The engine only says that it does not open, and prints why on standard error: nearly always there is another owner. */
export function openingError(error: unknown, dataDir: string): InputError {
  const told = new InputError(
    'failed_precondition',
    `the storage engine does not open the data directory ${dataDir}: another process, maybe in another container, is ` +
      'using it, or its files cannot be read; the reason stands above on standard error',
  );
  told.cause = error;
  return told;
}

/** Everything that is not known to be something else is 'unavailable': agents then send again. */
export function engineError(error: unknown): InputError {
  if (error instanceof InputError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = /\bCode: (\d+)\b/.exec(message)?.[1];
  const meaning = meanings[Number(code)] ?? 'unavailable';
  const setting = settings[Number(code)];
  const told = new InputError(
    meaning,
    `the storage engine says: ${message.slice(0, 1_000)}${setting === undefined ? '' : ` (${setting})`}`,
  );
  told.cause = error;
  return told;
}
