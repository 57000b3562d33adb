/**
 * A cap on the bytes of request bodies that are held at the same time, so that many large pushes at once wait at their
 * senders and not in our memory.
 *
 * Errors: InputError unavailable, which agents retry with back-off. A request that is alone is never refused.
 */
import { InputError } from '../errors.ts';

export interface BytesInFlight {
  open(): BodyAccount;
}

export interface BodyAccount {
  take(bytes: number): void;
  /** Gives everything back; may be called twice. */
  close(): void;
}

export function createBytesInFlight(limitBytes: number): BytesInFlight {
  let total = 0;
  return {
    open: () => {
      let own = 0;
      return {
        take: (bytes) => {
          if (total > own && total + bytes > limitBytes) {
            throw new InputError(
              'unavailable',
              `more than ${limitBytes} bytes of requests are being worked on (--max-bytes-in-flight); try again`,
            );
          }
          own += bytes;
          total += bytes;
        },
        close: () => {
          total -= own;
          own = 0;
        },
      };
    },
  };
}
