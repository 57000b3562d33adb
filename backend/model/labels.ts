/** Labels of a series, sorted by name; a name stands once. */
export interface Label {
  readonly name: string;
  readonly value: string;
}
export type Labels = readonly Label[];

/** Names that say what the profile type is; the server writes them, readers see them. */
export const profileTypeLabel = '__profile_type__';
export const serviceNameLabel = 'service_name';
export const metricNameLabel = '__name__';

const encoder = new TextEncoder();
/** Byte order, as Go's sort and every peer's answers have it: UTF-16 order differs above U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < 0xd800 || y < 0xd800) return x - y;
    return Buffer.compare(encoder.encode(a), encoder.encode(b));
  }
  return a.length - b.length;
}

export const sortLabels = (labels: Iterable<Label>): Labels => [...labels].sort((a, b) => compareText(a.name, b.name));

export function labelValue(labels: Labels, name: string): string | undefined {
  return labels.find((label) => label.name === name)?.value;
}

/** For messages: {a="b", c="d"}, as Prometheus writes it. */
export const formatLabels = (labels: Labels): string =>
  `{${labels.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
