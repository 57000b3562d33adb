/**
 * The static bearer token. Without one configured, everybody may do everything (and the server listens on loopback only).
 *
 * Errors: InputError unauthenticated. It does not say how the token was wrong, and takes equally long.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { InputError } from '../errors.ts';

export type CheckToken = (authorization: string | undefined) => void;

export function createTokenCheck(token: string | undefined): CheckToken {
  if (token === undefined) return () => undefined;
  const expected = digest(token);
  return (authorization) => {
    const given = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new InputError(
        'unauthenticated',
        'send the header "Authorization: Bearer TOKEN" with the token of --token',
      );
    }
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
