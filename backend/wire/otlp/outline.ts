/**
 * Where the parts of an ExportProfilesServiceRequest lie: the tables of its dictionary and its profiles. Nothing is read yet.
 *
 * Shape:  tables[n] are the rows of the dictionary's field n (1 to 7). A profile knows its Resource and InstrumentationScope.
 * Units:  byte offsets.
 * Errors: InputError invalid_argument with the byte offset.
 * Source: opentelemetry-proto v1.7.0 to v1.9.0 and main at 7c63f7b (1.11), collector/profiles/v1development and
 *         profiles/v1development: down to the profile the numbers are the same in all.
 */
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { ProtoCursor } from '../protoCursor.ts';

/** A node with 2,000 processes and two kinds of profiles sends 4,000. */
export const mostProfiles = 65_536;

/** Rows of one table. Collectors send up to 64 MiB at once, of which a row takes some 12 bytes and one table a part. */
const mostRows = 2 ** 21;

export interface Span {
  readonly start: number;
  readonly stop: number;
}

export class SpanList {
  readonly starts = new GrowingUint32(16);
  readonly stops = new GrowingUint32(16);

  get count(): number {
    return this.starts.length;
  }

  push(start: number, stop: number): void {
    this.starts.push(start);
    this.stops.push(stop);
  }
}

export interface ProfilePlace extends Span {
  readonly resource: Span | undefined;
  readonly scope: Span | undefined;
}

/** Field numbers of the dictionary. */
export const tableField = {
  mappings: 1,
  locations: 2,
  functions: 3,
  links: 4,
  strings: 5,
  attributes: 6,
  /** Not in 1.7, where this is attribute_units. */
  stacks: 7,
} as const;

export interface Outline {
  readonly tables: readonly SpanList[];
  readonly profiles: readonly ProfilePlace[];
}

export function readOutline(cursor: ProtoCursor): Outline {
  const resources = new SpanList();
  const dictionaries = new SpanList();
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.field === 1) {
      if (resources.count === mostProfiles)
        throw cursor.malformed(cursor.start, `more than ${mostProfiles} resources in one request`);
      resources.push(cursor.start, cursor.stop);
    } else if (cursor.field === 2) dictionaries.push(cursor.start, cursor.stop);
  }
  return { tables: readTables(cursor, dictionaries), profiles: readProfiles(cursor, resources) };
}

export const rowsOf = (outline: Outline, field: number): SpanList => outline.tables[field] ?? new SpanList();

function readTables(cursor: ProtoCursor, dictionaries: SpanList): readonly SpanList[] {
  const tables = Array.from({ length: tableField.stacks + 1 }, () => new SpanList());
  // Protobuf merges a message that comes twice, so rows of a second dictionary follow those of the first.
  for (let i = 0; i < dictionaries.count; i++) {
    cursor.enter(dictionaries.starts.at(i), dictionaries.stops.at(i));
    while (cursor.next()) {
      const table = cursor.wireType === 2 ? tables[cursor.field] : undefined;
      if (table === undefined) continue;
      if (table.count === mostRows) throw cursor.malformed(cursor.start, `a table of more than ${mostRows} rows`);
      table.push(cursor.start, cursor.stop);
    }
  }
  return tables;
}

function readProfiles(cursor: ProtoCursor, resources: SpanList): readonly ProfilePlace[] {
  const profiles: ProfilePlace[] = [];
  for (let i = 0; i < resources.count; i++) {
    const resource = readHolder(cursor, resources.starts.at(i), resources.stops.at(i));
    const scopes = resource.held;
    for (let s = 0; s < scopes.count; s++) {
      const scope = readHolder(cursor, scopes.starts.at(s), scopes.stops.at(s));
      if (profiles.length + scope.held.count > mostProfiles)
        throw cursor.malformed(scopes.starts.at(s), `more than ${mostProfiles} profiles in one request`);
      for (let p = 0; p < scope.held.count; p++) {
        const [start, stop] = [scope.held.starts.at(p), scope.held.stops.at(p)];
        profiles.push({ start, stop, resource: resource.about, scope: scope.about });
      }
    }
  }
  return profiles;
}

/** ResourceProfiles and ScopeProfiles are alike: 1 says of what, 2 is what they hold, in any order. */
function readHolder(cursor: ProtoCursor, start: number, stop: number): { about: Span | undefined; held: SpanList } {
  let about: Span | undefined;
  const held = new SpanList();
  cursor.enter(start, stop);
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.field === 1) about = { start: cursor.start, stop: cursor.stop };
    else if (cursor.field === 2) held.push(cursor.start, cursor.stop);
  }
  return { about, held };
}
