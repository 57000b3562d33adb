/** Totals by span, one Map at a time: the obvious twin of the engine's. */
import type { SpanTotals } from '../store.ts';
import type { StoredRecord } from './openMemoryStore.ts';

interface SpanRow {
  readonly stored: StoredRecord;
  readonly span: bigint;
  readonly trace: Uint8Array;
  total: bigint;
}

export function spanTotalsOf(
  records: readonly (StoredRecord & { readonly samples: readonly number[] })[],
  limit: number,
): SpanTotals {
  const rows = records
    .toSorted((a, b) => Number(a.record.timeNanos - b.record.timeNanos))
    .flatMap((stored) => [...spansOf(stored, stored.samples).values()])
    .slice(0, limit);
  return {
    seriesIds: BigUint64Array.from(rows, (row) => row.stored.seriesId),
    timesNanos: BigInt64Array.from(rows, (row) => row.stored.record.timeNanos),
    totals: BigInt64Array.from(rows, (row) => row.total),
    profileIds: Uint8Array.from(Buffer.concat(rows.map((row) => row.stored.record.profileId))),
    spanIds: BigUint64Array.from(rows, (row) => row.span),
    traceIds: Uint8Array.from(Buffer.concat(rows.map((row) => row.trace))),
  };
}

function spansOf(stored: StoredRecord, samples: readonly number[]): Map<string, SpanRow> {
  const rows = new Map<string, SpanRow>();
  const { spanIds, traceIds, values } = stored.record;
  for (const i of samples) {
    const span = spanIds[i] ?? 0n;
    if (span === 0n) continue;
    const trace = new Uint8Array(16);
    trace.set(traceIds.subarray(16 * i, 16 * i + 16));
    const key = `${span}/${Buffer.from(trace).toString('hex')}`;
    const row = rows.get(key) ?? { stored, span, trace, total: 0n };
    row.total += values[i] ?? 0n;
    rows.set(key, row);
  }
  return rows;
}
