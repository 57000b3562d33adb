/** What a server answers about what was sent to it. */
import { call } from '../testServer.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Around now: what was sent without a time, or with the current one. */
export const recently = (): Range => ({ start: Date.now() - 600_000, end: Date.now() + 60_000 });

/** All of 2001 to 2033, for recordings. */
export const everything: Range = { start: 1_000_000_000_000, end: 2_000_000_000_000 };

export async function labelSets(url: string, selector: string, range: Range): Promise<readonly Labels[]> {
  const answer = await call(
    url,
    'querier.v1.QuerierService/Series',
    { matchers: [selector], ...range },
    {
      accept: '*/*;allow-utf8-labelnames=true',
    },
  );
  const { labelsSet = [] } = answer.json as { labelsSet?: readonly { labels: readonly Label[] }[] };
  return labelsSet.map(({ labels }) => Object.fromEntries(labels.map(({ name, value }) => [name, value])));
}

export type Labels = Readonly<Record<string, string>>;
interface Label {
  readonly name: string;
  readonly value: string;
}

/** Profile type -> total, of everything that the selector finds. */
export async function totals(url: string, selector: string, range: Range): Promise<Readonly<Record<string, bigint>>> {
  const sets = await labelSets(url, selector, range);
  const types = [...new Set(sets.map((labels) => labels['__profile_type__'] ?? ''))].sort();
  const found: Record<string, bigint> = {};
  for (const type of types) found[type] = (await foldedGraph(url, type, selector, range)).total;
  return found;
}

export interface FoldedGraph {
  readonly total: bigint;
  /** "root;leaf value", sorted. */
  readonly stacks: readonly string[];
}

export async function foldedGraph(
  url: string,
  profileTypeID: string,
  labelSelector: string,
  range: Range,
  more: object = {},
): Promise<FoldedGraph> {
  const question = { profileTypeID, labelSelector, maxNodes: 1_000_000, ...range, ...more };
  const answer = await call(url, 'querier.v1.QuerierService/SelectMergeStacktraces', question);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const { flamegraph } = answer.json as { flamegraph?: FlameGraph };
  return { total: BigInt(flamegraph?.total ?? 0), stacks: flamegraph === undefined ? [] : folded(flamegraph) };
}

interface FlameGraph {
  readonly names: readonly string[];
  readonly levels?: readonly { readonly values?: readonly string[] }[];
  readonly total?: string;
}

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly path: readonly string[];
}

/** Bars of four: offset behind the one before, width, self, name. */
function folded({ names, levels = [] }: FlameGraph): readonly string[] {
  const stacks: string[] = [];
  let above: readonly Bar[] = [];
  for (const { values = [] } of levels) {
    const bars: Bar[] = [];
    let at = 0;
    for (let i = 0; i < values.length; i += 4) {
      const [offset = 0, width = 0, self = 0, name = 0] = values.slice(i, i + 4).map(Number);
      const from = at + offset;
      at = from + width;
      const parent = above.find((bar) => bar.from <= from && at <= bar.to);
      const path = parent === undefined ? [] : [...parent.path, names[name] ?? ''];
      bars.push({ from, to: at, path });
      if (self > 0) stacks.push(`${path.join(';')} ${self}`);
    }
    above = bars;
  }
  return stacks.sort();
}
