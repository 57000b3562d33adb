/** Bytes of a message -> bytes of the message that holds it in a field, and of the one that holds that, from the inside. */
import { longestVarint, ProtoBuffer } from '../pprof/protoBuffer.ts';

export function wrapMessages(bytes: Uint8Array, fields: readonly number[]): Uint8Array {
  let inner = bytes;
  for (const field of fields) {
    const out = new ProtoBuffer(inner.length + 1 + longestVarint);
    out.tag(field, 2);
    out.varint(inner.length);
    out.bytes.set(inner, out.at);
    out.at += inner.length;
    inner = out.finish();
  }
  return inner;
}
