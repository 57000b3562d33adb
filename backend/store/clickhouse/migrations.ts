/**
 * Brings a data directory to the storage format of this program, in place and in order. The version is kept in the table
 * `schema_versions`, one row per step that was taken; a directory without it has version 0.
 *
 * Shape:  every statement of a step may run twice, because a crash may fall between a statement and its row.
 * Errors: InputError failed_precondition for a directory that a newer program wrote.
 */
import { InputError, invariant } from '../../errors.ts';
import type { Engine } from './engine.ts';
import { columnOf, int64Column } from './nativeColumns.ts';
import { rollUpTables } from './rollUpTables.ts';
import { durability, firstTables, frameTypeColumn, metaTable } from './schema.ts';

export interface Migration {
  /** The format that the directory has afterwards. */
  readonly version: number;
  readonly statements: readonly string[];
}

/** Append only. CHANGELOG.md lists the same numbers. */
export const migrations: readonly Migration[] = [
  { version: 1, statements: [metaTable, ...firstTables] },
  { version: 2, statements: rollUpTables },
  { version: 3, statements: [frameTypeColumn] },
];

const versionTable = `CREATE TABLE IF NOT EXISTS schema_versions (version UInt32, applied_micros Int64)
  ENGINE = MergeTree ORDER BY version SETTINGS ${durability}`;

export async function migrate(
  engine: Engine,
  dataDir: string,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  const target = steps.at(-1)?.version ?? 0;
  invariant(
    steps.every((step, i) => step.version > (steps[i - 1]?.version ?? 0)),
    'storage formats ascend',
  );
  await engine.run(versionTable);
  const found = await schemaVersion(engine);
  if (found > target) {
    throw new InputError(
      'failed_precondition',
      `${dataDir} has storage format ${found}, written by a newer version of Pyrolens; this one knows formats up to ` +
        `${target}: start the newer version, or another data directory`,
    );
  }
  for (const { version, statements } of steps) {
    if (version <= found) continue;
    for (const statement of statements) await engine.run(statement);
    await engine.insert('schema_versions', {
      rowCount: 1,
      columns: [
        ['version', { kind: 'UInt32', values: Uint32Array.of(version) }],
        ['applied_micros', int64Column(BigInt64Array.of(BigInt(Date.now()) * 1_000n))],
      ],
    });
  }
}

export async function schemaVersion(engine: Engine): Promise<number> {
  const answer = await engine.ask({ sql: () => 'SELECT max(version) AS version FROM schema_versions' });
  return columnOf(answer, 'version', 'UInt32').values[0] ?? 0;
}
