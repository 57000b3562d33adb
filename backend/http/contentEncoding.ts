/**
 * Unpacks what agents send packed, over HTTP and in gRPC messages alike. Connect's own RPCs know gzip only, as Pyroscope's.
 *
 * Units:  bytes; the limit is on what comes out.
 * Errors: InputError unimplemented for an unknown encoding, invalid_argument for broken bytes, payload_too_large.
 * Source: OpenTelemetry Collector confighttp and configgrpc: gzip, zstd, snappy (a block or frames), x-snappy-framed.
 */
import { InputError } from '../errors.ts';
import { unsnappy } from '../wire/snappy.ts';
import { unzstd } from '../wire/zstd.ts';
import { unpackBody } from './requestBody.ts';

export const knownEncodings = 'gzip, zstd, snappy';

export async function unpackEncoded(
  bytes: Uint8Array,
  encoding: string | undefined,
  limitBytes: number,
): Promise<Uint8Array> {
  switch ((encoding ?? 'identity').toLowerCase().trim()) {
    case 'identity':
    case '':
      return bytes;
    case 'gzip':
      return ungzip(bytes, limitBytes);
    case 'zstd':
      return unzstd(bytes, limitBytes);
    case 'snappy':
    case 'x-snappy-framed':
      return unsnappy(bytes, limitBytes);
    default:
      throw new InputError(
        'unimplemented',
        `unknown compression ${JSON.stringify(encoding?.slice(0, 40))}: supported encodings are ${knownEncodings}`,
      );
  }
}

/** Of a whole body the size is the request's, not the profile's. */
function ungzip(bytes: Uint8Array, limitBytes: number): Uint8Array {
  try {
    return unpackBody(bytes, 'gzip', limitBytes);
  } catch (error) {
    if (!(error instanceof InputError) || error.reason !== 'profile_size_limit') throw error;
    const message = `gzip expands to more than ${limitBytes} bytes`;
    throw new InputError('payload_too_large', message, 'body_size_limit_exceeded');
  }
}
