/** What every store demands of a batch before it touches anything: columns that are parallel must be equally long. */
import { invariant } from '../errors.ts';
import type { ProfileRecord, WriteBatch } from '../model/record.ts';

export function checkBatch({ records, dictionary }: WriteBatch): void {
  for (const record of records) checkRecord(record);
  for (const { locations } of dictionary) {
    for (const { functionIds, lines, columns } of locations) {
      invariant(lines.length === functionIds.length && columns.length === functionIds.length, 'lines are parallel');
    }
  }
}

function checkRecord({ profileId, stackIds, values, spanIds, traceIds }: ProfileRecord): void {
  const count = stackIds.length;
  invariant(profileId.length === 16, 'a profile id has 16 bytes');
  invariant(values.length === count, 'a value for each stack');
  invariant(spanIds.length === 0 || spanIds.length === count, 'a span id for each stack, or none');
  invariant(traceIds.length === 0 || traceIds.length === 16 * count, '16 bytes of trace id for each stack, or none');
}
