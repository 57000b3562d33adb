/**
 * How values of a class lie in the bytes, compiled from the metadata, and how to step over them.
 *
 * Shape:  a value is its fields one after another: integers, text, other values in place, or the key of a constant; arrays
 *         are a count and then that many. Fields that take no bytes are left out of a layout: what is left takes a byte each,
 *         so that time is bounded by the bytes however the metadata was made up.
 * Errors: InputError invalid_argument with the byte offset: a class that is not there or that holds itself.
 */
import type { JfrClass, JfrField } from './readMetadata.ts';
import type { JfrCursor } from './jfrCursor.ts';

export type Layout =
  | { readonly kind: 'bytes'; readonly width: number }
  | { readonly kind: 'integer'; readonly width: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'fields'; readonly fields: readonly FieldLayout[] };

export interface FieldLayout {
  readonly name: string;
  readonly isArray: boolean;
  readonly layout: Layout;
}

const primitives: ReadonlyMap<string, Layout> = new Map<string, Layout>([
  ['boolean', { kind: 'bytes', width: 1 }],
  ['byte', { kind: 'bytes', width: 1 }],
  ['char', { kind: 'integer', width: 2 }],
  ['short', { kind: 'integer', width: 2 }],
  ['int', { kind: 'integer', width: 4 }],
  ['long', { kind: 'integer', width: 8 }],
  ['float', { kind: 'bytes', width: 4 }],
  ['double', { kind: 'bytes', width: 8 }],
  ['java.lang.String', { kind: 'text' }],
]);
const constantKey: Layout = { kind: 'integer', width: 8 };

/** Real ones nest two or three deep: a stack trace holds its frames. */
const deepestValue = 16;

export class LayoutTable {
  readonly #classes: ReadonlyMap<number, JfrClass>;
  readonly #layouts = new Map<number, Layout>();
  readonly #cursor: JfrCursor;

  constructor(cursor: JfrCursor, classes: ReadonlyMap<number, JfrClass>) {
    this.#cursor = cursor;
    this.#classes = classes;
  }

  of(classId: number, depth = 0): Layout {
    const known = this.#layouts.get(classId);
    if (known !== undefined) return known;
    const { at } = this.#cursor;
    const found = this.#classes.get(classId);
    if (found === undefined) throw this.#cursor.malformed(at, `class ${classId} is not in the metadata`);
    if (depth > deepestValue) throw this.#cursor.malformed(at, `${found.name} holds values of itself, or too deep`);
    const layout = primitives.get(found.name) ?? {
      kind: 'fields',
      fields: found.fields.map((field) => this.#field(field, depth)).filter(takesBytes),
    };
    this.#layouts.set(classId, layout);
    return layout;
  }

  #field({ name, classId, isConstant, isArray }: JfrField, depth: number): FieldLayout {
    return { name, isArray, layout: isConstant ? constantKey : this.of(classId, depth + 1) };
  }
}

const takesBytes = ({ isArray, layout }: FieldLayout): boolean =>
  isArray || layout.kind !== 'fields' || layout.fields.length > 0;

export function skipValue(cursor: JfrCursor, layout: Layout): void {
  switch (layout.kind) {
    case 'bytes':
      return cursor.skip(layout.width);
    case 'integer':
      return cursor.integer(layout.width);
    case 'text':
      return cursor.skipText();
    case 'fields':
      for (const field of layout.fields) skipField(cursor, field);
  }
}

export function skipField(cursor: JfrCursor, field: FieldLayout): void {
  const { layout } = field;
  if (!field.isArray) return skipValue(cursor, layout);
  const count = arrayCount(cursor, layout);
  for (let i = 0; i < count; i++) skipValue(cursor, layout);
}

/** Elements that take no bytes are as good as none: nobody can say how many of them are too many. */
export function arrayCount(cursor: JfrCursor, layout: Layout): number {
  if (layout.kind !== 'fields' || layout.fields.length > 0) return cursor.count('elements');
  cursor.integer(4);
  return 0;
}
