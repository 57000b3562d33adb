/** gRPC of another stack than ours: @grpc/grpc-js with bytes for messages, over h2c and over TLS. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Metadata, compressionAlgorithms, credentials } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { TlsFiles } from '../../backend/config.ts';

export interface GrpcClient {
  /** Rejects with grpc-js's ServiceError, whose code is the status. */
  unary(path: string, message: Uint8Array): Promise<Uint8Array>;
  /** A unary call that may be cancelled. */
  begin(path: string, message: Uint8Array): { readonly answer: Promise<Uint8Array>; cancel(): void };
  /** All at once, then the end; the only answer. */
  clientStream(path: string, messages: readonly Uint8Array[]): Promise<Uint8Array>;
  bidi(path: string): BidiCall;
  close(): void;
}

export interface BidiCall {
  send(message: Uint8Array): void;
  end(): void;
  /** The next answer; undefined when the server has ended the stream. */
  next(): Promise<Uint8Array | undefined>;
}

export interface GrpcClientOptions {
  readonly rootCertFile?: string;
  readonly gzip?: boolean;
  readonly token?: string;
  readonly userAgent?: string;
}

const plain = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
const asIs = (bytes: Buffer): Buffer => bytes;
const most = 64 * 2 ** 20;

export function connectGrpc(port: number, options: GrpcClientOptions = {}): GrpcClient {
  const { rootCertFile, gzip = false, token, userAgent = 'grpc-test/1.0' } = options;
  const client = new Client(
    `localhost:${port}`,
    rootCertFile === undefined ? credentials.createInsecure() : credentials.createSsl(readFileSync(rootCertFile)),
    {
      'grpc.max_send_message_length': most,
      'grpc.max_receive_message_length': most,
      'grpc.default_compression_algorithm': gzip ? compressionAlgorithms.gzip : compressionAlgorithms.identity,
      'grpc.primary_user_agent': userAgent,
    },
  );
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  const settle =
    (resolve: (bytes: Uint8Array) => void, reject: (error: Error) => void) =>
    (error: ServiceError | null, answer?: Buffer): void => {
      if (error === null) resolve(answer ?? new Uint8Array(0));
      else reject(error);
    };
  const begin: GrpcClient['begin'] = (path, message) => {
    let cancel = (): void => undefined;
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      const settled = settle(resolve, reject);
      const call = client.makeUnaryRequest(path, plain, asIs, Buffer.from(message), metadata, settled);
      cancel = () => call.cancel();
    });
    return { answer, cancel: () => cancel() };
  };
  return {
    begin,
    unary: (path, message) => begin(path, message).answer,
    clientStream: (path, messages) =>
      new Promise((resolve, reject) => {
        const call = client.makeClientStreamRequest(path, plain, asIs, metadata, settle(resolve, reject));
        for (const message of messages) call.write(Buffer.from(message));
        call.end();
      }),
    bidi: (path) => {
      const call = client.makeBidiStreamRequest(path, plain, asIs, metadata);
      const answers = call[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      return {
        send: (message) => void call.write(Buffer.from(message)),
        end: () => call.end(),
        next: async () => {
          const answer = await answers.next();
          return answer.done === true ? undefined : answer.value;
        },
      };
    },
    close: () => client.close(),
  };
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A certificate for localhost that nobody has signed but itself. */
export function makeCertificate(): TlsFiles {
  const dir = mkdtempSync(join(tmpdir(), 'pyrolens-tls-'));
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', certFile, '-days', '2', ...subject], { stdio: 'ignore' });
  return { certFile, keyFile };
}

/** A protobuf field of bytes. */
export function field(number: number, bytes: Uint8Array | string): Buffer {
  const body = Buffer.from(bytes);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(body.length)]), body]);
}

export const numberField = (number: number, value: number): Buffer =>
  Buffer.from([...varint(number * 8), ...varint(value)]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}
