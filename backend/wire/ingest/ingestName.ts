/**
 * Reads the parameter `name` of /ingest: shop.cart.cpu{env=dev,zone="eu west"}.
 *
 * Shape:  an application name, then labels in braces. A value ends at a comma or brace, or is quoted as Go writes strings. What
 *         breaks off ("x{", "x{a=") is taken as far as it goes, as Pyroscope does; a label without a value is none. Of a
 *         label that stands twice the last value counts. Labels with __ in front are dropped, except __session_id__.
 * Errors: InputError invalid_argument with the character.
 * Source: reference pyroscope-api 3.10 and corrections 13-14; the quotes are ours: Pyroscope keeps them as text.
 */
import { InputError } from '../../errors.ts';
import type { Label } from '../../model/labels.ts';
import { serviceNameLabel } from '../../model/labels.ts';
import { readQuoted } from '../pyroscope/quotedString.ts';

export interface IngestName {
  readonly app: string;
  /** As given, without the dropped ones. */
  readonly labels: readonly Label[];
  /** Pyroscope takes text uploads with this label and forgets them. */
  readonly hasProfileId: boolean;
}

const longestName = 65_536;
const keptReserved = '__session_id__';

export function readIngestName(text: string): IngestName {
  if (text.length > longestName)
    throw new InputError('invalid_argument', `name: longer than ${longestName} characters`);
  const brace = text.indexOf('{');
  const app = (brace < 0 ? text : text.slice(0, brace)).trim();
  if (app === '') throw new InputError('invalid_argument', 'name: service name is required');
  const wrong = /[^A-Za-z0-9_.\-/]/u.exec(app)?.[0];
  if (wrong !== undefined) throw notAllowed(`invalid service name: ${app}`, wrong);
  const labels = brace < 0 ? new Map<string, string>() : readLabels(text, brace + 1);
  const given = Array.from(labels, ([name, value]) => ({ name, value })).filter(({ value }) => value !== '');
  return {
    app,
    labels: given.filter(({ name }) => !name.startsWith('__') || name === keptReserved),
    hasProfileId: given.some(({ name }) => name === 'profile_id'),
  };
}

/**
 * Labels of the series. The application is the service unless a label says otherwise; formats that cut a type off the
 * application's name keep the rest of it as app_name then.
 */
export function ingestLabels(
  { app, labels }: Pick<IngestName, 'app' | 'labels'>,
  spyName: string | undefined,
  keepAppName: boolean,
): readonly Label[] {
  const spy = { name: 'pyroscope_spy', value: spyName === undefined || spyName === '' ? 'unknown' : spyName };
  const own = labels.filter(({ name }) => name !== spy.name);
  if (!own.some(({ name }) => name === serviceNameLabel)) return [...own, spy, { name: serviceNameLabel, value: app }];
  if (!keepAppName || own.some(({ name }) => name === 'app_name')) return [...own, spy];
  return [...own, spy, { name: 'app_name', value: app }];
}

function readLabels(text: string, start: number): Map<string, string> {
  const labels = new Map<string, string>();
  for (let at = start; at < text.length; at++) {
    const nameEnd = endOf(text, at, '=,}');
    const name = text.slice(at, nameEnd).trim();
    if (text[nameEnd] === '=') {
      const value = readValue(text, nameEnd + 1);
      labels.set(checkedName(name, at), value.value);
      at = value.end;
    } else if (name !== '' && nameEnd < text.length) {
      throw new InputError('invalid_argument', `name, character ${nameEnd}: expected = after ${JSON.stringify(name)}`);
    } else at = nameEnd;
    if (text[at] !== '}') continue;
    if (text.slice(at + 1).trim() !== '')
      throw new InputError('invalid_argument', `name, character ${at + 1}: expected the end after the labels`);
    break;
  }
  return labels;
}

/** `end` is where a comma or the closing brace stands. */
function readValue(text: string, start: number): { readonly value: string; readonly end: number } {
  let at = start;
  while (text[at] === ' ') at++;
  if (text[at] !== '"') {
    const end = endOf(text, at, ',}');
    return { value: text.slice(at, end).trim(), end };
  }
  const quoted = readQuoted(text, at);
  const end = endOf(text, quoted.end, ',}');
  if (text.slice(quoted.end, end).trim() !== '')
    throw new InputError('invalid_argument', `name, character ${quoted.end}: expected , or } after a quoted value`);
  return { value: quoted.value, end };
}

function checkedName(name: string, at: number): string {
  if (name === '') throw new InputError('invalid_argument', `name, character ${at}: expected a label name`);
  const wrong = /[^A-Za-z0-9_.]/u.exec(name)?.[0];
  if (wrong !== undefined) throw notAllowed(`invalid label name: ${name}`, wrong);
  return name;
}

function endOf(text: string, from: number, stops: string): number {
  let at = from;
  while (at < text.length && !stops.includes(text[at] ?? '')) at++;
  return at;
}

const notAllowed = (what: string, char: string): InputError =>
  new InputError('invalid_argument', `name: ${what.slice(0, 200)}: character is not allowed: '${char}'`);
