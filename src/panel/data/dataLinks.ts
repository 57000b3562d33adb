/**
 * The data links of a panel's fields, for one function of the graph.
 *
 * Shape:  in titles and addresses stand ${function}, ${self}, ${total} (in the values' unit) and ${share} (percent of the
 *         whole), beside all that Grafana replaces. Every field may bear the same link: it is offered once.
 */
import type { DataFrame, DataLink, InterpolateFunction, ScopedVars } from '@grafana/data';
import { shareOf } from '../../flamegraph/flameGraphData.ts';
import type { FrameInfo } from '../../flamegraph/mountFlameGraph.types.ts';
import type { DataSourceRef, FrameLink, FrameLinkContext } from './frameLinks.ts';
import { exploreAddress } from './frameLinks.ts';

export interface LinkSource {
  readonly replaceVariables: InterpolateFunction;
  readonly range: FrameLinkContext['range'];
  readonly typeOf: (uid: string) => string | undefined;
}

export function dataLinks(frames: readonly DataFrame[], info: FrameInfo, source: LinkSource): readonly FrameLink[] {
  const links = frames.flatMap(({ fields }) => fields.flatMap(({ config }) => config.links ?? []));
  const variables = variablesOf(info);
  const found = new Map<string, FrameLink>();
  for (const link of links) {
    const href = addressOf(link, variables, source);
    if (href === undefined) continue;
    const label = source.replaceVariables(link.title, variables) || href;
    found.set(`${label}\n${href}`, { label, href });
  }
  return [...found.values()];
}

function variablesOf({ name, self, total, whole }: FrameInfo): ScopedVars {
  const [own, all] = [self, total].map(({ left, right }) => (whole.right > 0 ? right : left));
  const share = shareOf(all ?? 0, whole.right > 0 ? whole.right : whole.left) * 100;
  const values = { function: name, self: String(own), total: String(all), share: String(Number(share.toFixed(2))) };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { text: value, value }]));
}

function addressOf(link: DataLink, variables: ScopedVars, source: LinkSource): string | undefined {
  const { internal, url } = link;
  // A name in an address is a part of it, whatever characters it has.
  if (internal === undefined) return url === '' ? undefined : source.replaceVariables(url, variables, 'uriencode');
  const target: DataSourceRef = { uid: internal.datasourceUid, type: source.typeOf(internal.datasourceUid) ?? '' };
  const asked: unknown = internal.query;
  if (typeof asked !== 'object' || asked === null) return undefined;
  const query: Record<string, unknown> = {};
  for (const [key, value] of Object.entries<unknown>({ ...asked })) {
    query[key] = typeof value === 'string' ? source.replaceVariables(value, variables) : value;
  }
  return exploreAddress(target, query, source.range);
}
