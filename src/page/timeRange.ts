/**
 * Which time a person looks at: the last so long, or between two moments.
 *
 * Shape: in the URL from=now-15m, or from and until as milliseconds since 1970.
 * Units: milliseconds.
 */
export type TimeChoice =
  | { readonly kind: 'last'; readonly millis: number }
  | { readonly kind: 'between'; readonly startMillis: number; readonly endMillis: number };

export interface MillisRange {
  readonly startMillis: number;
  readonly endMillis: number;
}

const unitMillis: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const offeredTimes: readonly { readonly text: string; readonly label: string }[] = [
  { text: '5m', label: 'last 5 minutes' },
  { text: '15m', label: 'last 15 minutes' },
  { text: '1h', label: 'last hour' },
  { text: '6h', label: 'last 6 hours' },
  { text: '24h', label: 'last 24 hours' },
  { text: '7d', label: 'last 7 days' },
];

export const defaultTime: TimeChoice = { kind: 'last', millis: 3_600_000 };

export function rangeOf(choice: TimeChoice, nowMillis: number): MillisRange {
  if (choice.kind === 'between') return { startMillis: choice.startMillis, endMillis: choice.endMillis };
  return { startMillis: nowMillis - choice.millis, endMillis: nowMillis };
}

/** undefined for what is none: links are typed and cut by people. */
export function readTime(from: string | null, until: string | null): TimeChoice | undefined {
  const last = /^now-([1-9]\d{0,5})([smhd])$/.exec(from ?? '');
  if (last !== null) return { kind: 'last', millis: Number(last[1]) * (unitMillis[last[2] ?? ''] ?? 0) };
  const [startMillis, endMillis] = [millisOf(from), millisOf(until)];
  if (startMillis === undefined || endMillis === undefined || startMillis >= endMillis) return undefined;
  return { kind: 'between', startMillis, endMillis };
}

export function writeTime(choice: TimeChoice): readonly (readonly [string, string])[] {
  if (choice.kind === 'last') return [['from', `now-${durationText(choice.millis)}`]];
  return [
    ['from', String(choice.startMillis)],
    ['until', String(choice.endMillis)],
  ];
}

/** "15m", "24h": the largest unit that divides it, but 24h stays what is offered. */
export function durationText(millis: number): string {
  const offered = offeredTimes.find(({ text }) => durationMillis(text) === millis);
  if (offered !== undefined) return offered.text;
  const [unit = 's', size = 1_000] =
    Object.entries(unitMillis)
      .reverse()
      .find(([, candidate]) => millis % candidate === 0) ?? [];
  return `${Math.max(1, Math.round(millis / size))}${unit}`;
}

export function durationMillis(text: string): number {
  return Number(text.slice(0, -1)) * (unitMillis[text.slice(-1)] ?? 0);
}

function millisOf(text: string | null): number | undefined {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : undefined;
}
