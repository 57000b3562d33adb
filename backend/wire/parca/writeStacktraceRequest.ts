/**
 * Writes the record that asks a v1 agent for stacks.
 *
 * Shape:  Arrow IPC stream of one column `stacktrace_id` of plain Binary; no bytes at all when nothing is asked.
 * Source: reference agents-wire 1.3: the agent refuses any other column or type.
 */
import { binary, columnFromArray, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { invariant } from '../../errors.ts';

/** ids in hexadecimal. */
export function writeStacktraceRequest(ids: readonly string[]): Uint8Array {
  if (ids.length === 0) return new Uint8Array(0);
  const bytes = ids.map((id) => new Uint8Array(Buffer.from(id, 'hex')));
  const stream = tableToIPC(tableFromColumns({ stacktrace_id: columnFromArray(bytes, binary()) }), {
    format: 'stream',
  });
  invariant(stream !== null, 'a table becomes bytes');
  return stream;
}
