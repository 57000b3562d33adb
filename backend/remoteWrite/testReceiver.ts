/** A receiver of remote write for tests: answers as it is told, and keeps what it took. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { ProtoCursor } from '../wire/protoCursor.ts';
import { unsnappy } from '../wire/snappy.ts';

export interface ReceivedSample {
  /** name{label="value"}, as it came. */
  readonly series: string;
  readonly millis: number;
  readonly value: number;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly samples: readonly ReceivedSample[];
}

export interface TestAnswer {
  readonly status: number;
  readonly text?: string;
  readonly headers?: OutgoingHttpHeaders;
}

export interface TestReceiver {
  readonly url: URL;
  /** All that came, refused or not. */
  readonly requests: readonly ReceivedRequest[];
  /** Those of requests with a 2xx. */
  readonly stored: readonly ReceivedSample[];
  close(): Promise<void>;
}

export async function startTestReceiver(
  answer: (request: ReceivedRequest) => TestAnswer | Promise<TestAnswer> = () => ({ status: 204 }),
  port = 0,
): Promise<TestReceiver> {
  const requests: ReceivedRequest[] = [];
  const stored: ReceivedSample[] = [];
  const server = createServer((message, response) => {
    void (async () => {
      const samples = readWriteRequest(unsnappy(await bodyOf(message), 2 ** 24));
      const request = { path: message.url ?? '', headers: message.headers, samples };
      requests.push(request);
      const { status, text = '', headers = {} } = await answer(request);
      if (status < 300) stored.push(...samples);
      response.writeHead(status, headers).end(text);
    })();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: new URL(`http://127.0.0.1:${listening}/api/v1/write`),
    requests,
    stored,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts);
}

function readWriteRequest(bytes: Uint8Array): readonly ReceivedSample[] {
  const samples: ReceivedSample[] = [];
  eachField(bytes, (_, series) => {
    const labels: string[] = [];
    let name = '';
    eachField(series, (field, part) => {
      if (field === 2) {
        samples.push({ series: `${name}{${labels.join(',')}}`, ...readSample(part) });
        return;
      }
      const texts: string[] = [];
      eachField(part, (_number, text) => texts.push(Buffer.from(text).toString()));
      if (texts[0] === '__name__') name = texts[1] ?? '';
      else labels.push(`${texts[0]}=${JSON.stringify(texts[1])}`);
    });
  });
  return samples;
}

function eachField(bytes: Uint8Array, use: (field: number, part: Uint8Array) => void): void {
  const cursor = new ProtoCursor(bytes, 'remote write');
  while (cursor.next()) use(cursor.field, bytes.subarray(cursor.start, cursor.stop));
}

function readSample(bytes: Uint8Array): { readonly millis: number; readonly value: number } {
  const cursor = new ProtoCursor(bytes, 'remote write');
  let [millis, value] = [NaN, NaN];
  while (cursor.next()) {
    if (cursor.field === 1) value = Buffer.from(bytes).readDoubleLE(cursor.start);
    else millis = cursor.high * 2 ** 32 + cursor.low;
  }
  return { millis, value };
}
