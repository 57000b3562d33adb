/**
 * The messages around what the Parca agent sends: of ProfileStoreService and TelemetryService.
 *
 * Shape:  WriteArrowRequest{bytes ipc_buffer=1} -> {}; WriteRequest{bytes record=1} -> WriteResponse{bytes record=1};
 *         ReportPanicRequest{string stderr=1; map<string, string> metadata=2} -> {}. An empty message is no bytes.
 * Errors: InputError invalid_argument with the byte offset.
 * Source: reference agents-wire 1.2; parca proto telemetry/v1alpha1.
 */
import { ProtoCursor } from '../protoCursor.ts';
import { bytesField } from './messageWriter.ts';

/** The Arrow stream of a WriteArrowRequest. */
export const readWriteArrowRequest = (bytes: Uint8Array): Uint8Array => lastBytes(bytes, 1, 'WriteArrowRequest');
/** The Arrow stream of a WriteRequest. */
export const readWriteRequest = (bytes: Uint8Array): Uint8Array => lastBytes(bytes, 1, 'WriteRequest');

export const writeWriteResponse = (record: Uint8Array): Uint8Array => bytesField(1, record);

export interface PanicReport {
  readonly stderr: string;
  readonly metadata: ReadonlyMap<string, string>;
}

const mostMetadata = 100;

export function readReportPanicRequest(bytes: Uint8Array): PanicReport {
  const cursor = new ProtoCursor(bytes, 'ReportPanicRequest');
  const metadata = new Map<string, string>();
  let stderr = '';
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.field === 1) stderr = textOf(cursor);
    else if (cursor.field === 2 && metadata.size < mostMetadata) {
      const { stop, end } = cursor;
      const [name = '', value = ''] = readTexts(cursor, 2);
      metadata.set(name, value);
      cursor.enter(stop, end);
    }
  }
  return { stderr, metadata };
}

/** The first `count` fields, all of them text, of the message that the cursor stands on. */
export function readTexts(cursor: ProtoCursor, count: number): readonly string[] {
  const texts = Array.from({ length: count }, () => '');
  cursor.enter(cursor.start, cursor.stop);
  while (cursor.next()) if (cursor.wireType === 2 && cursor.field <= count) texts[cursor.field - 1] = textOf(cursor);
  return texts;
}

/** Bytes that are no UTF-8 become U+FFFD. */
export const textOf = ({ bytes, start, stop }: ProtoCursor): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('utf8');

function lastBytes(bytes: Uint8Array, field: number, message: string): Uint8Array {
  const cursor = new ProtoCursor(bytes, message);
  let found: Uint8Array = new Uint8Array(0);
  while (cursor.next()) {
    if (cursor.field === field && cursor.wireType === 2) found = bytes.subarray(cursor.start, cursor.stop);
  }
  return found;
}
