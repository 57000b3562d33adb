/** What the store keeps about itself in `meta`: the key of its hashes, and the rows by which it is probed. */
import { randomBytes } from 'node:crypto';
import { InputError, invariant } from '../../errors.ts';
import { int64Literal, quoteText } from './dialect.ts';
import type { Engine } from './engine.ts';
import { columnOf, int64Column, textColumn, textsOf } from './nativeColumns.ts';

const hashKeyName = 'hash_key';
const probeName = 'probe';

/** 8 bytes, made at random when the store is new and the same ever after. */
export async function readHashKey(engine: Engine): Promise<Uint8Array> {
  const sql = `SELECT value FROM meta WHERE name = ${quoteText(hashKeyName)} ORDER BY written_micros LIMIT 1`;
  const answer = await engine.ask({ sql: () => sql });
  if (answer.rowCount > 0) {
    const key = Uint8Array.from(Buffer.from(textsOf(columnOf(answer, 'value', 'String'))[0] ?? '', 'hex'));
    invariant(key.length === 8, 'a hash key of 8 bytes');
    return key;
  }
  const key = Uint8Array.from(randomBytes(8));
  await writeMeta(engine, hashKeyName, Buffer.from(key).toString('hex'), BigInt(Date.now()) * 1_000n);
  return key;
}

/** Writes a row, synced like all others, and reads it back; one of them or a newer one must be there. */
export async function probeEngine(engine: Engine, micros: bigint): Promise<void> {
  await writeMeta(engine, probeName, '', micros);
  const sql =
    `SELECT name FROM meta WHERE name = ${quoteText(probeName)} AND written_micros >= ${int64Literal(micros)}` +
    ' LIMIT 1';
  const { rowCount } = await engine.ask({ sql: () => sql });
  if (rowCount === 0) throw new InputError('unavailable', 'the store does not give back what was just written');
}

function writeMeta(engine: Engine, name: string, value: string, micros: bigint): Promise<void> {
  return engine.insert('meta', {
    rowCount: 1,
    columns: [
      ['name', textColumn([name])],
      ['value', textColumn([value])],
      ['written_micros', int64Column(BigInt64Array.of(micros))],
    ],
  });
}
