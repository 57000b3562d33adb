/**
 * How far each rule was evaluated and handed on, kept over restarts.
 *
 * Shape:  a document a tenant, {"rules": {"<id>": {"metric": "profiles_recorded_x", "until": 1795176000000}}}. A rule that now
 *         has another metric name begins anew, since nobody got its series yet.
 * Units:  milliseconds since 1970.
 */
import type { DocumentPlace, Documents } from '../documents/documents.ts';
import type { Rule } from './ruleBook.ts';

export type Positions = ReadonlyMap<string, RulePosition>;

export interface RulePosition {
  readonly metric: string;
  readonly until: number;
}

const placeOf = (tenant: string): DocumentPlace => ({ tenant, kind: 'rule_positions', name: 'all.json' });

export async function readPositions(documents: Documents, tenant: string): Promise<Positions> {
  const bytes = await documents.read(placeOf(tenant));
  if (bytes === undefined) return new Map();
  try {
    return positionsIn(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    // The parser's error alone would not say which file.
    throw new Error(`the document rule_positions of tenant ${tenant} cannot be read`, { cause: error });
  }
}

function positionsIn(value: unknown): Positions {
  const rules = isObject(value) && isObject(value.rules) ? Object.entries(value.rules) : [];
  return new Map(
    rules.flatMap(([id, one]): [string, RulePosition][] => {
      if (!isObject(one) || typeof one.metric !== 'string' || typeof one.until !== 'number') return [];
      return [[id, { metric: one.metric, until: one.until }]];
    }),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

export const positionOf = (positions: Positions, { id, metric }: Rule): number | undefined => {
  const found = positions.get(id);
  return found?.metric === metric.name ? found.until : undefined;
};

export async function writePositions(documents: Documents, tenant: string, positions: Positions): Promise<void> {
  const text = JSON.stringify({ rules: Object.fromEntries(positions) });
  await documents.update(placeOf(tenant), () => (positions.size === 0 ? undefined : new TextEncoder().encode(text)));
}
