/** Series -> groups of those that are alike in some labels. A label that a series lacks is left out of its group's. */
import type { Labels } from '../model/labels.ts';
import { labelValue } from '../model/labels.ts';
import type { CatalogSeries } from '../store/catalog.ts';

export interface SeriesGroups {
  readonly labels: readonly Labels[];
  /** Series id to its group. */
  readonly groupOf: ReadonlyMap<bigint, number>;
}

export function groupSeries(series: readonly CatalogSeries[], groupBy: readonly string[]): SeriesGroups {
  const labels: Labels[] = [];
  const groupOf = new Map<bigint, number>();
  const known = new Map<string, number>();
  for (const one of series) {
    const values = groupBy.map((name) => labelValue(one.labels, name));
    const key = JSON.stringify(values);
    let group = known.get(key);
    if (group === undefined) {
      group = labels.length;
      known.set(key, group);
      labels.push(groupBy.flatMap((name, i) => (values[i] === undefined ? [] : [{ name, value: values[i] }])));
    }
    groupOf.set(one.id, group);
  }
  return { labels, groupOf };
}
