import { createHostCheck } from './hostCheck.ts';

const findStrangeHost = createHostCheck(['profiles.example.com']);

for (const host of [
  'localhost',
  'LOCALHOST:4040',
  'localhost.:4040',
  'a.localhost:4040',
  '127.0.0.1:4040',
  '127.8.8.8',
  '[::1]:4040',
  '192.168.1.5:4040',
  'host.docker.internal:4040',
  'profiles.example.com:4040',
  'Profiles.Example.Com',
  '',
]) {
  test(`Host ${JSON.stringify(host)} is taken`, () => {
    expect(findStrangeHost({ headers: { host } })).toBeUndefined();
    expect(findStrangeHost({ headers: { ':authority': host } })).toBeUndefined();
  });
}

for (const [host, name] of [
  ['rebound.example', 'rebound.example'],
  ['rebound.example:4040', 'rebound.example'],
  ['127.0.0.1.rebound.example', '127.0.0.1.rebound.example'],
  ['localhost.rebound.example:4040', 'localhost.rebound.example'],
  ['notlocalhost', 'notlocalhost'],
  ['sub.profiles.example.com', 'sub.profiles.example.com'],
  ['[rebound.example]', 'rebound.example'],
  ['127.0.0.1:4040:x', '127.0.0.1:4040:x'],
] as const) {
  test(`Host ${JSON.stringify(host)} is somebody else's`, () => {
    expect(findStrangeHost({ headers: { host } })).toBe(name);
    expect(findStrangeHost({ headers: { ':authority': host } })).toBe(name);
  });
}

test('a request without any Host is no browser', () => {
  expect(findStrangeHost({ headers: {} })).toBeUndefined();
});

test('what is quoted of a long name is short', () => {
  expect(findStrangeHost({ headers: { host: 'x'.repeat(10_000) } })).toHaveLength(255);
});
