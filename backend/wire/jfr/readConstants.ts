/**
 * Finds the constants of a chunk. Most of them nobody asks for, so they are stepped over and only their places kept; they
 * are read when a stack needs them. Constants refer to each other by key and are never followed further than stack, frame,
 * method, class and symbol, so that references in circles do no harm.
 *
 * Shape:  start time, duration, delta to the constants before, kind; then pools: class, count, and so many keys and values.
 * Errors: InputError invalid_argument with the byte offset.
 * Source: OpenJDK 21 jdk.jfr.internal.consumer.ChunkParser.fillConstantPools.
 */
import type { Chunk } from './readChunks.ts';
import type { JfrCursor, JfrKey } from './jfrCursor.ts';
import type { JfrClass } from './readMetadata.ts';
import type { FieldLayout, Layout, LayoutTable } from './valueLayout.ts';
import { skipField, skipValue } from './valueLayout.ts';

export interface ConstantPool {
  readonly layout: Layout;
  /** Key -> offset of the value. */
  readonly places: Map<JfrKey, number>;
}

const wantedClasses = new Set([
  'java.lang.String',
  'java.lang.Class',
  'jdk.types.FrameType',
  'jdk.types.Method',
  'jdk.types.StackTrace',
  'jdk.types.Symbol',
  'jdk.types.ThreadState',
]);

export class ConstantPools {
  readonly #cursor: JfrCursor;
  readonly #layouts: LayoutTable;
  readonly #classes: ReadonlyMap<number, JfrClass>;
  readonly #pools = new Map<string, ConstantPool>();
  /** Where the bytes end that constants may lie in. */
  readonly #stop: number;

  constructor(cursor: JfrCursor, chunk: Chunk, classes: ReadonlyMap<number, JfrClass>, layouts: LayoutTable) {
    this.#cursor = cursor;
    this.#layouts = layouts;
    this.#classes = classes;
    this.#stop = chunk.constants.reduce((most, { stop }) => Math.max(most, stop), 0);
    for (const { at, stop } of chunk.constants) this.#read(at, stop);
  }

  /**
   * Points the cursor at a constant's value; undefined when there is none with that key. Whoever asks must have read all it
   * wanted to at the place before.
   */
  enter(className: string, key: JfrKey): Layout | undefined {
    const pool = this.#pools.get(className);
    const place = pool?.places.get(key);
    if (place === undefined) return undefined;
    this.#cursor.enter(place, this.#stop);
    return pool?.layout;
  }

  #read(at: number, stop: number): void {
    const cursor = this.#cursor;
    cursor.enter(at, stop);
    for (let i = 0; i < 3; i++) cursor.integer(8);
    cursor.byte();
    const poolCount = cursor.count('constant pools');
    for (let i = 0; i < poolCount; i++) {
      const classId = cursor.whole(8, 'class of constants');
      const layout = this.#layouts.of(classId);
      const places = this.#placesOf(classId, layout);
      const count = cursor.count('constants');
      for (let j = 0; j < count; j++) {
        cursor.integer(8);
        places?.set(cursor.key(), cursor.at);
        skipValue(cursor, layout);
      }
    }
  }

  #placesOf(classId: number, layout: Layout): Map<JfrKey, number> | undefined {
    const name = this.#classes.get(classId)?.name ?? '';
    if (!wantedClasses.has(name)) return undefined;
    let pool = this.#pools.get(name);
    if (pool === undefined) this.#pools.set(name, (pool = { layout, places: new Map() }));
    return pool.places;
  }
}

/** Reads a value's fields: those that are asked for by name are left to `take`, which must read what it is handed. */
export function readFields(cursor: JfrCursor, layout: Layout, take: (field: FieldLayout) => boolean): void {
  if (layout.kind !== 'fields') return;
  for (const field of layout.fields) if (!take(field)) skipField(cursor, field);
}
