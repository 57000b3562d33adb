/**
 * Reads a chunk's metadata: which classes there are and which fields each has. Events and constants are laid out by it.
 *
 * Shape:  a table of strings, then a tree of elements: root > metadata > class > field. Each has attributes, which are pairs
 *         of string indexes, and children. What else stands in the tree (annotations, settings, the region) is passed over.
 * Errors: InputError invalid_argument with the byte offset. Depth is bounded; a count that does not fit the bytes is refused.
 * Source: OpenJDK 21 jdk.jfr.internal.MetadataReader.
 */
import type { ChunkEvent } from './readChunks.ts';
import type { JfrCursor } from './jfrCursor.ts';

export interface JfrClass {
  readonly id: number;
  /** As in jdk.types.StackTrace, or "long". */
  readonly name: string;
  readonly fields: readonly JfrField[];
}

export interface JfrField {
  readonly name: string;
  readonly classId: number;
  /** The value is the key of a constant of that class. */
  readonly isConstant: boolean;
  readonly isArray: boolean;
}

const deepestElement = 16;

export function readMetadata(cursor: JfrCursor, { at, stop }: ChunkEvent): ReadonlyMap<number, JfrClass> {
  cursor.enter(at, stop);
  // Start time, duration, id of the metadata.
  for (let i = 0; i < 3; i++) cursor.integer(8);
  const strings: string[] = [];
  const count = cursor.count('strings');
  const noConstant = (): string => {
    throw cursor.malformed(cursor.at, 'a string of the metadata is a constant');
  };
  for (let i = 0; i < count; i++) strings.push(cursor.text(noConstant));
  const classes = new Map<number, JfrClass>();
  readElement(cursor, strings, 0, (element) => {
    if (element.name !== 'class') return;
    const id = idOf(cursor, element, 'id');
    classes.set(id, { id, name: element.attributes.get('name') ?? '', fields: fieldsOf(cursor, element) });
  });
  return classes;
}

interface Element {
  readonly at: number;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
}

/** Hands out each element when its children are read. Children are kept by classes alone, which is all that is asked of. */
function readElement(
  cursor: JfrCursor,
  strings: readonly string[],
  depth: number,
  take: (element: Element) => void,
): Element {
  const { at } = cursor;
  if (depth > deepestElement) throw cursor.malformed(at, `metadata is deeper than ${deepestElement}`);
  const string = (): string => {
    const from = cursor.at;
    const text = strings[cursor.whole(4, 'string index')];
    if (text === undefined) throw cursor.malformed(from, 'metadata refers to a string that is not there');
    return text;
  };
  const name = string();
  const attributes = new Map<string, string>();
  const attributeCount = cursor.count('attributes');
  for (let i = 0; i < attributeCount; i++) attributes.set(string(), string());
  const children: Element[] = [];
  const childCount = cursor.count('elements');
  for (let i = 0; i < childCount; i++) {
    const child = readElement(cursor, strings, depth + 1, take);
    if (name === 'class' && child.name === 'field') children.push(child);
  }
  const element = { at, name, attributes, children };
  take(element);
  return element;
}

const fieldsOf = (cursor: JfrCursor, { children }: Element): readonly JfrField[] =>
  children.map((field) => ({
    name: field.attributes.get('name') ?? '',
    classId: idOf(cursor, field, 'class'),
    isConstant: field.attributes.get('constantPool') === 'true',
    isArray: (field.attributes.get('dimension') ?? '0') !== '0',
  }));

function idOf(cursor: JfrCursor, { at, attributes }: Element, name: string): number {
  const text = attributes.get(name) ?? '';
  // Writers count up from 1; nine digits fit the column of event types.
  if (!/^\d{1,9}$/.test(text))
    throw cursor.malformed(at, `${name} of a class is no number: ${JSON.stringify(text.slice(0, 64))}`);
  return Number(text);
}
