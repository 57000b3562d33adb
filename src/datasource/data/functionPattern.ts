/**
 * Expressions over function names: what is typed is searched for anywhere in the name, as in the flame graph's search; what is
 * chosen from a list is the whole name, written ^so\.escaped$.
 */
import { escapeRegex } from './interpolate.ts';

export const patternOfName = (name: string): string => `^${escapeRegex(name)}$`;

/** The one name that the expression is for, or undefined when it is for many. */
export function nameOfPattern(pattern: string): string | undefined {
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return undefined;
  const name = pattern.slice(1, -1).replace(/\\(.)/g, '$1');
  return patternOfName(name) === pattern ? name : undefined;
}

/** For people: the name without its escapes. */
export const labelOfPattern = (pattern: string): string => nameOfPattern(pattern) ?? pattern;

export function patternTest(pattern: string): (name: string) => boolean {
  const name = nameOfPattern(pattern);
  if (name !== undefined) return (each) => each === name;
  try {
    const expression = new RegExp(pattern);
    return (each) => expression.test(each);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`"${pattern}" is no regular expression for functions: ${why}`);
  }
}
