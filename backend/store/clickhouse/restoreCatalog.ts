/** Fills the catalog from the disk when a store opens. */
import type { SeriesCatalog } from '../seriesCatalog.ts';
import type { Engine } from './engine.ts';
import type { NativeColumn } from './nativeColumns.ts';
import { columnOf, ofKind, textsOf } from './nativeColumns.ts';

export async function restoreCatalog(engine: Engine, catalog: SeriesCatalog): Promise<void> {
  await restoreSeries(engine, catalog);
  await restoreDays(engine, catalog);
}

async function restoreSeries(engine: Engine, catalog: SeriesCatalog): Promise<void> {
  const sql =
    'SELECT CAST(tenant AS String) AS owner, id, CAST(profile_type AS String) AS type, label_names, label_values' +
    ' FROM series LIMIT 1 BY tenant, id';
  const answer = await engine.ask({ sql: () => sql });
  if (answer.rowCount === 0) return;
  const tenants = textsOf(columnOf(answer, 'owner', 'String'));
  const types = textsOf(columnOf(answer, 'type', 'String'));
  const ids = columnOf(answer, 'id', 'UInt64').values;
  const names = columnOf(answer, 'label_names', 'Array');
  const nameTexts = shared(names.items);
  const valueTexts = shared(columnOf(answer, 'label_values', 'Array').items);
  for (let row = 0; row < answer.rowCount; row++) {
    const labels = [];
    for (let at = names.starts[row] ?? 0; at < (names.starts[row + 1] ?? 0); at++) {
      labels.push({ name: nameTexts[at] ?? '', value: valueTexts[at] ?? '' });
    }
    catalog.restore(tenants[row] ?? '', { id: ids[row] ?? 0n, labels, profileType: types[row] ?? '' });
  }
}

/** By day, so that each series' hours come in order. */
async function restoreDays(engine: Engine, catalog: SeriesCatalog): Promise<void> {
  const sql =
    'SELECT CAST(tenant AS String) AS owner, series_id, day, groupBitOr(hours) AS all_hours' +
    ' FROM series_days GROUP BY tenant, series_id, day ORDER BY day';
  const answer = await engine.ask({ sql: () => sql });
  if (answer.rowCount === 0) return;
  const tenants = shared(columnOf(answer, 'owner', 'String'));
  const ids = columnOf(answer, 'series_id', 'UInt64').values;
  const days = columnOf(answer, 'day', 'Int32').values;
  const hours = columnOf(answer, 'all_hours', 'UInt32').values;
  for (let row = 0; row < answer.rowCount; row++) {
    catalog.restoreDay(tenants[row] ?? '', ids[row] ?? 0n, days[row] ?? 0, hours[row] ?? 0);
  }
}

/** Equal texts as one string: labels repeat in every series. */
function shared(column: NativeColumn): readonly string[] {
  const known = new Map<string, string>();
  return textsOf(ofKind(column, 'String')).map((text) => {
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  });
}
