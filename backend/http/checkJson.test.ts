import { checkJson } from './checkJson.ts';

const check = (text: string) => () => checkJson(Buffer.from(text));

for (const text of [
  '{}',
  ' \n{"a":1}',
  '{"a":{"b":1},"b":{"a":1}}',
  '[1]'.replace('[1]', '{"a":[{"b":1},{"b":2}]}'),
  '{"a":"\\"a\\":","b":"{"}',
]) {
  test(`${text} is fine`, () => expect(check(text)).not.toThrow());
}

for (const [text, message] of [
  ['', 'byte 0: expected a JSON object'],
  ['  ', 'byte 2: expected a JSON object'],
  ['null', 'byte 0'],
  ['[]', 'byte 0'],
  ['\ufeff{}', 'byte 0'],
  ['{"a":1,"a":2}', 'byte 7: "a" stands twice'],
  ['{"x":[{"a":1,"b":[1,2],"a":2}]}', 'byte 23: "a" stands twice'],
  ['{"label_names":[],"labelNames":[]}', 'byte 18: "labelNames" stands twice'],
  [`{"a":${'['.repeat(200)}`, 'nested deeper than 100'],
] as const) {
  test(`${JSON.stringify(text.slice(0, 40))} is refused: ${message}`, () => {
    const error: unknown = expect.objectContaining({ code: 'invalid_argument' });
    expect(check(text)).toThrow(error as Error);
    expect(check(text)).toThrow(message);
  });
}
