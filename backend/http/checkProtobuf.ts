/**
 * Counts what the fields of a message would become, before anything makes objects of them: two bytes can be a message of its
 * own, and a body that gzip has made small would take gigabytes.
 *
 * Errors: InputError invalid_argument for bytes that are no protobuf, payload_too_large for too many fields.
 */
import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { InputError } from '../errors.ts';
import { ProtoCursor } from '../wire/protoCursor.ts';

/** Of a whole request, as fields of protobuf and as values of JSON: a push of a large node has some ten thousand. */
export const mostValues = 1_000_000;
const deepest = 100;

export function tooManyValues(offset: number): InputError {
  const message = `byte ${offset}: more than ${mostValues} values in one request`;
  return new InputError('payload_too_large', message, 'body_size_limit_exceeded');
}

export function checkProtobufSize(bytes: Uint8Array, message: DescMessage): void {
  const cursor = new ProtoCursor(bytes, message.name);
  let values = 0;
  const walk = ({ fields }: DescMessage, depth: number): void => {
    if (depth > deepest) throw cursor.malformed(cursor.at, `messages are nested deeper than ${deepest}`);
    const byNumber = new Map(fields.map((field) => [field.number, field]));
    while (cursor.next()) {
      const { start, stop, end } = cursor;
      const field = cursor.wireType === 2 ? byNumber.get(cursor.field) : undefined;
      values += isPacked(field) ? Math.max(1, stop - start) : 1;
      if (values > mostValues) throw tooManyValues(cursor.at);
      if (field?.message === undefined) continue;
      cursor.enter(start, stop);
      walk(field.message, depth + 1);
      cursor.enter(stop, end);
    }
  };
  walk(message, 0);
}

/** Every byte may be a number. */
function isPacked(field: DescField | undefined): boolean {
  if (field?.fieldKind !== 'list') return false;
  return field.listKind === 'enum' || (field.listKind === 'scalar' && !isBytes(field.scalar));
}

const isBytes = (scalar: ScalarType): boolean => scalar === ScalarType.STRING || scalar === ScalarType.BYTES;
