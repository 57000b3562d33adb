/**
 * Reads a request's body under the limits: the token first, so that nobody unknown makes us read; then the bytes, counted
 * as they come; then gzip.
 *
 * Errors: InputError unauthenticated, payload_too_large, unavailable (too much at once), invalid_argument (bad gzip).
 */
import { InputError } from '../errors.ts';
import { gunzip } from '../wire/gzip.ts';
import { chunksOf } from './answerer.ts';
import type { NodeRequest } from './answerer.ts';
import type { CheckToken } from './auth.ts';
import type { BodyAccount } from './bytesInFlight.ts';

export interface BodyRules {
  readonly checkToken: CheckToken;
  readonly account: BodyAccount;
  readonly limitBytes: number;
}

export async function readBody(
  request: NodeRequest,
  { checkToken, account, limitBytes }: BodyRules,
): Promise<Uint8Array> {
  checkToken(request.headers.authorization);
  const promised = Number(request.headers['content-length'] ?? 0);
  if (promised > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(request)) {
    length += chunk.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    account.take(chunk.length);
    chunks.push(chunk);
  }
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length);
}

/** The body as it was before Content-Encoding. */
export function unpackBody(bytes: Uint8Array, encoding: string | undefined, limitBytes: number): Uint8Array {
  switch ((encoding ?? 'identity').toLowerCase()) {
    case 'identity':
    case '':
      return bytes;
    case 'gzip':
      return bytes.length === 0 ? bytes : gunzipBody(bytes, limitBytes);
    default:
      throw new InputError(
        'unimplemented',
        `unknown compression ${JSON.stringify(encoding)}: supported encodings are gzip`,
      );
  }
}

function gunzipBody(bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    throw new InputError('invalid_argument', 'byte 0: Content-Encoding says gzip, the body is none');
  return gunzip(bytes, limitBytes);
}

const tooLarge = (limitBytes: number): InputError =>
  new InputError('payload_too_large', `request body is larger than ${limitBytes} bytes`, 'body_size_limit_exceeded');
