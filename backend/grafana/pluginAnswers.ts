/**
 * Writes what a backend plugin answers Grafana: the messages of pluginv2.
 *
 * Shape:  a query is answered with frames, or with an error, its HTTP status and whose mistake it was: "plugin" for our own,
 *         "downstream" for what the asker, the network or the data can mend.
 * Source: grafana-plugin-sdk-go v0.298.0, proto/backend.proto; reference grafana-plugins 1.4.
 */
import { ProtoWriter } from '../wire/protoWriter.ts';

export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly source: 'plugin' | 'downstream';
}

export type QueryAnswer =
  | { readonly refId: string; readonly kind: 'frames'; readonly frames: readonly Uint8Array[] }
  | { readonly refId: string; readonly kind: 'failure'; readonly failure: Failure };

export function writeQueryDataResponse(answers: readonly QueryAnswer[]): Uint8Array {
  const writer = new ProtoWriter();
  for (const answer of answers) {
    const entry = writer.begin(1);
    writer.text(1, answer.refId);
    const response = writer.begin(2);
    if (answer.kind === 'frames') {
      for (const frame of answer.frames) writer.bytes(1, frame);
      writeStatus(writer, 4, 200);
    } else {
      const { status, message, source } = answer.failure;
      writer.text(2, message);
      writeStatus(writer, 4, status);
      writer.text(5, source);
    }
    writer.end(response);
    writer.end(entry);
  }
  return writer.finish();
}

export interface Health {
  readonly isOk: boolean;
  readonly message: string;
  readonly details: object;
}

const healthOk = 1;
const healthError = 2;

export function writeHealth({ isOk, message, details }: Health): Uint8Array {
  const writer = new ProtoWriter();
  writeStatus(writer, 1, isOk ? healthOk : healthError);
  writer.text(2, message);
  writer.text(3, JSON.stringify(details));
  return writer.finish();
}

/** In Prometheus' text format. */
export function writeCollectMetrics(text: string): Uint8Array {
  const writer = new ProtoWriter();
  const payload = writer.begin(1);
  writer.text(1, text);
  writer.end(payload);
  return writer.finish();
}

export function writeResource(status: number, body: unknown): Uint8Array {
  const writer = new ProtoWriter();
  writeStatus(writer, 1, status);
  const header = writer.begin(2);
  writer.text(1, 'Content-Type');
  const values = writer.begin(2);
  writer.text(1, 'application/json');
  writer.end(values);
  writer.end(header);
  writer.text(3, JSON.stringify(body));
  return writer.finish();
}

function writeStatus(writer: ProtoWriter, field: number, status: number): void {
  writer.tag(field, 0);
  writer.varint(BigInt(status));
}
