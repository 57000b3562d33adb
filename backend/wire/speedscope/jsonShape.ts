/**
 * Checks JSON that came from outside while it is read: each function says what it expects and where.
 *
 * Errors: InputError invalid_argument with the path: speedscope, profiles[1].weights[3]: expected a number.
 */
import { InputError } from '../../errors.ts';

/** Made only for a message: a file holds millions of places. */
export type Path = () => string;

export type JsonObject = Readonly<Record<string, unknown>>;

export const wrongShape = (path: Path, what: string): InputError =>
  new InputError('invalid_argument', `speedscope, ${path()}: ${what}`, 'malformed_profile');

export function objectAt(value: unknown, path: Path): JsonObject {
  if (!isObject(value)) throw wrongShape(path, 'expected an object');
  return value;
}

export function listAt(value: unknown, path: Path): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongShape(path, 'expected a list');
  return value;
}

/** JSON has no infinity, but 1e999 becomes one. */
export function numberAt(value: unknown, path: Path): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongShape(path, 'expected a number');
  return value;
}

export function indexAt(value: unknown, count: number, path: Path): number {
  const index = numberAt(value, path);
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw wrongShape(path, `expected an index below ${count}, got ${index}`);
  return index;
}

/** '' when it is not there. */
export function textAt(value: unknown, path: Path): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrongShape(path, 'expected a string');
  return value;
}

/** A line or column: 0 when it is not there; a number that fits none counts as not there. */
export function placeAt(value: unknown, path: Path): number {
  if (value === undefined || value === null) return 0;
  const place = numberAt(value, path);
  return Number.isInteger(place) && place >= 0 && place < 2 ** 31 ? place : 0;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
