/**
 * What reading one Arrow stream may cost: every allocation whose size the sender decides is paid for here, before it is made.
 *
 * Units:  bytes.
 * Errors: InputError invalid_argument: body_size_limit_exceeded for what is too large, malformed_profile for what is wrong.
 */
import { InputError } from '../../../errors.ts';

export class Budget {
  readonly #limitBytes: number;
  #takenBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get takenBytes(): number {
    return this.#takenBytes;
  }

  take(bytes: number, what: string): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes <= this.#limitBytes) return;
    const message = `arrow: ${what} would take more than ${this.#limitBytes} bytes in all (--max-body-size)`;
    throw new InputError('invalid_argument', message, 'body_size_limit_exceeded');
  }
}

export const malformedArrow = (what: string): InputError =>
  new InputError('invalid_argument', `arrow: ${what}`, 'malformed_profile');

export const malformedAt = (byte: number, what: string): InputError =>
  new InputError('invalid_argument', `arrow, byte ${byte}: ${what}`, 'malformed_profile');
