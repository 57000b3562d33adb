/**
 * How exactly the server summed: all profiles, or some of them with a bound on the error.
 *
 * Shape:  the header Pyrolens-Estimate: "exact", or "fraction=0.1;bound=0.004". Other servers have none.
 * Units:  bound is a part of the whole that each share is at most off, in `confidence` of all cases.
 */
export const accuracyHeader = 'pyrolens-estimate';

export type Accuracy =
  | { readonly kind: 'exact' }
  | { readonly kind: 'estimate'; readonly bound: number; readonly confidence: number };

const confidence = 0.95;

export function readAccuracy(header: string | null): Accuracy | undefined {
  if (header === null) return undefined;
  if (header.trim() === 'exact') return { kind: 'exact' };
  const bound = /(?:^|;)\s*bound=([\d.e+-]+)/.exec(header)?.[1];
  const value = Number(bound);
  return bound === undefined || !Number.isFinite(value) ? undefined : { kind: 'estimate', bound: value, confidence };
}
