/** InputError -> Connect error. Anything else is our own mistake: the client learns no more than that, the log learns all. */
import { Code, ConnectError } from '@connectrpc/connect';
import type { Interceptor } from '@connectrpc/connect';
import type { ErrorCode } from '../errors.ts';
import { InputError } from '../errors.ts';
import type { Log } from '../log.ts';

const codes: Readonly<Record<ErrorCode, Code>> = {
  invalid_argument: Code.InvalidArgument,
  unauthenticated: Code.Unauthenticated,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  failed_precondition: Code.FailedPrecondition,
  // Agents retry what is exhausted; a body that is too large stays too large.
  payload_too_large: Code.InvalidArgument,
  resource_exhausted: Code.ResourceExhausted,
  canceled: Code.Canceled,
  unimplemented: Code.Unimplemented,
  unavailable: Code.Unavailable,
  deadline_exceeded: Code.DeadlineExceeded,
};

export function toConnectError(error: unknown, log: Log): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof InputError) return new ConnectError(error.message, codes[error.code]);
  log.error('internal error', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new ConnectError('internal error; the server log has the details', Code.Internal);
}

export const errorInterceptor =
  (log: Log): Interceptor =>
  (next) =>
  async (request) => {
    try {
      return await next(request);
    } catch (error) {
      throw toConnectError(error, log);
    }
  };
