/**
 * The catalog of a store: which series there are and when they had profiles. Writers register a series first and note its
 * profiles once they are committed; a series without a noted profile is hidden from readers.
 *
 * Units:  hours since 1970; oldest and newest in nanoseconds, exact for what was noted, whole hours for what was restored.
 * Errors: none for input; unsorted labels are sorted.
 */
import { compareText, sortLabels } from '../model/labels.ts';
import type { Labels } from '../model/labels.ts';
import { hourOfNanos, unixNanos } from '../model/time.ts';
import type { TimeRange, UnixNanos } from '../model/time.ts';
import { addHour, hasHour, noHours, touchesHours } from './activeHours.ts';
import type { ActiveHours } from './activeHours.ts';
import type { Catalog, CatalogSeries, ValueTest } from './catalog.ts';
import { addSeries, emptyLabelIndex, selectPlaces } from './labelIndex.ts';
import type { LabelIndex } from './labelIndex.ts';
import { nextSeriesId, sameLabels, seriesId, seriesKey } from './seriesId.ts';

const nanosPerHour = 3_600_000_000_000n;

/** A series that has its id for good, whether readers see it yet or not. */
export interface RegisteredSeries extends CatalogSeries {
  readonly tenant: string;
  readonly hours: ActiveHours;
}

interface TenantCatalog {
  readonly byId: Map<bigint, RegisteredSeries>;
  /** Only a short cut: what was restored gets its key when it is written to again. */
  readonly byKey: Map<string, bigint>;
  /** By place in the index; only series that readers see. */
  readonly visible: RegisteredSeries[];
  readonly index: LabelIndex;
  oldest: UnixNanos | undefined;
  newest: UnixNanos | undefined;
}

export type HashSeries = (hashKey: Uint8Array, key: string) => bigint;

export class SeriesCatalog implements Catalog {
  readonly #hashKey: Uint8Array;
  readonly #hash: HashSeries;
  readonly #tenants = new Map<string, TenantCatalog>();
  readonly #hours = noHours();
  #seriesCount = 0;

  /** Tests pass a poor hash to see collisions. */
  constructor(hashKey: Uint8Array, hash: HashSeries = seriesId) {
    this.#hashKey = hashKey;
    this.#hash = hash;
  }

  /** The id of a label set, a new one when it has none: its hash, or the next free id where that belongs to another set. */
  register(tenant: string, labels: Labels, profileType: string): RegisteredSeries {
    const key = seriesKey(tenant, labels);
    const catalog = this.#tenant(tenant);
    const known = catalog.byKey.get(key);
    const found = known === undefined ? undefined : catalog.byId.get(known);
    if (found !== undefined) return found;
    if (!isSorted(labels)) return this.register(tenant, sortLabels(labels), profileType);
    let id = this.#hash(this.#hashKey, key);
    for (;;) {
      const taken = catalog.byId.get(id);
      const series = taken ?? { id, tenant, labels, profileType, hours: noHours() };
      if (taken === undefined || sameLabels(taken.labels, labels)) {
        catalog.byId.set(id, series);
        catalog.byKey.set(key, id);
        return series;
      }
      id = nextSeriesId(id);
    }
  }

  /** Takes a series from the disk with the id that it got when it was new. */
  restore(tenant: string, { id, labels, profileType }: CatalogSeries): void {
    this.#tenant(tenant).byId.set(id, { id, tenant, labels, profileType, hours: noHours() });
  }

  /** Takes a series' active hours of a day from the disk, bit h for hour h; those of an unknown series are left alone. */
  restoreDay(tenant: string, id: bigint, day: number, hours: number): void {
    const catalog = this.#tenant(tenant);
    const series = catalog.byId.get(id);
    if (series === undefined) return;
    let last: number | undefined;
    for (let hour = 0; hour < 24; hour++) {
      if (((hours >>> hour) & 1) === 0) continue;
      if (last === undefined) widen(catalog, unixNanos(BigInt(day * 24 + hour) * nanosPerHour));
      last = day * 24 + hour;
      this.#noteHour(catalog, series, last);
    }
    if (last !== undefined) widen(catalog, unixNanos(BigInt(last + 1) * nanosPerHour - 1n));
  }

  /** To be called when a profile of the series is committed: from here on readers find it. */
  noteProfile(series: RegisteredSeries, timeNanos: UnixNanos): void {
    const catalog = this.#tenant(series.tenant);
    this.#noteHour(catalog, series, hourOfNanos(timeNanos));
    widen(catalog, timeNanos);
  }

  /** Whether readers see the series: it has committed profiles. */
  isVisible(series: RegisteredSeries): boolean {
    return series.hours.runs.length > 0;
  }

  isActive(series: RegisteredSeries, hour: number): boolean {
    return hasHour(series.hours, hour);
  }

  select(tenant: string, tests: readonly ValueTest[], range?: TimeRange): readonly CatalogSeries[] {
    const catalog = this.#tenants.get(tenant);
    if (catalog === undefined) return [];
    const found: CatalogSeries[] = [];
    const first = range === undefined ? 0 : hourOfNanos(range.start);
    const last = range === undefined ? 0 : hourOfNanos(range.end);
    for (const place of selectPlaces(catalog.index, catalog.visible.length, tests)) {
      const series = catalog.visible[place];
      if (series === undefined) continue;
      if (range === undefined || touchesHours(series.hours, first, last)) found.push(series);
    }
    return found;
  }

  byId(tenant: string, id: bigint): CatalogSeries | undefined {
    const series = this.#tenants.get(tenant)?.byId.get(id);
    return series !== undefined && this.isVisible(series) ? series : undefined;
  }

  bounds(tenant: string): { readonly oldest: UnixNanos; readonly newest: UnixNanos } | undefined {
    const { oldest, newest } = this.#tenants.get(tenant) ?? {};
    return oldest === undefined || newest === undefined ? undefined : { oldest, newest };
  }

  /** Hours in which any series of any tenant had a committed profile. */
  activeHours(): ActiveHours {
    return this.#hours;
  }

  labelNames(tenant: string): Iterable<string> {
    return this.#tenants.get(tenant)?.index.columns.keys() ?? [];
  }

  tenants(): Iterable<string> {
    return this.#tenants.keys();
  }

  seriesCount(): number {
    return this.#seriesCount;
  }

  #tenant(tenant: string): TenantCatalog {
    let catalog = this.#tenants.get(tenant);
    if (catalog === undefined) {
      const index = emptyLabelIndex();
      catalog = { byId: new Map(), byKey: new Map(), visible: [], index, oldest: undefined, newest: undefined };
      this.#tenants.set(tenant, catalog);
    }
    return catalog;
  }

  #noteHour(catalog: TenantCatalog, series: RegisteredSeries, hour: number): void {
    if (!this.isVisible(series)) {
      // One object per pair of name and value, shared by all series, in place of the writer's.
      const labels = addSeries(catalog.index, catalog.visible.length, series.labels);
      const { id, tenant, profileType, hours } = series;
      const shared: RegisteredSeries = { id, tenant, labels, profileType, hours };
      catalog.byId.set(id, shared);
      catalog.visible.push(shared);
      this.#seriesCount++;
    }
    addHour(series.hours, hour);
    addHour(this.#hours, hour);
  }
}

function isSorted(labels: Labels): boolean {
  return labels.every((label, i) => i === 0 || compareText(labels[i - 1]?.name ?? '', label.name) <= 0);
}

function widen(catalog: TenantCatalog, time: UnixNanos): void {
  if (catalog.oldest === undefined || time < catalog.oldest) catalog.oldest = time;
  if (catalog.newest === undefined || time > catalog.newest) catalog.newest = time;
}
