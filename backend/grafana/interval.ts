/**
 * Lengths of time as Grafana writes them: 15s, 1h, 1w; a bare number is seconds, a month 30 days, a year 365.
 *
 * Source: @grafana/data 13.2, rangeUtil.intervalToMs.
 */
const unitMillis = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
  ['M', 2_592_000_000],
  ['y', 31_536_000_000],
]);

/** undefined for what is none. */
export function intervalMillis(text: string): number | undefined {
  const parts = /^(\d+)(ms|[smhdwMy])?$/.exec(text.trim());
  return parts === null ? undefined : Number(parts[1]) * (unitMillis.get(parts[2] ?? 's') ?? 0);
}
