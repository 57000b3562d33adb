/**
 * Reads a label selector: {service_name="a", pod=~"b.*"}.
 *
 * Shape:  PromQL's vector selector without range or offset: an optional metric name (it becomes a matcher on __name__, one
 *         of five or six parts, as Parca writes them, on __profile_type__), then matchers in braces; names may be quoted for UTF-8; strings take Go's escapes; a trailing comma is fine.
 * Errors: InputError invalid_argument with the offset and what was expected.
 * Source: Prometheus' documentation, "Querying basics"; Pyroscope's answers (reference: pyroscope-api 1.3, correction 12).
 */
import { InputError } from '../../errors.ts';
import type { Matcher, Matchers } from '../../model/selector.ts';
import { metricNameLabel, profileTypeLabel } from '../../model/labels.ts';
import { formatProfileType } from '../../model/profileType.ts';
import { parseProfileTypeId } from './profileTypeId.ts';
import { readQuoted } from './quotedString.ts';

const namePattern = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const metricPattern = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const operators = ['=~', '!~', '!=', '='] as const;
const longest = 65_536;

export function readLabelSelector(text: string): Matchers {
  if (text.length > longest)
    throw new InputError('invalid_argument', `label selector is longer than ${longest} characters`);
  const reader = new SelectorReader(text);
  return reader.read();
}

function readMetric(metric: string): Matcher {
  const isType = /^(?:[^:]*:){4,5}[^:]*$/.test(metric);
  if (!isType) return { name: metricNameLabel, op: '=', value: metric };
  return { name: profileTypeLabel, op: '=', value: formatProfileType(parseProfileTypeId(metric)) };
}

class SelectorReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): Matchers {
    const matchers: Matcher[] = [];
    this.skipBlanks();
    const metric = this.take(metricPattern);
    if (metric !== '') matchers.push(readMetric(metric));
    this.skipBlanks();
    if (metric === '' || this.at < this.text.length) this.readBraces(matchers);
    this.skipBlanks();
    if (this.at < this.text.length) throw this.wrong('the end');
    return matchers;
  }

  private readBraces(matchers: Matcher[]): void {
    this.expect('{');
    for (;;) {
      this.skipBlanks();
      if (this.text[this.at] === '}') break;
      matchers.push(this.readMatcher());
      this.skipBlanks();
      if (this.text[this.at] !== ',') break;
      this.at++;
    }
    this.expect('}');
  }

  private readMatcher(): Matcher {
    const quoted = this.isQuote();
    const name = quoted ? this.quoted() : this.take(namePattern);
    if (name === '') throw this.wrong('a label name');
    this.skipBlanks();
    const op = operators.find((candidate) => this.text.startsWith(candidate, this.at));
    if (op === undefined) {
      if (quoted) return { name: metricNameLabel, op: '=', value: name };
      throw this.wrong('=, !=, =~ or !~');
    }
    this.at += op.length;
    this.skipBlanks();
    if (!this.isQuote()) throw this.wrong('a quoted value');
    return { name, op, value: this.quoted() };
  }

  private isQuote(): boolean {
    const next = this.text[this.at];
    return next === '"' || next === "'" || next === '`';
  }

  private quoted(): string {
    const { value, end } = readQuoted(this.text, this.at);
    this.at = end;
    return value;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private skipBlanks(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at] ?? '')) this.at++;
  }

  private expect(char: string): void {
    this.skipBlanks();
    if (this.text[this.at] !== char) throw this.wrong(`"${char}"`);
    this.at++;
  }

  private wrong(expected: string): InputError {
    const came = this.at < this.text.length ? JSON.stringify(this.text.slice(this.at, this.at + 20)) : 'the end';
    return new InputError(
      'invalid_argument',
      `label selector, character ${this.at}: expected ${expected}, got ${came}`,
    );
  }
}
