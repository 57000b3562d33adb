import { isMultipart, readMultipart } from './multipart.ts';

const type = 'multipart/form-data; boundary=xyz';
const parts = (body: string, contentType = type): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(readMultipart(Buffer.from(body, 'latin1'), contentType), ([name, bytes]) => [
      name,
      Buffer.from(bytes).toString('latin1'),
    ]),
  );
const part = (disposition: string, content: string): string =>
  `--xyz\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n`;

test('bytes come out as they went in, with and without a file name', () => {
  const bytes = '\x00\xff\r\n--xy\r\n\r\n';
  const body = `preamble\r\n${part('name="profile"; filename="p.pprof"', bytes)}${part('name=config', '{}')}--xyz--\r\nepilogue`;
  expect(parts(body)).toEqual({ profile: bytes, config: '{}' });
});
test('a quoted boundary, and a head in small letters', () => {
  const body = '--a b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--a b--';
  expect(parts(body, 'Multipart/Form-Data; boundary="a b"')).toEqual({ x: '1' });
});
test('of a name that stands twice the last one counts; a part without a name is passed by', () => {
  expect(parts(`${part('name="x"', '1')}${part('name="x"', '2')}${part('filename="y"', '3')}--xyz--`)).toEqual({
    x: '2',
  });
});

const wrong: readonly (readonly [string, string, string])[] = [
  ['without a boundary', 'x', 'multipart/form-data'],
  ['without a part', 'x', type],
  ['that ends in a head', '--xyz\r\nContent-Disposition: form-data', type],
  ['that ends in a part', part('name="x"', '1').slice(0, -2), type],
  ['with a head without end', `--xyz\r\n${'a: b\r\n'.repeat(2_000)}\r\n1\r\n--xyz--`, type],
  ['of too many parts', `${part('name="x"', '1').repeat(40)}--xyz--`, type],
];
for (const [what, body, contentType] of wrong) {
  test(`a body ${what} is refused`, () =>
    expect(() => parts(body, contentType)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching(/^multipart/) as unknown,
      }) as Error,
    ));
}

test('only form data is multipart here', () =>
  expect(['multipart/form-data; boundary=x', 'multipart/mixed', 'text/plain'].map(isMultipart)).toEqual([
    true,
    false,
    false,
  ]));
