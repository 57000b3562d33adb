/** What is read, what is refused and where. Answers are held against Prometheus in againstPrometheus.test.ts. */
import type { Expr } from './ast.ts';
import { parsePromql } from './parse.ts';

/** With every operation in brackets, so that the order is seen. */
function spelled(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return String(expr.value);
    case 'string':
      return JSON.stringify(expr.value);
    case 'paren':
      return spelled(expr.of);
    case 'negate':
      return `[-${spelled(expr.of)}]`;
    case 'selector': {
      const name = expr.matchers.map(({ value }) => value).join();
      const pin = expr.pin === undefined ? '' : `@${expr.pin.kind === 'time' ? expr.pin.millis : expr.pin.kind}`;
      return name + pin + (expr.offsetMillis === undefined ? '' : `~${expr.offsetMillis}`);
    }
    case 'range':
      return `${spelled(expr.selector)}{${expr.rangeMillis}}`;
    case 'subquery':
      return `${spelled(expr.of)}{${expr.rangeMillis}:${expr.stepMillis}}~${expr.offsetMillis}`;
    case 'binary':
      return `[${spelled(expr.left)} ${expr.op} ${spelled(expr.right)}]`;
    case 'aggregate':
      return `${expr.op}(${expr.parameter ? `${spelled(expr.parameter)}; ` : ''}${spelled(expr.of)})`;
    case 'call':
      return `${expr.name}(${expr.args.map(spelled).join('; ')})`;
  }
}

for (const [text, wanted] of [
  ['-2^2', '[-[2 ^ 2]]'],
  ['2 ^ 3 ^ 2', '[2 ^ [3 ^ 2]]'],
  ['-a * b', '[[-a] * b]'],
  ['a ^ -b * c', '[[a ^ [-b]] * c]'],
  ['a - -b', '[a - [-b]]'],
  ['a -2', '[a - 2]'],
  ['1 + 2 * 3 % 4', '[1 + [[2 * 3] % 4]]'],
  ['a or b and c unless d', '[a or [[b and c] unless d]]'],
  ['a > b + 1 == bool c', '[[a > [b + 1]] == c]'],
  ['a + b @ 10 * c', '[a + [b@10000 * c]]'],
  ['-a offset 1m', '[-a~60000]'],
  ['a + rate(b[5m] @ end() offset -30s)', '[a + rate(b@end~-30000{300000})]'],
  ['sum by (x) (a) + 1', '[sum(a) + 1]'],
  ['topk(3, a) without (b)', 'topk(3; a)'],
  ['max_over_time(rate(a[1m])[1h30m:30s] offset 1w)', 'max_over_time(rate(a{60000}){5400000:30000}~604800000)'],
  ['0x1F + 017 + 08 + 1e-3 + .5', '[[[[31 + 15] + 8] + 0.001] + 0.5]'],
  ['{__name__="a"}', 'a'],
  [`label_replace(a, 'x', "\\u00e9\\x41\\101", \`\\n\`, "")`, 'label_replace(a; "x"; "éAA"; "\\\\n"; "")'],
  ['a # a comment\n+ b', '[a + b]'],
  ['(((a)))', 'a'],
] as const) {
  test(`${text} is read as ${wanted}`, () => expect(spelled(parsePromql(text))).toBe(wanted));
}

for (const [text, message] of [
  ['', '1:1: parse error: no expression found in input'],
  [' # nothing', 'no expression found in input'],
  ['sum(a', '1:6: parse error: unexpected end of input'],
  ['a +', '1:4: parse error: unexpected end of input'],
  ['a\n  b', '2:3: parse error: unexpected "b"'],
  ['a{b=c}', '1:5: parse error: unexpected "c"'],
  ['a{b="c}', 'parse error: unexpected end of input'],
  ['nosuch(a)', '1:1: parse error: unknown function with name "nosuch"'],
  ['rate(a)', '1:1: parse error: expected type range vector in call to function "rate", got instant vector'],
  ['sum(1)', 'expected type instant vector in aggregation expression, got scalar'],
  ['abs(a, b)', 'expected 1 argument(s) in call to "abs", got 2'],
  ['round()', 'expected at least 1 argument(s) in call to "round", got 0'],
  ['label_join(a, "b")', 'expected at least 3 argument(s) in call to "label_join", got 2'],
  ['a[5m] + 1', 'binary expression must contain only scalar and instant vector types'],
  ['1 > 2', 'comparisons between scalars must use BOOL modifier'],
  ['a + bool b', 'bool modifier can only be used on comparison operators'],
  ['1 and 2', 'set operator "and" not allowed in binary scalar expression'],
  ['a and on(b) group_left c', 'no grouping allowed for "and" operation'],
  ['a + on(b) 1', 'vector matching only allowed between instant vectors'],
  ['a + on(b) group_left(b) c', 'label "b" must not occur in ON and GROUP clause at once'],
  ['{}', 'vector selector must contain at least one non-empty matcher'],
  ['{a=~".*"}', 'vector selector must contain at least one non-empty matcher'],
  ['a{__name__="b"}', 'metric name must not be set twice: "a" or "b"'],
  ['a{b=~"("}', 'regular expression "("'],
  ['(a)[5m]', 'ranges only allowed for vector selectors'],
  ['a[0s]', 'duration must be greater than 0'],
  ['a offset 1m offset 2m', 'offset may not be set multiple times'],
  ['rate(a[5m]) offset 1m', 'offset modifier must be preceded by an instant vector selector'],
  ['a @ 1 @ 2', '@ <timestamp> may not be set multiple times'],
  ['a @ Inf', 'timestamp out of bounds for @ modifier'],
  ['-"a"', 'unary expression only allowed on expressions of type scalar or instant vector, got "string"'],
  [`${'('.repeat(70)}a${')'.repeat(70)}`, 'nested deeper than 64'],
  [Array.from({ length: 1_001 }, () => 'a').join('+'), 'more than 1000 operands'],
  ['a'.repeat(40_000), 'expression is longer than 32768 characters'],
] as const) {
  test(`${JSON.stringify(text.slice(0, 60))} is no PromQL: ${message}`, () => {
    const wrong: unknown = expect.objectContaining({ code: 'invalid_argument' });
    expect(() => parsePromql(text)).toThrow(wrong as Error);
    expect(() => parsePromql(text)).toThrow(message);
  });
}

// What the grammar takes and we do not: each by its name, so that nobody wonders.
for (const [text, what] of [
  ['histogram_quantile(0.9, a)', '1:1: function histogram_quantile is not supported: there are no histograms here'],
  ['1 + holt_winters(a[5m], 1, 1)', '1:5: function holt_winters is not supported'],
  ['double_exponential_smoothing(a[5m], 1, 1)', 'function double_exponential_smoothing'],
  ['info(a)', 'function info'],
  ['first_over_time(a[5m])', 'function first_over_time'],
  ['mad_over_time(a[5m])', 'function mad_over_time'],
  ['ts_of_max_over_time(a[5m])', 'function ts_of_max_over_time'],
  ['sort_by_label(a, "b")', 'function sort_by_label'],
  ['step()', 'function step'],
  ['start()', 'function start'],
  ['count_values("v", a)', '1:1: aggregation count_values is not supported'],
  ['limitk(1, a)', 'aggregation limitk'],
  ['limit_ratio(0.5, a)', 'aggregation limit_ratio'],
  ['{"a.b"}', 'a quoted name'],
  ['a{"b.c"="d"}', 'a quoted name'],
  ['sum by ("b.c") (a)', 'a quoted name'],
  ['a[300]', 'the duration 300'],
  ['a[5m + 1m]', 'the duration 5m + 1m'],
  ['a offset 300', 'the offset 300'],
  ['a offset (1m)', 'the offset (1m)'],
  ['5m', 'the number 5m'],
  ['1_000', 'the number 1_000'],
  ['a @ 5m', '@ 5m'],
  ['a smoothed', 'smoothed'],
  ['rate(a[5m] anchored)', 'anchored'],
  ['a == fill(0) b', 'fill'],
  ['a </ b', 'operator </'],
] as const) {
  test(`${text} is refused by name: ${what}`, () => {
    const refused: unknown = expect.objectContaining({ code: 'unimplemented' });
    expect(() => parsePromql(text)).toThrow(refused as Error);
    expect(() => parsePromql(text)).toThrow(what);
  });
}

test('whatever is cut off or flipped is read or refused, and nothing else happens', () => {
  const whole = `sum by (a) (rate(x{b=~"c.*", d!='e'}[5m] offset 1h @ 12)) > bool on(a) group_left(c) -topk(2, y[1h:5m]) # z`;
  for (let at = 0; at < whole.length; at++) {
    for (const text of [whole.slice(0, at), whole.slice(0, at) + '(' + whole.slice(at + 1), whole.slice(at)]) {
      try {
        parsePromql(text);
      } catch (error) {
        expect(error).toHaveProperty('code', expect.stringMatching(/^(invalid_argument|unimplemented)$/));
      }
    }
  }
});
