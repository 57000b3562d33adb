/** What every store must do when it is asked for records one by one. */
import { unixNanos } from '../model/time.ts';
import { batchOf, ids, noon, seriesOf } from './madeUpRows.ts';
import type { SampleScope, Store, StoredSamples } from './store.ts';

/** Each record in full, sorted; stacks in the order in which they stand. */
export function samplesAsText(store: Store, tenant: string, rows: StoredSamples): readonly string[] {
  const { sampleStart, stackIds, values } = rows;
  return [...rows.seriesIds]
    .map((id, i) => {
      const labels = store.catalog.byId(tenant, id)?.labels.map(({ value }) => value);
      const samples = [...stackIds.subarray(sampleStart[i], sampleStart[i + 1])].map(
        (stack, k) => `${stack}=${values[(sampleStart[i] ?? 0) + k]}`,
      );
      const head = `${labels?.join('/')} at ${rows.timesNanos[i]} for ${rows.durationsNanos[i]}`;
      return `${head} by ${rows.periods[i]}: ${rows.totals[i]} of ${samples.sort().join(' ')}`;
    })
    .sort();
}

export function testSamples(open: () => Store): void {
  const everything = { withStacks: true, mostProfiles: 1_000 };
  const scopeOf = (tenant: string, rest: Partial<SampleScope> = {}): SampleScope => ({
    tenant,
    seriesIds: seriesOf(open(), tenant),
    range: { start: unixNanos(noon - 10n), end: unixNanos(noon + 10n) },
    ...rest,
  });

  test('records come one by one, with samples when they are wanted', async () => {
    const store = open();
    const samples = [
      { stack: 1n, value: 3n },
      { stack: 2n, value: 2n ** 62n },
    ];
    const record = { samples, time: noon };
    await store.write(batchOf('one by one', record, { ...record, pod: 'b', samples: [], time: noon + 1n }));
    const head = `15000000000 by 10000000`;
    const text = async (withStacks: boolean) =>
      samplesAsText(store, 'one by one', await store.readSamples(scopeOf('one by one'), { ...everything, withStacks }));
    expect(await text(true)).toEqual([
      `cpu/a at ${noon} for ${head}: ${2n ** 62n + 3n} of 1=3 2=${2n ** 62n}`,
      `cpu/b at ${noon + 1n} for ${head}: 0 of `,
    ]);
    expect(await text(false)).toEqual([
      `cpu/a at ${noon} for ${head}: ${2n ** 62n + 3n} of `,
      `cpu/b at ${noon + 1n} for ${head}: 0 of `,
    ]);
    const none = await store.readSamples(scopeOf('one by one', { seriesIds: ids() }), everything);
    expect(none.sampleStart).toEqual(Uint32Array.of(0));
  });

  test('only samples of the spans that were asked for count', async () => {
    const store = open();
    const samples = [
      { stack: 1n, value: 3n, span: 7n },
      { stack: 2n, value: 4n, span: 8n },
    ];
    await store.write(batchOf('one by one of spans', { samples }));
    const rows = await store.readSamples(scopeOf('one by one of spans', { spanIds: ids(8n) }), everything);
    expect([rows.totals, rows.stackIds, rows.values]).toEqual([BigInt64Array.of(4n), ids(2n), BigInt64Array.of(4n)]);
  });

  test('more profiles than may be are refused, as many are not', async () => {
    const store = open();
    const record = { samples: [{ stack: 1n, value: 1n }] };
    await store.write(batchOf('too many one by one', record, { ...record, profile: 2 }));
    const ask = (mostProfiles: number) =>
      store.readSamples(scopeOf('too many one by one'), { withStacks: false, mostProfiles });
    expect((await ask(2)).seriesIds).toHaveLength(2);
    const refused: unknown = expect.objectContaining({ code: 'resource_exhausted' });
    await expect(ask(1)).rejects.toEqual(refused);
  });

  test('names of labels are known once a series has a profile', async () => {
    const store = open();
    await store.write(batchOf('named', { samples: [] }));
    expect([...store.catalog.labelNames('named')].sort()).toEqual(['__type__', 'pod']);
    expect([...store.catalog.labelNames('nobody at all')]).toEqual([]);
  });
}
