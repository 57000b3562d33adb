/**
 * gzip under a limit: what expands past it costs no more memory than the limit.
 *
 * Shape:  bytes without gzip's magic 1f 8b come back as they are.
 *         Members that follow each other are one text; zeros may follow the last, nothing else.
 * Units:  bytes. A limit of Infinity is no limit.
 * Errors: InputError invalid_argument; its reason says whether it was too large or malformed.
 * Source: RFC 1952. The last four bytes of a member are its size modulo 2^32: a hint for the first allocation only.
 */
import { constants } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';

const smallestChunk = 64;
/** Deflate makes no more than this of a byte (zlib, "Maximum expansion factor"): a promise above it is a lie. */
const mostExpansion = 1_032;
/** Header and trailer of a member without a byte in between. */
const smallestMember = 18;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** `setting`: where the limit comes from, for who is refused. */
export function gunzip(bytes: Uint8Array, limitBytes: number, setting = ''): Uint8Array {
  if (!isGzip(bytes)) {
    if (bytes.length > limitBytes) throw tooLarge(limitBytes, setting);
    return bytes;
  }
  // The right chunk size saves the copying of many chunks: 10-18 % of the time.
  const chunkSize = Math.max(smallestChunk, Math.min(promisedBytes(bytes) + 16, limitBytes));
  try {
    return gunzipSync(bytes, { chunkSize, maxOutputLength: Math.min(limitBytes, constants.MAX_LENGTH) });
  } catch (error) {
    // zlib throws; the bytes came from a client.
    if (textOf(error, 'code') === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limitBytes, setting);
    throw new InputError('invalid_argument', `gzip: ${textOf(error, 'message')}`, 'malformed_profile');
  }
}

function promisedBytes(bytes: Uint8Array): number {
  if (bytes.length < smallestMember) return 0;
  const promised = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4, true);
  return Math.min(promised, bytes.length * mostExpansion);
}

function tooLarge(limitBytes: number, setting: string): InputError {
  const named = setting === '' ? '' : ` (${setting})`;
  const message = `uncompressed profile payload size exceeds limit of ${formatMegabytes(limitBytes)}${named}`;
  return new InputError('invalid_argument', message, 'profile_size_limit');
}

/** As Pyroscope writes it: 4.2 MB for 4 MiB. */
const formatMegabytes = (bytes: number): string => (bytes < 1e6 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`);

/** Not by instanceof: in a vm context, as tests have, zlib's Error is another class. */
function textOf(error: unknown, key: 'code' | 'message'): string {
  return typeof error === 'object' && error !== null && key in error ? String(Reflect.get(error, key)) : '';
}
