/** What every store must do when it is asked by span, by stack, or how much there is. */
import { batchOf, ids, noon, seriesOf, sumsAsText, totalsAsText } from './madeUpRows.ts';
import { unixNanos } from '../model/time.ts';
import type { SampleScope, SpanTotals, Store } from './store.ts';

/** In the order in which they come. */
const spansAsText = ({ timesNanos, totals, spanIds, traceIds, profileIds }: SpanTotals): readonly string[] =>
  [...spanIds].map((span, i) => {
    const place = `at ${(timesNanos[i] ?? 0n) - noon} in ${profileIds[16 * i + 3]}`;
    return `${span}/${traceIds[16 * i]} ${totals[i]} ${place}`;
  });

export function testSpans(open: () => Store): void {
  const scopeOf = (tenant: string, rest: Partial<SampleScope> = {}): SampleScope => ({
    tenant,
    seriesIds: seriesOf(open(), tenant),
    range: { start: unixNanos(noon - 10n), end: unixNanos(noon + 10n) },
    ...rest,
  });
  const spanned = batchOf(
    'by span',
    {
      profile: 1,
      samples: [
        { stack: 1n, value: 1n, span: 7n, trace: 3 },
        { stack: 1n, value: 2n },
        { stack: 2n, value: 4n, span: 7n, trace: 3 },
        { stack: 2n, value: 8n, span: 7n, trace: 5 },
        { stack: 3n, value: 16n, span: 9n },
      ],
    },
    { profile: 2, time: noon + 1n, samples: [{ stack: 1n, value: 32n, span: 7n, trace: 3 }] },
    { profile: 3, time: noon + 2n, samples: [{ stack: 1n, value: 64n }] },
    { profile: 4, time: noon + 99n, samples: [{ stack: 1n, value: 128n, span: 7n }] },
  );

  test('totals by span: one for each profile, span and trace, samples without a span left out', async () => {
    await open().write(spanned);
    expect([...spansAsText(await open().spanTotals(scopeOf('by span'), 9))].sort()).toEqual([
      '7/3 32 at 1 in 2',
      '7/3 5 at 0 in 1',
      '7/5 8 at 0 in 1',
      '9/0 16 at 0 in 1',
    ]);
    const chosen = scopeOf('by span', { spanIds: ids(7n), stackIds: ids(2n) });
    expect([...spansAsText(await open().spanTotals(chosen, 9))].sort()).toEqual(['7/3 4 at 0 in 1', '7/5 8 at 0 in 1']);
    const first = await open().spanTotals(scopeOf('by span'), 3);
    expect([...first.timesNanos]).toEqual([noon, noon, noon]);
    expect((await open().spanTotals(scopeOf('nobody'), 9)).spanIds).toHaveLength(0);
  });

  test('chosen stacks alone are summed, in records that have any of them', async () => {
    await open().write(
      batchOf(
        'by stack',
        {
          samples: [
            { stack: 1n, value: 1n },
            { stack: 2n, value: 2n },
            { stack: 3n, value: 4n },
          ],
        },
        { pod: 'b', samples: [{ stack: 3n, value: 8n }] },
      ),
    );
    const chosen = scopeOf('by stack', { stackIds: ids(2n, 1n, 99n) });
    expect(sumsAsText(await open().sumStacks(chosen))).toEqual(['1 1', '2 2']);
    const grid = { startMillis: 0, stepMillis: 10 ** 13, pointCount: 2 };
    expect(totalsAsText(open(), 'by stack', await open().sumTotals(chosen, grid))).toEqual(['cpu/a @1 3 of 1']);
    expect((await open().profileTotals(chosen, 9)).totals).toEqual(BigInt64Array.of(3n));
    const none = scopeOf('by stack', { stackIds: ids() });
    expect((await open().sumStacks(none)).stackIds).toHaveLength(0);
    const many = BigUint64Array.from({ length: 1_000 }, (_, i) => BigInt(i + 3));
    expect(sumsAsText(await open().sumStacks(scopeOf('by stack', { stackIds: many })))).toEqual(['3 12']);
  });

  test('how much there is: profiles, samples, and their bytes with spans and traces', async () => {
    await open().write({ ...spanned, tenant: 'sizes' });
    // Three profiles in range: 7 samples of 16 bytes, spans and traces beside 6 of them.
    expect(await open().measure(scopeOf('sizes'))).toEqual({
      profileCount: 3,
      sampleCount: 7,
      sampleBytes: 7 * 16 + 6 * (8 + 16),
    });
    expect(await open().measure(scopeOf('nobody'))).toEqual({ profileCount: 0, sampleCount: 0, sampleBytes: 0 });
  });
}
