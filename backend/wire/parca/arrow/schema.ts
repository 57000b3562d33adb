/**
 * The schema message of an Arrow stream: which columns come, of which type.
 *
 * Shape:  types that the agents use have a kind of their own; any other type is only known by how many nodes and buffers it
 *         takes, so that a column of a later agent can be passed over.
 * Errors: InputError invalid_argument.
 * Source: github.com/apache/arrow format/Schema.fbs, metadata version V5.
 */
import { malformedArrow } from './budget.ts';
import type { FlatTable } from './flatTable.ts';

export type ArrowType =
  /** Timestamps of nanoseconds are integers of 64 bits. */
  | { readonly kind: 'int'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'views' }
  | { readonly kind: 'fixed'; readonly width: number }
  | { readonly kind: 'list' }
  | { readonly kind: 'listView' }
  | { readonly kind: 'struct' }
  | { readonly kind: 'runs' }
  | { readonly kind: 'other'; readonly buffers: number };

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
  /** The column holds keys into this dictionary, whose values are of `type`. */
  readonly dictionary: { readonly id: number; readonly bits: number; readonly isSigned: boolean } | undefined;
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  /** Fields with a dictionary, by its id. */
  readonly dictionaries: ReadonlyMap<number, ArrowField>;
  readonly metadata: ReadonlyMap<string, string>;
}

const mostFields = 2_048;
const mostDepth = 12;
const mostMetadata = 64;

export function readSchema(table: FlatTable): ArrowSchema {
  if (table.i16(0, 0) !== 0) throw malformedArrow('big-endian columns');
  const dictionaries = new Map<number, ArrowField>();
  // Tables may be shared in FlatBuffers, so a small schema can name one field 2^n times.
  let count = 0;
  const readField = (field: FlatTable, depth: number): ArrowField => {
    if (++count > mostFields) throw malformedArrow(`more than ${mostFields} fields`);
    if (depth > mostDepth) throw malformedArrow(`fields nested deeper than ${mostDepth}`);
    const children: ArrowField[] = [];
    for (const child of field.tables(5)) children.push(readField(child, depth + 1));
    const made: ArrowField = {
      name: field.text(0),
      type: readType(field.u8(2, 0), field.table(3)),
      children,
      dictionary: readDictionary(field.table(4)),
    };
    checkChildren(made);
    if (made.dictionary !== undefined && !dictionaries.has(made.dictionary.id))
      dictionaries.set(made.dictionary.id, made);
    return made;
  };
  const fields: ArrowField[] = [];
  for (const field of table.tables(1)) fields.push(readField(field, 0));
  const metadata = new Map<string, string>();
  for (const pair of table.tables(2)) {
    if (metadata.size >= mostMetadata) break;
    metadata.set(pair.text(0), pair.text(1));
  }
  return { fields, dictionaries, metadata };
}

function readDictionary(encoding: FlatTable | undefined): ArrowField['dictionary'] {
  if (encoding === undefined) return undefined;
  const index = encoding.table(1);
  // Without an index type keys are Int32.
  return { id: encoding.size(0), bits: index?.i32(0, 0) ?? 32, isSigned: index === undefined || index.u8(1, 0) !== 0 };
}

const nanosecond = 3;
const sparse = 0;
const other = (buffers: number): ArrowType => ({ kind: 'other', buffers });

/** Numbers of Schema.fbs, union Type. */
function readType(id: number, table: FlatTable | undefined): ArrowType {
  switch (id) {
    case 1: // Null
      return other(0);
    case 2:
      return { kind: 'int', bits: table?.i32(0, 0) ?? 0, isSigned: (table?.u8(1, 0) ?? 0) !== 0 };
    case 4: // Binary
    case 5: // Utf8
      return { kind: 'bytes' };
    case 3: // FloatingPoint
    case 6: // Bool
    case 7: // Decimal
    case 8: // Date
    case 9: // Time
    case 11: // Interval
    case 17: // Map
    case 18: // Duration
    case 21: // LargeList
      return other(2);
    case 10:
      return (table?.i16(0, 0) ?? 0) === nanosecond ? { kind: 'int', bits: 64, isSigned: true } : other(2);
    case 12:
      return { kind: 'list' };
    case 13:
      return { kind: 'struct' };
    case 14: // Union
      return other((table?.i16(0, 0) ?? 0) === sparse ? 1 : 2);
    case 15:
      return { kind: 'fixed', width: table?.i32(0, 0) ?? 0 };
    case 16: // FixedSizeList
      return other(1);
    case 19: // LargeBinary
    case 20: // LargeUtf8
    case 26: // LargeListView
      return other(3);
    case 22:
      return { kind: 'runs' };
    case 23: // BinaryView
    case 24: // Utf8View
      return { kind: 'views' };
    case 25:
      return { kind: 'listView' };
    default:
      throw malformedArrow(`type ${id}`);
  }
}

function checkChildren({ name, type, children }: ArrowField): void {
  const wanted = type.kind === 'list' || type.kind === 'listView' ? 1 : type.kind === 'runs' ? 2 : undefined;
  if (wanted !== undefined && children.length !== wanted)
    throw malformedArrow(`field ${JSON.stringify(name)} has ${children.length} children, not ${wanted}`);
}
