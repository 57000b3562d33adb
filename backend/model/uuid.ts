/** UUIDs: 16 bytes in the store, 36 characters on the wire. */
import { InputError } from '../errors.ts';

export function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function parseUuid(text: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) {
    throw new InputError('invalid_argument', `not a UUID: ${JSON.stringify(text.slice(0, 64))}`);
  }
  return Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex'));
}
