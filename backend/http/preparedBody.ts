/**
 * Answers that are bytes already: large ones are written without a message, whatever the protocol of the question.
 *
 * Shape:  Connect's unary protocols get the bytes as their body, put in place by the adapter behind Connect (it has made the
 *         headers for an empty message). gRPC's frames hold them as a message of fields that the runtime does not look into.
 */
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary } from '@bufbuild/protobuf';
import type { ContextValues, HandlerContext } from '@connectrpc/connect';
import { createContextKey } from '@connectrpc/connect';
import type { UniversalServerResponse } from '@connectrpc/connect/protocol';
import { compressGzip } from './gzipCompression.ts';

const preparedKey = createContextKey<Uint8Array | undefined>(undefined);

export interface BodyWriters {
  readonly json: () => Uint8Array;
  readonly proto: () => Uint8Array;
}

export function answerBytes<Desc extends DescMessage>(
  schema: Desc,
  { json, proto }: BodyWriters,
  context: Pick<HandlerContext, 'requestHeader' | 'values'>,
): MessageShape<Desc> {
  const contentType = context.requestHeader.get('content-type') ?? '';
  if (/^application\/(json|proto)\b/i.test(contentType)) {
    context.values.set(preparedKey, /^application\/json/i.test(contentType) ? json() : proto());
    return create(schema);
  }
  return /json/i.test(contentType) ? fromBinary(schema, proto()) : messageOfBytes(schema, proto());
}

/** The first field's tag, and everything behind it as that field's data: what is written is what was given. */
function messageOfBytes<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  const message = create(schema);
  const tag = bytes[0];
  if (tag !== undefined) message.$unknown = [{ no: tag >>> 3, wireType: tag & 7, data: bytes.subarray(1) }];
  return message;
}

/** The body that a handler has prepared, encoded as the headers say; undefined when there is none or the answer is an error. */
export async function preparedBody(
  { status, header }: UniversalServerResponse,
  values: ContextValues,
): Promise<Uint8Array | undefined> {
  const bytes = values.get(preparedKey);
  if (bytes === undefined || status !== 200) return undefined;
  return header?.get('content-encoding') === 'gzip' ? compressGzip(bytes) : bytes;
}
