import { ingestLabels, readIngestName } from './ingestName.ts';

const labelsOf = (name: string) =>
  Object.fromEntries(readIngestName(name).labels.map((label) => [label.name, label.value]));

// Names come out of the configuration of SDKs, so half of them were typed by hand.
for (const [name, app, labels] of [
  ['app', 'app', {}],
  ['shop.cart.cpu', 'shop.cart.cpu', {}],
  [' ns/app_1-x.cpu ', 'ns/app_1-x.cpu', {}],
  ['app{}', 'app', {}],
  ['app{foo=bar}', 'app', { foo: 'bar' }],
  ['app.cpu{foo=bar,baz="q"}', 'app.cpu', { foo: 'bar', baz: 'q' }],
  ['app{ foo = bar baz , b.c=1 }', 'app', { foo: 'bar baz', 'b.c': '1' }],
  ['app{foo="a,b}c\\"d",e=f}', 'app', { foo: 'a,b}c"d', e: 'f' }],
  ['app{foo=a=b,bar={x}', 'app', { foo: 'a=b', bar: '{x' }],
  ['app{foo=1,foo=2}', 'app', { foo: '2' }],
  ['app{foo=bar,}', 'app', { foo: 'bar' }],
  ['app{foo=,bar=1}', 'app', { bar: '1' }],
  ['app{__secret__=1,__session_id__=2}', 'app', { __session_id__: '2' }],
  ['app{zone=köln}', 'app', { zone: 'köln' }],
  ['x{', 'x', {}],
  ['x{a', 'x', {}],
  ['x{a=', 'x', {}],
  ['x{a=b', 'x', { a: 'b' }],
] as const) {
  test(`${JSON.stringify(name)} is read`, () => {
    expect([readIngestName(name).app, labelsOf(name)]).toEqual([app, labels]);
  });
}

for (const [name, message] of [
  ['', 'name: service name is required'],
  ['{a=b}', 'name: service name is required'],
  ['x y{}', "name: invalid service name: x y: character is not allowed: ' '"],
  ['käse', "name: invalid service name: käse: character is not allowed: 'ä'"],
  ['x😀', "name: invalid service name: x😀: character is not allowed: '😀'"],
  ['x{a-b=1}', "name: invalid label name: a-b: character is not allowed: '-'"],
  ['x{=1}', 'name, character 2: expected a label name'],
  ['x{a}', 'name, character 3: expected = after "a"'],
  ['x{a,b=1}', 'name, character 3: expected = after "a"'],
  ['x{a="b', 'string at character 4 is not closed'],
  ['x{a="b"c}', 'name, character 7: expected , or } after a quoted value'],
  ['x{a=b}.cpu', 'name, character 6: expected the end after the labels'],
  ['x'.repeat(65_537), 'name: longer than 65536 characters'],
] as const) {
  test(`${JSON.stringify(name.slice(0, 20))} is refused`, () => {
    expect(() => readIngestName(name)).toThrow(expect.objectContaining({ code: 'invalid_argument', message }) as Error);
  });
}

test('a profile id in the name is told, so that text uploads with it can be forgotten', () => {
  expect(readIngestName('x{profile_id=abc}').hasProfileId).toBe(true);
  expect(readIngestName('x{profile_ids=abc}').hasProfileId).toBe(false);
});

const seriesOf = (name: string, spy: string | undefined, keepAppName: boolean) =>
  Object.fromEntries(ingestLabels(readIngestName(name), spy, keepAppName).map((label) => [label.name, label.value]));

test('the application is the service', () => {
  expect(seriesOf('app{env=dev}', undefined, true)).toEqual({
    env: 'dev',
    pyroscope_spy: 'unknown',
    service_name: 'app',
  });
});

test('a service that is said comes first; the application becomes app_name where a type was cut off', () => {
  const name = 'app{service_name=renamed}';
  expect(seriesOf(name, 'gospy', true)).toEqual({ app_name: 'app', pyroscope_spy: 'gospy', service_name: 'renamed' });
  expect(seriesOf(name, 'gospy', false)).toEqual({ pyroscope_spy: 'gospy', service_name: 'renamed' });
});

test('no label stands twice, whatever the name says', () => {
  const given = readIngestName('app{service_name=s,app_name=a,pyroscope_spy=p}');
  const names = ingestLabels(given, 'rbspy', true).map(({ name }) => name);
  expect([...names].sort()).toEqual(['app_name', 'pyroscope_spy', 'service_name']);
});
