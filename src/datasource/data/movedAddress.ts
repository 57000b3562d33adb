/**
 * The address of what is open in Grafana, with its time range moved: where "the nearest profiles are at ..." leads.
 *
 * Shape:  dashboards and pages of apps have from and to; Explore keeps a range in each of its panes, as JSON.
 */
import { fieldsOf } from './readFields.ts';
import type { MillisRange } from './requests.ts';

export interface Address {
  readonly pathname: string;
  /** Query string, with or without its question mark. */
  readonly search: string;
}

export function movedAddress({ pathname, search }: Address, { startMillis, endMillis }: MillisRange): string {
  const parameters = new URLSearchParams(search);
  const range = { from: String(Math.floor(startMillis)), to: String(Math.ceil(endMillis)) };
  const panes = panesOf(parameters.get('panes'));
  if (panes === undefined) for (const [name, value] of Object.entries(range)) parameters.set(name, value);
  else {
    const moved = Object.entries(panes).map(([id, pane]) => [id, { ...fieldsOf(pane), range }]);
    parameters.set('panes', JSON.stringify(Object.fromEntries(moved)));
  }
  return `${pathname}?${parameters.toString()}`;
}

/** undefined for what is not Explore's. */
function panesOf(text: string | null): Readonly<Record<string, unknown>> | undefined {
  if (text === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? undefined : fieldsOf(parsed);
  } catch {
    return undefined; // Somebody has cut the address: from and to do no harm.
  }
}
