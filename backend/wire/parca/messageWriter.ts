/**
 * Writes the flat protobuf messages with which the Parca agent is answered.
 *
 * Shape:  parts of a message, to be put together with Buffer.concat. What is a field's default is no bytes, as in proto3.
 * Source: protobuf encoding guide.
 */
const nothing = new Uint8Array(0);

export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return nothing;
  return Buffer.concat([varint(BigInt(field * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
}

export const textField = (field: number, text: string): Uint8Array => bytesField(field, Buffer.from(text, 'utf8'));

export const numberField = (field: number, value: bigint): Uint8Array =>
  value === 0n ? nothing : Buffer.concat([varint(BigInt(field * 8)), varint(value)]);

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}
