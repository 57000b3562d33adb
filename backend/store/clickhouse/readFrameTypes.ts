/**
 * How the functions of a range's days are typed, by name. The dictionary is ordered by id, so the question reads the names
 * of all typed functions of those days; it is asked when somebody looks at runtimes, and by nothing else.
 */
import { invariant } from '../../errors.ts';
import type { TimeRange } from '../../model/time.ts';
import type { NamedFrameType } from '../store.ts';
import { quoteText } from './dialect.ts';
import type { Engine } from './engine.ts';
import { textSet } from './idSet.ts';
import type { NativeBlock } from './nativeColumns.ts';
import { columnOf } from './nativeColumns.ts';
import { daysOf } from './samplePlan.ts';

export async function readFrameTypes(
  engine: Engine,
  tenant: string,
  range: TimeRange,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly NamedFrameType[]> {
  if (names.length === 0) return [];
  const tables: NativeBlock[] = [];
  const wanted = textSet(tables, names);
  const sql = (sources: readonly string[]): string =>
    `SELECT DISTINCT name, CAST(frame_type AS String) AS type FROM functions WHERE tenant = ${quoteText(tenant)}` +
    ` AND ${daysOf(range)} AND frame_type != '' AND name IN ${wanted(sources)}`;
  const answer = await engine.ask({ tables, sql }, signal);
  if (answer.rowCount === 0) return [];
  const [name, type] = [columnOf(answer, 'name', 'String'), columnOf(answer, 'type', 'String')];
  const textOf = ({ bytes, starts, ends }: typeof name, row: number): string => {
    const [start, end] = [starts[row], ends[row]];
    invariant(start !== undefined && end !== undefined, 'a text for each row');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', start, end);
  };
  return Array.from({ length: answer.rowCount }, (_, row) => ({ name: textOf(name, row), type: textOf(type, row) }));
}
