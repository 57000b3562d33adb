/** gzip for Connect, with our limit on what a message may expand to. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Compression } from '@connectrpc/connect/protocol';
import type { Log } from '../log.ts';
import { unpackBody } from './requestBody.ts';
import { toConnectError } from './connectErrors.ts';

const compress = promisify(gzip);

/** Flame graphs shrink to a seventh at level 1 already; higher levels cost more time than they save. */
export const compressGzip = async (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await compress(bytes, { level: 1 }));

export function createGzipCompression(limitBytes: number, log: Log): Compression {
  return {
    name: 'gzip',
    compress: compressGzip,
    // Connect passes on what is a ConnectError and hides everything else.
    decompress: (bytes) =>
      new Promise<Uint8Array<ArrayBuffer>>((resolve) =>
        resolve(new Uint8Array(unpackBody(bytes, 'gzip', limitBytes))),
      ).catch((error: unknown) => {
        throw toConnectError(error, log);
      }),
  };
}
