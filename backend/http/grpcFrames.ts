/**
 * The frames in which gRPC and gRPC-Web carry messages.
 *
 * Shape:  one byte of flags (1: compressed; 128: trailers, in gRPC-Web), four bytes of length, big end first, the message.
 * Units:  bytes. A length past the limit is refused before anything is kept for it.
 * Errors: InputError invalid_argument for a stream that ends inside a frame, payload_too_large.
 * Source: grpc.io PROTOCOL-HTTP2.md, PROTOCOL-WEB.md.
 */
import { InputError } from '../errors.ts';

export interface Frame {
  readonly isCompressed: boolean;
  readonly isTrailer: boolean;
  readonly bytes: Uint8Array;
}

const headBytes = 5;

export async function* readFrames(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Frame> {
  let kept: Uint8Array[] = [];
  let have = 0;
  let need = headBytes;
  for await (const chunk of chunks) {
    kept.push(chunk);
    have += chunk.length;
    if (have < need) continue;
    // Joined only when a frame is whole: a message that comes in many chunks is copied once.
    let joined: Uint8Array = kept.length === 1 ? chunk : Buffer.concat(kept, have);
    for (;;) {
      need = headBytes;
      if (joined.length < headBytes) break;
      const length = new DataView(joined.buffer, joined.byteOffset).getUint32(1);
      if (length > limitBytes)
        throw new InputError(
          'payload_too_large',
          `a message of ${length} bytes is longer than ${limitBytes}`,
          'body_size_limit_exceeded',
        );
      need += length;
      if (joined.length < need) break;
      const flags = joined[0] ?? 0;
      yield {
        isCompressed: (flags & 1) !== 0,
        isTrailer: (flags & 0x80) !== 0,
        bytes: joined.subarray(headBytes, need),
      };
      joined = joined.subarray(need);
    }
    kept = joined.length > 0 ? [joined] : [];
    have = joined.length;
  }
  if (have > 0) throw new InputError('invalid_argument', 'the stream ends inside a message', 'malformed_profile');
}

export function frameOf(bytes: Uint8Array, flags = 0): Uint8Array {
  const frame = new Uint8Array(headBytes + bytes.length);
  frame[0] = flags;
  new DataView(frame.buffer).setUint32(1, bytes.length);
  frame.set(bytes, headBytes);
  return frame;
}
