/**
 * Reads what Grafana asks a backend plugin: the messages of pluginv2, of which only what is used.
 *
 * Shape:  every request carries the settings of the data source it is for, decrypted; those for the plugin as a whole have none.
 * Units:  milliseconds.
 * Errors: InputError invalid_argument with the byte offset, or naming the query whose JSON is none.
 * Source: grafana-plugin-sdk-go v0.298.0, proto/backend.proto; reference grafana-plugins 1.4.
 */
import { InputError } from '../errors.ts';
import { readTexts, textOf } from '../wire/parca/envelopes.ts';
import { ProtoCursor } from '../wire/protoCursor.ts';
import type { Fields } from './readFields.ts';
import { fieldsOf } from './readFields.ts';

export interface DataSourceSettings {
  readonly uid: string;
  readonly name: string;
  readonly jsonData: Fields;
  readonly secrets: ReadonlyMap<string, string>;
}

export interface PluginRequest {
  /** undefined: not about a data source. */
  readonly settings: DataSourceSettings | undefined;
}

export interface QueryDataRequest extends PluginRequest {
  readonly headers: ReadonlyMap<string, string>;
  readonly queries: readonly DataQuery[];
}

export interface DataQuery {
  readonly refId: string;
  readonly intervalMillis: number;
  readonly startMillis: number;
  readonly endMillis: number;
  /** The query as the editor saved it. */
  readonly saved: Fields;
}

export interface ResourceRequest extends PluginRequest {
  readonly path: string;
  /** With the parameters behind a question mark. */
  readonly url: string;
}

const mostQueries = 100;
const mostEntries = 1_000;
const format = 'pluginv2';

/** Of CheckHealth and CollectMetrics. */
export const readPluginRequest = (bytes: Uint8Array): PluginRequest => ({ settings: readHead(bytes).settings });

export function readQueryDataRequest(bytes: Uint8Array): QueryDataRequest {
  const { settings, cursor } = readHead(bytes);
  const headers = new Map<string, string>();
  const queries: DataQuery[] = [];
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.field === 2) readEntry(cursor, headers);
    else if (cursor.field === 3) {
      queries.push(readQuery(inside(cursor)));
      if (queries.length > mostQueries)
        throw new InputError('invalid_argument', `more than ${mostQueries} queries in one request`);
    }
  }
  return { settings, headers, queries };
}

export function readResourceRequest(bytes: Uint8Array): ResourceRequest {
  const { settings } = readHead(bytes);
  const cursor = new ProtoCursor(bytes, format);
  let path = '';
  let url = '';
  while (cursor.next()) {
    if (cursor.field === 2 && cursor.wireType === 2) path = textOf(cursor);
    else if (cursor.field === 4 && cursor.wireType === 2) url = textOf(cursor);
  }
  return { settings, path, url };
}

/** The plugin context, field 1 of every request, and a cursor that has read nothing yet. */
function readHead(bytes: Uint8Array): PluginRequest & { readonly cursor: ProtoCursor } {
  const cursor = new ProtoCursor(bytes, format);
  let settings: DataSourceSettings | undefined;
  while (cursor.next()) {
    if (cursor.field !== 1 || cursor.wireType !== 2) continue;
    const context = inside(cursor);
    while (context.next()) if (context.field === 5 && context.wireType === 2) settings = readSettings(inside(context));
  }
  return { settings, cursor: new ProtoCursor(bytes, format) };
}

function readSettings(cursor: ProtoCursor): DataSourceSettings {
  const secrets = new Map<string, string>();
  let uid = '';
  let name = '';
  let jsonData: Fields = {};
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (cursor.field === 2) name = textOf(cursor);
    else if (cursor.field === 8) jsonData = readJson(cursor, 'the settings of the data source');
    else if (cursor.field === 9) readEntry(cursor, secrets);
    else if (cursor.field === 11) uid = textOf(cursor);
  }
  return { uid, name, jsonData, secrets };
}

function readQuery(cursor: ProtoCursor): DataQuery {
  let refId = '';
  let intervalMillis = 0;
  let range = { startMillis: 0, endMillis: 0 };
  let saved: Fields = {};
  while (cursor.next()) {
    if (cursor.field === 1 && cursor.wireType === 2) refId = textOf(cursor);
    else if (cursor.field === 3 && cursor.wireType === 0) intervalMillis = Number(cursor.int64());
    else if (cursor.field === 4 && cursor.wireType === 2) range = readRange(inside(cursor));
    else if (cursor.field === 5 && cursor.wireType === 2) saved = readJson(cursor, `query ${refId}`);
  }
  return { refId, intervalMillis, ...range, saved };
}

function readRange(cursor: ProtoCursor): { readonly startMillis: number; readonly endMillis: number } {
  const ends = [0, 0];
  while (cursor.next()) if (cursor.wireType === 0 && cursor.field <= 2) ends[cursor.field - 1] = Number(cursor.int64());
  return { startMillis: ends[0] ?? 0, endMillis: ends[1] ?? 0 };
}

const inside = ({ bytes, start, stop }: ProtoCursor): ProtoCursor =>
  new ProtoCursor(bytes.subarray(start, stop), format);

function readEntry(cursor: ProtoCursor, into: Map<string, string>): void {
  if (into.size >= mostEntries) throw cursor.malformed(cursor.start, `more than ${mostEntries} entries in a map`);
  const { stop, end } = cursor;
  const [name = '', value = ''] = readTexts(cursor, 2);
  into.set(name, value);
  cursor.enter(stop, end);
}

function readJson(cursor: ProtoCursor, what: string): Fields {
  const text = textOf(cursor);
  if (text === '') return {};
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    // JSON.parse's only failure is bad input.
    throw new InputError('invalid_argument', `${what} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
}
