/**
 * Reads an Arrow IPC stream: schema, dictionaries, record batches.
 *
 * Shape:  each record batch as its columns, by name. A dictionary must have come before what refers to it, as the agents
 *         (arrow-go: inner dictionaries first) write it.
 * Errors: InputError invalid_argument with the byte offset: cut, malformed, over the budget, more messages than sense.
 * Source: arrow.apache.org/docs/format/Columnar.html, IPC streaming format; format/Message.fbs, metadata version V5.
 */
import type { Budget } from './budget.ts';
import { malformedArrow, malformedAt } from './budget.ts';
import type { Column, ColumnHead } from './columns.ts';
import {
  ArrowBuffer,
  BytesColumn,
  DictionaryColumn,
  FixedColumn,
  IntColumn,
  ListColumn,
  OtherColumn,
  RunsColumn,
  StructColumn,
  ViewColumn,
} from './columns.ts';
import type { FlatStructs } from './flatTable.ts';
import { FlatTable } from './flatTable.ts';
import type { ArrowField, ArrowSchema } from './schema.ts';
import { readSchema } from './schema.ts';

export interface ArrowStream {
  readonly metadata: ReadonlyMap<string, string>;
  /** The columns of a batch as one struct. */
  readonly batches: readonly StructColumn[];
}

const continuation = 0xffffffff;
const headerKinds = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;
const mostMessages = 2_048;
const metadataV4 = 3;
/** Rows of a batch and items of a column; the agents' 32 MiB hold fewer. */
const mostRows = 2 ** 22;
const mostItems = 2 ** 25;

export function readArrowStream(bytes: Uint8Array, budget: Budget): ArrowStream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let schema: ArrowSchema | undefined;
  const dictionaries = new Map<number, Column>();
  const batches: StructColumn[] = [];
  let at = 0;
  for (let messages = 0; at < bytes.length; messages++) {
    if (messages === mostMessages) throw malformedAt(at, `more than ${mostMessages} messages`);
    if (bytes.length - at < 8) throw malformedAt(at, 'ends inside a message head');
    if (view.getUint32(at, true) !== continuation) throw malformedAt(at, 'no Arrow message begins here');
    const metadataBytes = view.getUint32(at + 4, true);
    if (metadataBytes === 0) break;
    if (metadataBytes > bytes.length - at - 8) throw malformedAt(at, 'ends inside the metadata of a message');
    const bodyAt = at + 8 + metadataBytes;
    const message = FlatTable.root(bytes.subarray(at + 8, bodyAt), at + 8);
    if (message.i16(0, 0) < metadataV4) throw malformedAt(at, 'metadata older than version V5');
    const bodyBytes = message.size(3);
    if (bodyBytes > bytes.length - bodyAt) throw malformedAt(bodyAt, 'ends inside the body of a message');
    const header = message.table(2);
    if (header === undefined) throw malformedAt(at, 'a message without a header');
    const body = bytes.subarray(bodyAt, bodyAt + bodyBytes);
    const kind = message.u8(1, 0);
    if (kind === headerKinds.schema) {
      if (schema !== undefined) throw malformedAt(at, 'a second schema');
      schema = readSchema(header);
    } else if (schema === undefined) throw malformedAt(at, 'a batch before the schema');
    else if (kind === headerKinds.dictionaryBatch) readDictionary(header, body, schema, dictionaries, budget);
    else if (kind === headerKinds.recordBatch)
      batches.push(new BatchReader(header, body, dictionaries, budget).rows(schema.fields));
    else throw malformedAt(at, `message of kind ${kind}`);
    at = bodyAt + bodyBytes;
  }
  if (schema === undefined) throw malformedAt(at, 'ends before the schema');
  return { metadata: schema.metadata, batches };
}

function readDictionary(
  header: FlatTable,
  body: Uint8Array,
  { dictionaries: fields }: ArrowSchema,
  dictionaries: Map<number, Column>,
  budget: Budget,
): void {
  const id = header.size(0);
  const field = fields.get(id);
  const data = header.table(1);
  if (field === undefined || data === undefined) throw malformedArrow(`dictionary ${id} belongs to no column`);
  if (header.u8(2, 0) !== 0) throw malformedArrow(`dictionary ${id} comes in parts, which no agent writes`);
  dictionaries.set(id, new BatchReader(data, body, dictionaries, budget).values(field));
}

/** Walks the nodes and buffers of a batch in the order of the fields. */
class BatchReader {
  readonly #body: Uint8Array;
  readonly #dictionaries: ReadonlyMap<number, Column>;
  readonly #budget: Budget;
  readonly #rowCount: number;
  readonly #nodes: FlatStructs;
  readonly #buffers: FlatStructs;
  readonly #viewCounts: FlatStructs;
  readonly #isCompressed: boolean;
  #node = 0;
  #buffer = 0;
  #view = 0;

  constructor(header: FlatTable, body: Uint8Array, dictionaries: ReadonlyMap<number, Column>, budget: Budget) {
    this.#body = body;
    this.#dictionaries = dictionaries;
    this.#budget = budget;
    this.#rowCount = header.size(0);
    this.#nodes = header.structs(1, 16);
    this.#buffers = header.structs(2, 16);
    this.#viewCounts = header.structs(4, 8);
    const compression = header.table(3);
    this.#isCompressed = compression !== undefined;
    if (compression !== undefined && (compression.u8(0, 0) !== 0 || compression.u8(1, 0) !== 0))
      throw malformedArrow('compressed by something else than LZ4 frames of buffers');
  }

  rows(fields: readonly ArrowField[]): StructColumn {
    if (this.#rowCount > mostRows) throw malformedArrow(`a batch of ${this.#rowCount} rows`);
    const head = { length: this.#rowCount, nullCount: 0, validity: undefined };
    return new StructColumn(
      head,
      fields.map(({ name }) => name),
      fields.map((field) => this.#column(field)),
    );
  }

  values(field: ArrowField): Column {
    return this.#plain(field);
  }

  #column(field: ArrowField): Column {
    const { dictionary } = field;
    if (dictionary === undefined) return this.#plain(field);
    const head = this.#head(true);
    const keys = new IntColumn(head, dictionary.bits, dictionary.isSigned, this.#nextBuffer());
    const values = this.#dictionaries.get(dictionary.id);
    if (values !== undefined) return new DictionaryColumn(head, keys, values);
    if (head.length > head.nullCount) throw malformedArrow(`dictionary ${dictionary.id} is used before it came`);
    return new DictionaryColumn(head, keys, new OtherColumn(0, 0, undefined));
  }

  #plain({ type, children }: ArrowField): Column {
    switch (type.kind) {
      case 'int':
        return new IntColumn(this.#head(true), type.bits, type.isSigned, this.#nextBuffer());
      case 'bytes':
        return new BytesColumn(this.#head(true), this.#nextBuffer(), this.#nextBuffer());
      case 'views':
        return new ViewColumn(this.#head(true), this.#nextBuffer(), this.#viewBuffers());
      case 'fixed':
        return new FixedColumn(this.#head(true), type.width, this.#nextBuffer());
      case 'list':
      case 'listView': {
        const head = this.#head(true);
        const offsets = this.#nextBuffer();
        const sizes = type.kind === 'list' ? undefined : this.#nextBuffer();
        const [items] = this.#children(children);
        return new ListColumn(head, items ?? new OtherColumn(0, 0, undefined), offsets, sizes, this.#budget);
      }
      case 'struct': {
        const head = this.#head(true);
        const names = children.map(({ name }) => name);
        return new StructColumn(head, names, this.#children(children));
      }
      case 'runs': {
        const { length } = this.#head(false);
        const [ends, values] = this.#children(children);
        const none = new OtherColumn(0, 0, undefined);
        return new RunsColumn(length, ends ?? none, values ?? none);
      }
      case 'other': {
        const { length } = this.#head(false);
        for (let i = 0; i < type.buffers; i++) this.#nextBuffer();
        this.#children(children);
        return new OtherColumn(length, 0, undefined);
      }
    }
  }

  #children(fields: readonly ArrowField[]): readonly Column[] {
    return fields.map((field) => this.#column(field));
  }

  #head(hasValidity: boolean): ColumnHead {
    if (this.#node >= this.#nodes.count) throw malformedArrow('fewer nodes than columns');
    const length = this.#nodes.size(this.#node, 0);
    const nullCount = this.#nodes.size(this.#node++, 8);
    if (length > mostItems || nullCount > length)
      throw malformedArrow(`a column of ${length} rows, ${nullCount} of them null`);
    return { length, nullCount, validity: hasValidity ? this.#nextBuffer() : undefined };
  }

  #nextBuffer(): ArrowBuffer {
    if (this.#buffer >= this.#buffers.count) throw malformedArrow('fewer buffers than columns need');
    const start = this.#buffers.size(this.#buffer, 0);
    const length = this.#buffers.size(this.#buffer++, 8);
    if (start + length > this.#body.length) throw malformedArrow('a buffer lies outside its batch');
    return new ArrowBuffer(this.#body.subarray(start, start + length), this.#isCompressed, this.#budget);
  }

  #viewBuffers(): readonly ArrowBuffer[] {
    if (this.#view >= this.#viewCounts.count) throw malformedArrow('a column of views without a count of its buffers');
    const count = this.#viewCounts.size(this.#view++, 0);
    if (count > this.#buffers.count - this.#buffer) throw malformedArrow(`a column of views with ${count} buffers`);
    return Array.from({ length: count }, () => this.#nextBuffer());
  }
}
