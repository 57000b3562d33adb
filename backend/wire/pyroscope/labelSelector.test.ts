import { readLabelSelector } from './labelSelector.ts';

const text = (selector: string): string =>
  readLabelSelector(selector)
    .map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`)
    .join(' ');

for (const [selector, matchers] of [
  ['{}', ''],
  [' { } ', ''],
  ['{a="b"}', 'a="b"'],
  ['{a="b",}', 'a="b"'],
  ['{ a = "b" , c!="d",e=~"f.*", g!~"h" }', 'a="b" c!="d" e=~"f.*" g!~"h"'],
  [`{a='it"s',b=\`raw\\n\`}`, 'a="it\\"s" b="raw\\\\n"'],
  ['{a="\\u0061\\x62\\n\\""}', 'a="ab\\n\\""'],
  ['{"service.name"="x"}', 'service.name="x"'],
  ['{"process_cpu"}', '__name__="process_cpu"'],
  ['process_cpu{a="b"}', '__name__="process_cpu" a="b"'],
  ['process_cpu', '__name__="process_cpu"'],
  ['{a="ü€😀"}', 'a="ü€😀"'],
] as const) {
  test(`${selector} is read`, () => expect(text(selector)).toBe(matchers));
}

for (const [selector, message] of [
  ['', 'character 0: expected "{", got the end'],
  ['{', 'character 1: expected a label name, got the end'],
  ['{a}', 'character 2: expected =, !=, =~ or !~, got "}"'],
  ['{a="b"', 'character 6: expected "}", got the end'],
  ['{a=b}', 'character 3: expected a quoted value, got "b}"'],
  ['{a="b"}[5m]', 'character 7: expected the end, got "[5m]"'],
  ['{service.name="x"}', 'character 8: expected =, !=, =~ or !~, got ".name=\\"x\\"}"'],
  ['{a=="b"}', 'character 3: expected a quoted value'],
  ['{a="b" c="d"}', 'character 7: expected "}", got "c=\\"d\\"}"'],
  ['{a="b', ''],
  ['{a="\\q"}', ''],
  ['a="b"', 'character 1: expected "{"'],
] as const) {
  test(`"${selector}" is refused with the place`, () => {
    const error: unknown = expect.objectContaining({ code: 'invalid_argument' });
    expect(() => readLabelSelector(selector)).toThrow(error as Error);
    expect(() => readLabelSelector(selector)).toThrow(message);
  });
}
