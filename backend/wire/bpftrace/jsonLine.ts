/**
 * Reads a line of bpftrace -f json.
 *
 * Shape:  {"type":"map","data":{"@name":{"key":count}}}; lines of another type hold no map.
 * Errors: InputError invalid_argument with the line when it is no JSON.
 * Source: bpftrace's manual, "-f json"; reference agents-wire, chapter 5 (not seen from a running bpftrace).
 */
import { InputError } from '../../errors.ts';

export interface MapEntry {
  readonly map: string;
  readonly key: string;
  readonly count: string;
}

export function readJsonLine(line: string, number: number): readonly MapEntry[] {
  const json = parseJson(line, number);
  if (!isRecord(json) || json['type'] !== 'map' || !isRecord(json['data'])) return [];
  return Object.entries(json['data']).flatMap(([map, entries]) =>
    Object.entries(isRecord(entries) ? entries : {}).map(([key, count]) => ({
      map: map.replace(/^@/, ''),
      key,
      count: typeof count === 'number' ? `${count}` : '',
    })),
  );
}

function parseJson(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    // The parser's only failure is bad input.
    const what = error instanceof Error ? error.message : String(error);
    throw new InputError('invalid_argument', `bpftrace, line ${number}: ${what.slice(0, 200)}`, 'malformed_profile');
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
