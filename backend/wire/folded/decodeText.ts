/**
 * Bytes of a text file as a string.
 *
 * Shape:  UTF-8 unless a byte order mark says UTF-16 (Windows shells write that); the mark is not part of the text. Bytes that
 *         are no UTF-8 become U+FFFD: names are for people, and one bad name must not cost the file.
 * Errors: InputError invalid_argument, reason profile_size_limit, when there are more bytes than the limit.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';

/** What bounds every reader of text. */
export type TextLimits = Pick<Limits, 'bodyBytes' | 'samplesPerProfile' | 'stackDepth'>;

/** V8 holds no longer string; Infinity as a limit must not lead to an error of the engine. */
const longestText = 500_000_000;

export function decodeText(bytes: Uint8Array, format: string, { bodyBytes }: Pick<Limits, 'bodyBytes'>): string {
  const limit = Math.min(bodyBytes, longestText);
  if (bytes.length > limit) {
    const message = `${format}: ${bytes.length} bytes are more than the limit of ${limit} (--max-text-size)`;
    throw new InputError('invalid_argument', message, 'profile_size_limit');
  }
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}
