// Writes Arrow IPC streams byte by byte, so that tests can write wrong ones too: no column is checked, every number is taken
// as given. Source: arrow.apache.org/docs/format/Columnar.html, format/Schema.fbs and Message.fbs, flatbuffers.dev.
import lz4 from 'lz4js';

export const compressLz4 = (bytes) => lz4.compress(bytes);

// ---- FlatBuffers: a table is { slot: value }, values made by these. ----
export const u8 = (value) => ({ kind: 'u8', value });
export const i16 = (value) => ({ kind: 'i16', value });
export const i32 = (value) => ({ kind: 'i32', value });
export const i64 = (value) => ({ kind: 'i64', value: BigInt(value) });
export const text = (value) => ({ kind: 'text', value });
export const table = (slots) => ({ kind: 'table', slots });
export const tables = (items) => ({ kind: 'tables', items });
/** rows of 64-bit numbers: Arrow's nodes and buffers. */
export const structs = (rows) => ({ kind: 'structs', rows });

const widths = { u8: 1, i16: 2, i32: 4, i64: 8 };

/** Parents come before what they refer to, so all offsets are forward; a vtable stands before its table. */
export function flatBuffer(root) {
  let bytes = Buffer.alloc(1024);
  let length = 0;
  const room = (count, align) => {
    while (length % align !== 0) length++;
    const at = length;
    length += count;
    while (length > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
    return at;
  };
  const writers = {
    text({ value }) {
      const content = Buffer.from(value, 'utf8');
      const at = room(4 + content.length + 1, 4);
      bytes.writeUInt32LE(content.length, at);
      content.copy(bytes, at + 4);
      return at;
    },
    tables({ items }) {
      const at = room(4 + 4 * items.length, 4);
      bytes.writeUInt32LE(items.length, at);
      items.forEach((item, i) => refer(at + 4 + 4 * i, item));
      return at;
    },
    structs({ rows }) {
      const width = (rows[0]?.length ?? 2) * 8;
      // The items, not the count before them, stand at a multiple of 8.
      while ((length + 4) % 8 !== 0) length++;
      const at = room(4 + width * rows.length, 4);
      bytes.writeUInt32LE(rows.length, at);
      rows.forEach((row, i) =>
        row.forEach((value, j) => bytes.writeBigInt64LE(BigInt(value), at + 4 + i * width + 8 * j)),
      );
      return at;
    },
    table({ slots }) {
      const names = Object.keys(slots).map(Number);
      const count = Math.max(-1, ...names) + 1;
      const vtable = room(4 + 2 * count, 8);
      const at = room(4, 8);
      bytes.writeInt32LE(at - vtable, at);
      const later = [];
      for (const slot of names) {
        const value = slots[slot];
        const width = widths[value.kind] ?? 4;
        const place = room(width, width);
        bytes.writeUInt16LE(place - at, vtable + 4 + 2 * slot);
        if (value.kind === 'u8') bytes.writeUInt8(value.value, place);
        else if (value.kind === 'i16') bytes.writeInt16LE(value.value, place);
        else if (value.kind === 'i32') bytes.writeInt32LE(value.value, place);
        else if (value.kind === 'i64') bytes.writeBigInt64LE(value.value, place);
        else later.push([place, value]);
      }
      bytes.writeUInt16LE(4 + 2 * count, vtable);
      bytes.writeUInt16LE(length - at, vtable + 2);
      for (const [place, value] of later) refer(place, value);
      return at;
    },
  };
  const refer = (place, value) => {
    const at = writers[value.kind](value);
    bytes.writeUInt32LE(at - place, place);
  };
  room(4, 4);
  refer(0, root);
  room(0, 8);
  return bytes.subarray(0, length);
}

// ---- Columns: { type, children, dictionary, nodes(sink) }, where sink takes nodes, buffers and view counts in order. ----
const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const validityOf = (isThere) => {
  const bits = new Uint8Array((isThere.length + 7) >>> 3);
  isThere.forEach((there, row) => there && (bits[row >>> 3] |= 1 << (row & 7)));
  return bits;
};
const head = (sink, length, isThere) => {
  sink.nodes.push([length, isThere?.filter((there) => !there).length ?? 0]);
  sink.buffers.push(isThere === undefined ? new Uint8Array(0) : validityOf(isThere));
};

const int = (bits, isSigned) => [2, table({ 0: i32(bits), 1: u8(isSigned ? 1 : 0) })];
const plain = (type, values, isThere) => ({
  type,
  children: [],
  write(sink) {
    head(sink, values.length, isThere);
    sink.buffers.push(bytesOf(values));
  },
});
export const int64 = (values, isThere) => plain(int(64, true), values, isThere);
export const uint64 = (values, isThere) => plain(int(64, false), values, isThere);
export const int32 = (values) => plain(int(32, true), values);
export const timestamps = (values) => plain([10, table({ 0: i16(3), 1: text('UTC') })], values);
export const fixedSizeBinary = (width, bytes) => ({
  type: [15, table({ 0: i32(width) })],
  children: [],
  write(sink) {
    head(sink, bytes.length / width);
    sink.buffers.push(bytes);
  },
});

/** values: text, bytes or null for each row. typeId 5 is Utf8, 4 is Binary. */
export function texts(values, typeId = 5, changeOffsets = (offsets) => offsets) {
  const parts = values.map((value) => Buffer.from(value ?? ''));
  const offsets = new Int32Array(parts.length + 1);
  parts.forEach((part, i) => (offsets[i + 1] = offsets[i] + part.length));
  return {
    type: [typeId, table({})],
    children: [],
    write(sink) {
      head(sink, values.length, values.includes(null) ? values.map((value) => value !== null) : undefined);
      sink.buffers.push(bytesOf(changeOffsets(offsets)), new Uint8Array(Buffer.concat(parts)));
    },
  };
}

export function textViews(values, changeViews = () => undefined) {
  const views = Buffer.alloc(values.length * 16);
  const data = [];
  let used = 0;
  values.forEach((value, row) => {
    const content = Buffer.from(value ?? '');
    views.writeInt32LE(content.length, row * 16);
    content.copy(views, row * 16 + 4, 0, content.length <= 12 ? content.length : 4);
    if (content.length <= 12) return;
    views.writeInt32LE(0, row * 16 + 8);
    views.writeInt32LE(used, row * 16 + 12);
    data.push(content);
    used += content.length;
  });
  changeViews(views);
  return {
    type: [24, table({})],
    children: [],
    write(sink) {
      head(sink, values.length, values.includes(null) ? values.map((value) => value !== null) : undefined);
      sink.buffers.push(new Uint8Array(views), new Uint8Array(Buffer.concat(data)));
      sink.viewCounts.push([1]);
    },
  };
}

export const struct = (length, columns) => ({
  type: [13, table({})],
  children: Object.entries(columns),
  write(sink) {
    head(sink, length);
    for (const column of Object.values(columns)) column.write(sink);
  },
});
export const list = (offsets, items, isThere) => ({
  type: [12, table({})],
  children: [['item', items]],
  write(sink) {
    head(sink, offsets.length - 1, isThere);
    sink.buffers.push(bytesOf(Int32Array.from(offsets)));
    items.write(sink);
  },
});
export const listView = (offsets, sizes, items, isThere) => ({
  type: [25, table({})],
  children: [['item', items]],
  write(sink) {
    head(sink, offsets.length, isThere);
    sink.buffers.push(bytesOf(Int32Array.from(offsets)), bytesOf(Int32Array.from(sizes)));
    items.write(sink);
  },
});
export const runs = (ends, values, length = ends.at(-1) ?? 0) => ({
  type: [22, table({})],
  children: [
    ['run_ends', int32(Int32Array.from(ends))],
    ['values', values],
  ],
  write(sink) {
    sink.nodes.push([length, 0]);
    sink.nodes.push([ends.length, 0]);
    sink.buffers.push(new Uint8Array(0), bytesOf(Int32Array.from(ends)));
    values.write(sink);
  },
});
/** keys: a number or null for each row. */
export const dictionary = (keys, values) => ({
  type: values.type,
  children: values.children,
  values,
  write(sink) {
    head(sink, keys.length, keys.includes?.(null) ? Array.from(keys, (key) => key !== null) : undefined);
    sink.buffers.push(bytesOf(Uint32Array.from(keys, (key) => key ?? 0)));
  },
});

// ---- The stream. ----
/** columns: name -> column. compress: 'lz4' as the agent's v2, or undefined. */
export function arrowStream(columns, { rows, metadata = {}, compress, omitDictionaries = false }) {
  const ids = new Map();
  const dictionaries = [];
  const visit = (column) => {
    if (column.values !== undefined && !ids.has(column)) {
      for (const [, child] of column.values.children) visit(child);
      ids.set(column, ids.size);
      dictionaries.push(column);
    } else if (column.values === undefined) for (const [, child] of column.children) visit(child);
  };
  for (const column of Object.values(columns)) visit(column);
  const field = ([name, column]) =>
    table({
      0: text(name),
      1: u8(1),
      2: u8(column.type[0]),
      3: column.type[1],
      ...(column.values === undefined
        ? {}
        : { 4: table({ 0: i64(ids.get(column)), 1: table({ 0: i32(32), 1: u8(0) }) }) }),
      5: tables(column.children.map(field)),
    });
  const schema = table({
    1: tables(Object.entries(columns).map(field)),
    2: tables(Object.entries(metadata).map(([name, value]) => table({ 0: text(name), 1: text(value) }))),
  });
  const messages = [message(1, schema, new Uint8Array(0))];
  for (const column of omitDictionaries ? [] : dictionaries) {
    const { header, body } = batch([column.values], undefined, compress);
    messages.push(message(2, table({ 0: i64(ids.get(column)), 1: header }), body));
  }
  const { header, body } = batch(Object.values(columns), rows, compress);
  messages.push(message(3, header, body), Buffer.from('ffffffff00000000', 'hex'));
  return new Uint8Array(Buffer.concat(messages));
}

function batch(columns, rows, compress) {
  const sink = { nodes: [], buffers: [], viewCounts: [] };
  for (const column of columns) column.write(sink);
  const parts = [];
  const regions = [];
  let at = 0;
  for (const buffer of sink.buffers) {
    const stored = compress === 'lz4' && buffer.length > 0 ? lz4Buffer(buffer) : buffer;
    regions.push([at, stored.length]);
    parts.push(stored, new Uint8Array((8 - (stored.length % 8)) % 8));
    at += stored.length + parts.at(-1).length;
  }
  const header = table({
    0: i64(rows ?? sink.nodes[0][0]),
    1: structs(sink.nodes),
    2: structs(regions),
    ...(compress === 'lz4' ? { 3: table({ 0: u8(0), 1: u8(0) }) } : {}),
    ...(sink.viewCounts.length === 0 ? {} : { 4: structs(sink.viewCounts) }),
  });
  return { header, body: Buffer.concat(parts) };
}

/** What compression does not make smaller is stored with the length -1. */
function lz4Buffer(buffer) {
  const packed = compressLz4(buffer);
  const isSmaller = packed.length < buffer.length;
  const length = Buffer.alloc(8);
  length.writeBigInt64LE(isSmaller ? BigInt(buffer.length) : -1n);
  return new Uint8Array(Buffer.concat([length, isSmaller ? packed : buffer]));
}

export function message(kind, header, body) {
  const metadata = flatBuffer(table({ 0: i16(4), 1: u8(kind), 2: header, 3: i64(body.length) }));
  const start = Buffer.alloc(8);
  start.writeUInt32LE(0xffffffff, 0);
  start.writeUInt32LE(metadata.length, 4);
  return Buffer.concat([start, metadata, body]);
}
