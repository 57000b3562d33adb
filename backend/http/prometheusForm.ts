/**
 * Parameters of Prometheus' API, from the query string or a form in the body, and how it spells times and durations.
 *
 * Units:  milliseconds.
 * Errors: InputError invalid_argument, worded as Prometheus words it.
 * Source: Prometheus 2.42, web/api/v1/api.go (parseTime, parseDuration, parseMatchersParam).
 */
import { InputError } from '../errors.ts';
import type { Matchers } from '../model/selector.ts';
import { readDuration } from '../promql/literals.ts';
import { parsePromql } from '../promql/parse.ts';
import type { HttpRequest } from './httpRoutes.ts';

const formBytes = 2 ** 20;
const mostSelectors = 100;

export interface Form {
  get(name: string): string | undefined;
  all(name: string): readonly string[];
}

export async function readForm(request: HttpRequest): Promise<Form> {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.contentType);
  const { bytes } = isForm ? await request.body(formBytes) : { bytes: new Uint8Array(0) };
  const body = new URLSearchParams(Buffer.from(bytes).toString('utf8'));
  return {
    get: (name) => body.get(name) || request.query.get(name) || undefined,
    all: (name) => [...body.getAll(name), ...request.query.getAll(name)],
  };
}

export function wrongParameter(name: string, message: string): InputError {
  return new InputError('invalid_argument', `invalid parameter "${name}": ${message}`);
}

/** Seconds with a fraction, or RFC 3339. */
export function readTime(form: Form, name: string): number | undefined {
  const text = form.get(name);
  if (text === undefined) return undefined;
  const millis = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
    ? Math.round(Number(text) * 1_000)
    : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text)
      ? Date.parse(text)
      : NaN;
  // Beyond it Date has no moments, and nanoseconds no int64.
  if (!(Math.abs(millis) <= 8.64e15)) {
    throw wrongParameter(name, `cannot parse ${JSON.stringify(text.slice(0, 100))} to a valid timestamp`);
  }
  return millis;
}

export function needTime(form: Form, name: string): number {
  const millis = readTime(form, name);
  if (millis === undefined) throw wrongParameter(name, 'cannot parse "" to a valid timestamp');
  return millis;
}

/** Seconds with a fraction, or 1h30m. */
export function readLength(form: Form, name: string): number | undefined {
  const text = form.get(name);
  if (text === undefined) return undefined;
  const millis = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) * 1_000 : readDuration(text);
  if (millis === undefined || !(Math.abs(millis) < 2 ** 53)) {
    throw wrongParameter(name, `cannot parse ${JSON.stringify(text.slice(0, 100))} to a valid duration`);
  }
  return millis;
}

export function readSelectors(form: Form): readonly Matchers[] {
  const texts = form.all('match[]');
  if (texts.length > mostSelectors) throw wrongParameter('match[]', `more than ${mostSelectors} selectors`);
  return texts.map((text) => {
    const expr = parseParameter('match[]', text);
    if (expr.kind !== 'selector' || expr.offsetMillis !== undefined || expr.pin !== undefined) {
      throw wrongParameter('match[]', `${JSON.stringify(text.slice(0, 200))} is no series selector`);
    }
    return expr.matchers;
  });
}

export function parseParameter(name: string, text: string): ReturnType<typeof parsePromql> {
  try {
    return parsePromql(text);
  } catch (error) {
    // Only the parameter's name is added; what is refused keeps its own code.
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code, `invalid parameter "${name}": ${error.message}`);
  }
}
