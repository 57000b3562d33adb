/**
 * Complaints about an expression, with the place as Prometheus gives it: line:column, both from 1.
 *
 * Errors: InputError invalid_argument for what is no PromQL, unimplemented for PromQL that is not evaluated here.
 */
import { InputError } from '../errors.ts';

/** The text of an expression and where its parts stand. */
export interface Source {
  readonly text: string;
}

export function parseError({ text }: Source, at: number, message: string): InputError {
  return new InputError('invalid_argument', `${placeOf(text, at)}: parse error: ${message}`);
}

export function refusal({ text }: Source, at: number, what: string, why: string): InputError {
  return new InputError('unimplemented', `${placeOf(text, at)}: ${what} is not supported: ${why}`);
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return `${before.split('\n').length}:${at - lineStart + 1}`;
}
