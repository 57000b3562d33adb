/**
 * Stacks by key, from the constants of one chunk, into tables that the whole file shares.
 *
 * Shape:  a frame is "class.method" with slashes in the class, as pyroscope-java names it, and its line. A frame whose method
 *         or class is not there is left out of its stack, as Pyroscope does. Frames come leaf first.
 * Errors: InputError invalid_argument when names grow far beyond the bytes that they were made of: many methods may share
 *         one long class name.
 */
import { InputError } from '../../errors.ts';
import { frameTypeNumber } from '../../model/frameType.ts';
import type { TableBuilder } from '../../model/profileBuilder.ts';
import { withoutRunNumbers } from './generatedNames.ts';
import type { JfrCursor, JfrKey } from './jfrCursor.ts';
import type { ConstantPools } from './readConstants.ts';
import { readFields } from './readConstants.ts';
import type { FieldLayout, Layout } from './valueLayout.ts';
import { arrayCount, skipField } from './valueLayout.ts';

/** The stacks of a file; equal ones have one number, whichever chunk or key they come from. */
export class FileStacks {
  readonly tables: TableBuilder;
  readonly #numbers = new Map<string, number>();
  readonly #stacks: Uint32Array[] = [];
  #nameLength = 0;

  constructor(tables: TableBuilder) {
    this.tables = tables;
  }

  number(locations: readonly number[]): number {
    const key = locations.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const made = this.#stacks.push(Uint32Array.from(locations)) - 1;
    this.#numbers.set(key, made);
    return made;
  }

  locations(number: number): Uint32Array {
    return this.#stacks[number] ?? new Uint32Array(0);
  }

  countName(name: string, at: number): void {
    this.#nameLength += name.length;
    const mostLength = 2 ** 26;
    if (this.#nameLength > mostLength)
      throw new InputError(
        'invalid_argument',
        `JFR, byte ${at}: names of methods have more than ${mostLength} characters together`,
        'profile_size_limit',
      );
  }
}

interface Method {
  readonly name: string;
  /** Of the first frame that is in it. */
  readonly frameType: number;
  /** Line -> location. */
  readonly locations: Map<number, number>;
}

/** async-profiler's frames beside those of the JVM itself: interpreted, compiled, inlined. */
const frameTypes: Readonly<Record<string, string>> = { Native: 'native', 'C++': 'native', Kernel: 'kernel' };

export class ChunkStacks {
  readonly #cursor: JfrCursor;
  readonly #constants: ConstantPools;
  readonly #file: FileStacks;
  readonly #stacks = new Map<JfrKey, number | undefined>();
  readonly #methods = new Map<JfrKey, Method | undefined>();
  readonly #classNames = new Map<JfrKey, string | undefined>();
  readonly #symbols = new Map<JfrKey, string>();
  readonly #strings = new Map<JfrKey, string>();
  readonly #types = new Map<JfrKey, string>();
  readonly #states = new Map<JfrKey, string>();
  /** Of the stack that is being read. */
  readonly #frameMethods: JfrKey[] = [];
  readonly #frameLines: number[] = [];
  readonly #frameTypes: JfrKey[] = [];

  constructor(cursor: JfrCursor, constants: ConstantPools, file: FileStacks) {
    this.#cursor = cursor;
    this.#constants = constants;
    this.#file = file;
  }

  /** The number of a stack in the file's stacks; undefined when there is none with that key. */
  stack(key: JfrKey): number | undefined {
    return this.#stacks.get(key) ?? remembered(this.#stacks, key, () => this.#readStack(key));
  }

  /** The name of a thread state; '' when there is none. */
  state(key: JfrKey): string {
    return (
      this.#states.get(key) ?? remembered(this.#states, key, () => this.#text('jdk.types.ThreadState', 'name', key))
    );
  }

  /** A text that is a constant by itself. One that refers to another is none. */
  constantText(key: JfrKey): string {
    return remembered(this.#strings, key, () => {
      const layout = this.#constants.enter('java.lang.String', key);
      return layout === undefined ? '' : this.#cursor.text(() => '');
    });
  }

  #readStack(key: JfrKey): number | undefined {
    const cursor = this.#cursor;
    const layout = this.#constants.enter('jdk.types.StackTrace', key);
    if (layout === undefined) return undefined;
    this.#frameMethods.length = 0;
    this.#frameLines.length = 0;
    this.#frameTypes.length = 0;
    readFields(cursor, layout, (field) => {
      if (field.name !== 'frames' || !field.isArray) return false;
      const count = arrayCount(cursor, field.layout);
      for (let i = 0; i < count; i++) this.#readFrame(field.layout);
      return true;
    });
    // Methods lie elsewhere: they move the cursor, so they wait for the end of the frames.
    const locations: number[] = [];
    for (let i = 0; i < this.#frameMethods.length; i++) {
      const location = this.#location(this.#frameMethods[i] ?? 0, this.#frameLines[i] ?? 0, this.#frameTypes[i] ?? 0);
      if (location >= 0) locations.push(location);
    }
    return this.#file.number(locations);
  }

  #readFrame(layout: Layout): void {
    const cursor = this.#cursor;
    let method: JfrKey = 0;
    let line = 0;
    let type: JfrKey = 0;
    const fields = layout.kind === 'fields' ? layout.fields : [];
    for (const field of fields) {
      if (field.name === 'method' && isInteger(field)) {
        cursor.integer(field.layout.width);
        method = cursor.key();
      } else if (field.name === 'lineNumber' && isInteger(field)) {
        cursor.integer(field.layout.width);
        line = cursor.low | 0;
      } else if (field.name === 'type' && isInteger(field)) {
        cursor.integer(field.layout.width);
        type = cursor.key();
      } else skipField(cursor, field);
    }
    this.#frameMethods.push(method);
    this.#frameLines.push(line);
    this.#frameTypes.push(type);
  }

  /** -1 when the method is not there. */
  #location(key: JfrKey, line: number, type: JfrKey): number {
    const method = this.#methods.get(key) ?? remembered(this.#methods, key, () => this.#readMethod(key, type));
    if (method === undefined) return -1;
    const known = method.locations.get(line);
    if (known !== undefined) return known;
    const made = this.#file.tables.location([{ name: method.name, frameType: method.frameType, line }]);
    method.locations.set(line, made);
    return made;
  }

  #readMethod(key: JfrKey, frame: JfrKey): Method | undefined {
    const { type, name } = this.#keys('jdk.types.Method', key, ['type', 'name']);
    if (type === undefined || name === undefined) return undefined;
    const className = remembered(this.#classNames, type, () => {
      const symbol = this.#keys('java.lang.Class', type, ['name']).name;
      return symbol === undefined ? undefined : this.#symbol(symbol);
    });
    if (className === undefined) return undefined;
    const full = `${className}.${this.#symbol(name)}`;
    this.#file.countName(full, this.#cursor.at);
    return { name: full, frameType: this.#frameType(frame), locations: new Map() };
  }

  #frameType(key: JfrKey): number {
    const text = remembered(this.#types, key, () => this.#text('jdk.types.FrameType', 'description', key));
    return frameTypeNumber(frameTypes[text] ?? 'jvm');
  }

  #symbol(key: JfrKey): string {
    return remembered(this.#symbols, key, () => withoutRunNumbers(this.#text('jdk.types.Symbol', 'string', key)));
  }

  /** The keys that a constant holds in some of its fields. */
  #keys<Name extends string>(
    className: string,
    key: JfrKey,
    names: readonly Name[],
  ): Readonly<Partial<Record<Name, JfrKey>>> {
    const found: Partial<Record<Name, JfrKey>> = {};
    const layout = this.#constants.enter(className, key);
    if (layout === undefined) return found;
    readFields(this.#cursor, layout, (field) => {
      const name = names.find((one) => one === field.name);
      if (name === undefined || !isInteger(field)) return false;
      this.#cursor.integer(field.layout.width);
      found[name] = this.#cursor.key();
      return true;
    });
    return found;
  }

  #text(className: string, fieldName: string, key: JfrKey): string {
    let text = '';
    let constant: JfrKey | undefined;
    const layout = this.#constants.enter(className, key);
    if (layout === undefined) return text;
    readFields(this.#cursor, layout, (field) => {
      if (field.name !== fieldName || field.isArray || field.layout.kind !== 'text') return false;
      text = this.#cursor.text((one) => {
        constant = one;
        return '';
      });
      return true;
    });
    return constant === undefined ? text : this.constantText(constant);
  }
}

type IntegerField = FieldLayout & { readonly layout: { readonly kind: 'integer' } };

export const isInteger = (field: FieldLayout): field is IntegerField =>
  !field.isArray && field.layout.kind === 'integer';

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, read: () => Value): Value {
  const value = known.get(key);
  if (value !== undefined || known.has(key)) return value as Value;
  const made = read();
  known.set(key, made);
  return made;
}
