/**
 * The series of each tenant, in memory: who has which labels, and in which hours there were profiles. Every catalog
 * question (profile types, label names, values, series) and the first step of every other question is answered here.
 *
 * Units: hours are hours since 1970 in UTC; a range of time is widened to whole hours.
 */
import type { Labels } from '../model/labels.ts';
import type { TimeRange, UnixNanos } from '../model/time.ts';

export interface CatalogSeries {
  readonly id: bigint;
  readonly labels: Labels;
  readonly profileType: string;
}

/** Says of a label's value whether it fits; '' stands for a label that a series lacks. */
export interface ValueTest {
  readonly name: string;
  readonly matches: (value: string) => boolean;
  /** When only these values can match, so that the index may look them up. */
  readonly literals?: readonly string[];
}

export interface Catalog {
  /** Series that pass every test and had a profile in an hour that touches the range; without a range, at any time. */
  select(tenant: string, tests: readonly ValueTest[], range?: TimeRange): readonly CatalogSeries[];
  byId(tenant: string, id: bigint): CatalogSeries | undefined;
  /** Times of the oldest and newest profile; undefined before the first. Exact while the process lives, hours after a restart. */
  bounds(tenant: string): { readonly oldest: UnixNanos; readonly newest: UnixNanos } | undefined;
  /** Names that series have, or had; order free. */
  labelNames(tenant: string): Iterable<string>;
  /** Who has series; order free. */
  tenants(): Iterable<string>;
  seriesCount(): number;
}
