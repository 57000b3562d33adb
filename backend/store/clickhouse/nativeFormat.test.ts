import fc from 'fast-check';
import { joinColumns } from './joinColumns.ts';
import type { NativeBlock, NativeColumn } from './nativeColumns.ts';
import { columnOf, ofKind, repeatedText, structureOf, textColumn, textsOf } from './nativeColumns.ts';
import { decodeBlocks } from './nativeRead.ts';
import { encodeBlock } from './nativeWrite.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const uint64 = (...values: bigint[]): NativeColumn => ({ kind: 'UInt64', values: BigUint64Array.from(values) });
const uuid = Uint8Array.from({ length: 16 }, (_, i) => i);

const tenAndEleven = uint64(10n, 11n);

/** Rows as plain values, so that columns compare by what they mean. */
function plain(column: NativeColumn | undefined, rowCount: number): unknown[] {
  if (column === undefined) throw new Error('a column');
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  switch (column.kind) {
    case 'String':
      return textsOf(column);
    case 'UUID':
    case 'FixedString(16)':
      return rows.map((row) => Buffer.from(column.bytes.subarray(16 * row, 16 * row + 16)).toString('hex'));
    case 'Array': {
      const items = plain(column.items, column.starts[rowCount] ?? 0);
      return rows.map((row) => items.slice(column.starts[row], column.starts[row + 1]));
    }
    case 'UInt64':
    case 'Int64':
    case 'UInt32':
    case 'Int32':
      return Array.from<bigint | number>(column.values);
  }
}

/** Two rows of every type, with the bytes that stand for them. */
const cases: readonly (readonly [string, NativeColumn, string])[] = [
  ['UInt64', uint64(1n, 2n ** 64n - 1n), '0100000000000000 ffffffffffffffff'],
  ['Int64', { kind: 'Int64', values: BigInt64Array.of(-2n, 3n) }, 'feffffffffffffff 0300000000000000'],
  ['UInt32', { kind: 'UInt32', values: Uint32Array.of(1, 0xffffffff) }, '01000000 ffffffff'],
  ['Int32', { kind: 'Int32', values: Int32Array.of(-1, 256) }, 'ffffffff 00010000'],
  ['String', textColumn(['', 'ü']), '00 02c3bc'],
  ['UUID', { kind: 'UUID', bytes: Buffer.concat([uuid, uuid]) }, '0706050403020100 0f0e0d0c0b0a0908'.repeat(2)],
  [
    'FixedString(16)',
    { kind: 'FixedString(16)', bytes: Buffer.concat([uuid, uuid]) },
    '000102030405060708090a0b0c0d0e0f'.repeat(2),
  ],
  [
    'Array(UInt64)',
    { kind: 'Array', starts: Uint32Array.of(0, 0, 1), items: uint64(9n) },
    '0000000000000000 0100000000000000 0900000000000000',
  ],
  [
    'Array(Array(String))',
    {
      kind: 'Array',
      starts: Uint32Array.of(0, 1, 1),
      items: { kind: 'Array', starts: Uint32Array.of(0, 2), items: textColumn(['a', 'bc']) },
    },
    '0100000000000000 0100000000000000 0200000000000000 0161 026263',
  ],
];

for (const [type, column, hex] of cases) {
  const block: NativeBlock = { rowCount: 2, columns: [['c', column]] };
  const typeHex = Buffer.from([type.length, ...Buffer.from(type)]).toString('hex');
  const bytes = bytesOf(`01 02 01 63 ${typeHex} ${hex}`);

  test(`${type} has its bytes, written and read`, () => {
    expect(Buffer.from(encodeBlock(block)).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    expect(structureOf(block)).toBe(`c ${type}`);
    const table = decodeBlocks(bytes);
    expect(table.rowCount).toBe(2);
    expect(plain(table.columns.get('c'), 2)).toEqual(plain(column, 2));
  });

  test(`${type} is refused when it is cut off anywhere`, () => {
    for (let end = 1; end < bytes.length; end++)
      expect(() => decodeBlocks(bytes.subarray(0, end))).toThrow('invariant');
  });

  test(`${type} of several blocks becomes one column`, () => {
    const twice = decodeBlocks(Buffer.concat([bytes, bytes]));
    expect(twice.rowCount).toBe(4);
    const own = plain(column, 2);
    expect(plain(twice.columns.get('c'), 4)).toEqual([...own, ...own]);
  });
}

test('a single block is not copied', () => {
  expect(joinColumns([tenAndEleven])).toBe(tenAndEleven);
});

test('an empty answer is an empty table', () => {
  expect(decodeBlocks(new Uint8Array(0))).toEqual({ rowCount: 0, columns: new Map() });
});

test('a type that nobody reads is refused by name', () => {
  expect(() => decodeBlocks(bytesOf('01 01 01 63 05 55496e7438 00'))).toThrow('UInt8');
});

test('a column of another kind is refused', () => {
  expect(() => ofKind(uint64(1n), 'String')).toThrow('a column of String, not UInt64');
  expect(() => columnOf({ rowCount: 0, columns: new Map() }, 'c', 'String')).toThrow('invariant');
});

test('texts are one run of bytes, also where halves of a character meet', () => {
  expect(textsOf(textColumn(['a', '', '漢', '🔥']))).toEqual(['a', '', '漢', '🔥']);
  expect(textsOf(textColumn(['\ud83d', '\udd25']))).toEqual(['\ufffd', '\ufffd']);
  expect(textsOf(repeatedText('x', 3))).toEqual(['x', 'x', 'x']);
});

test('random arrays of texts come back in any split into blocks', () => {
  const rows = fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 4 }), { maxLength: 20 });
  const column = (texts: readonly (readonly string[])[]): NativeColumn => {
    const starts = new Uint32Array(texts.length + 1);
    texts.forEach((row, i) => (starts[i + 1] = (starts[i] ?? 0) + row.length));
    return { kind: 'Array', starts, items: textColumn(texts.flat()) };
  };
  fc.assert(
    fc.property(rows, fc.nat(20), (texts, cut) => {
      const parts = [texts.slice(0, cut), texts.slice(cut)];
      const bytes = parts.map((part) => encodeBlock({ rowCount: part.length, columns: [['c', column(part)]] }));
      const { starts, items } = columnOf(decodeBlocks(Buffer.concat(bytes)), 'c', 'Array');
      const flat = textsOf(ofKind(items, 'String'));
      expect(texts.map((_, i) => flat.slice(starts[i], starts[i + 1]))).toEqual(texts);
    }),
  );
});
