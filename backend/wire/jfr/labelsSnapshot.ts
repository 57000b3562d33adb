/**
 * The second part of pyroscope-java's upload: what the context ids in the events mean.
 *
 * Shape:  protobuf: contexts = 1, a map from context id to { labels = 1, a map from string id to string id }; strings = 2, a
 *         map from id to text. Labels whose name or text is not there, and names that begin with __, are left out.
 * Errors: InputError invalid_argument, "JFR labels, byte N: ...".
 * Source: reference pyroscope-api 3.10; pyroscope-java's LabelsSnapshot.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { ProtoCursor } from '../protoCursor.ts';
import type { JfrKey } from './jfrCursor.ts';
import { keyOf } from './jfrCursor.ts';

export interface LabelsSnapshot {
  /** Context id -> label name -> text. */
  readonly contexts: ReadonlyMap<JfrKey, ReadonlyMap<string, string>>;
  /** Events name spans by the id of a string. */
  readonly strings: ReadonlyMap<JfrKey, string>;
}

export const noLabels: LabelsSnapshot = { contexts: new Map(), strings: new Map() };

const decoder = new TextDecoder();

export function readLabelsSnapshot(bytes: Uint8Array, limits: Pick<Limits, 'labelsPerSample'>): LabelsSnapshot {
  const cursor = new ProtoCursor(bytes, 'JFR labels');
  const strings = new Map<JfrKey, string>();
  const contextIds = new Map<JfrKey, ReadonlyMap<JfrKey, JfrKey>>();
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    const { field, start, stop, end } = cursor;
    cursor.enter(start, stop);
    if (field === 1) readContext(cursor, limits, contextIds);
    else if (field === 2) readString(cursor, strings);
    cursor.enter(stop, end);
  }
  // Contexts stand before the strings that they use.
  const contexts = new Map<JfrKey, ReadonlyMap<string, string>>();
  for (const [id, labels] of contextIds) contexts.set(id, labelsOf(labels, strings));
  return { contexts, strings };
}

function labelsOf(ids: ReadonlyMap<JfrKey, JfrKey>, strings: ReadonlyMap<JfrKey, string>): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [nameId, textId] of ids) {
    const name = strings.get(nameId) ?? '';
    const text = strings.get(textId);
    if (name !== '' && !name.startsWith('__') && text !== undefined) labels.set(name, text);
  }
  return labels;
}

function readString(cursor: ProtoCursor, strings: Map<JfrKey, string>): void {
  let id: JfrKey = 0;
  let text = '';
  while (cursor.next()) {
    if (isVarint(cursor, 1)) id = keyOf(cursor.low, cursor.high);
    else if (cursor.field === 2 && cursor.wireType === 2)
      text = decoder.decode(cursor.bytes.subarray(cursor.start, cursor.stop));
  }
  strings.set(id, text);
}

function readContext(
  cursor: ProtoCursor,
  { labelsPerSample }: Pick<Limits, 'labelsPerSample'>,
  contexts: Map<JfrKey, ReadonlyMap<JfrKey, JfrKey>>,
): void {
  const at = cursor.at;
  let id: JfrKey = 0;
  const labels = new Map<JfrKey, JfrKey>();
  while (cursor.next()) {
    if (isVarint(cursor, 1)) id = keyOf(cursor.low, cursor.high);
    if (cursor.field !== 2 || cursor.wireType !== 2) continue;
    const { stop, end } = cursor;
    cursor.enter(cursor.start, stop);
    readContextLabels(cursor, labels);
    cursor.enter(stop, end);
    if (labels.size > labelsPerSample)
      throw new InputError(
        'invalid_argument',
        `JFR labels, byte ${at}: a context has more than ${labelsPerSample} labels`,
        'sample_labels_limit',
      );
  }
  contexts.set(id, labels);
}

/** Context { labels = 1 }, each a map entry of two ids. */
function readContextLabels(cursor: ProtoCursor, labels: Map<JfrKey, JfrKey>): void {
  while (cursor.next()) {
    if (cursor.field !== 1 || cursor.wireType !== 2) continue;
    const { stop, end } = cursor;
    cursor.enter(cursor.start, stop);
    let name: JfrKey = 0;
    let text: JfrKey = 0;
    while (cursor.next()) {
      const key = keyOf(cursor.low, cursor.high);
      if (isVarint(cursor, 1)) name = key;
      else if (isVarint(cursor, 2)) text = key;
    }
    labels.set(name, text);
    cursor.enter(stop, end);
  }
}

const isVarint = (cursor: ProtoCursor, field: number): boolean => cursor.field === field && cursor.wireType === 0;
