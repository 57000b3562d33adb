import { InputError } from '../errors.ts';
import { callerOf } from './caller.ts';
import { readPluginRequest, readQueryDataRequest, readResourceRequest } from './pluginRequests.ts';

const hex = (...parts: readonly string[]): Uint8Array =>
  Uint8Array.from(Buffer.from(parts.join('').replace(/\s/g, ''), 'hex'));
const text = (value: string): string => Buffer.from(value).toString('hex');

// PluginContext{orgId=1: 1, dataSourceInstanceSettings=5: {name=2: "P", jsonData=8: {"a":1}, secrets=9: {"k": "v"}, uid=11: "u1"}}
const context = hex('0a 1c', '08 01', '2a 18', '12 01', text('P'), '42 07', text('{"a":1}'), '4a 06 0a 01 6b 12 01 76', '5a 02', text('u1')); // prettier-ignore

test('the settings of the data source come with every request', () => {
  expect(readPluginRequest(context)).toEqual({
    settings: { uid: 'u1', name: 'P', jsonData: { a: 1 }, secrets: new Map([['k', 'v']]) },
  });
});

test('a request for the plugin as a whole has none', () => {
  expect(readPluginRequest(hex('0a 02 08 01'))).toEqual({ settings: undefined });
});

test('queries come with their range, their interval and what the editor saved, beside the headers', () => {
  const query = hex(
    '1a 20',
    '0a 01 41', // refId "A"
    '10 64', // maxDataPoints 100
    '18 98 75', // intervalMS 15000
    '22 0d 08 e8 07 10 ff ff ff ff ff ff ff ff 7f', // fromEpochMS 1000, toEpochMS 2^63 - 1
    '2a 07',
    text('{"b":2}'),
  );
  const headers = hex('12 11', '0a 09', text('FromAlert'), '12 04', text('true'));
  const { queries, headers: read } = readQueryDataRequest(Buffer.concat([context, headers, query]));
  expect(read).toEqual(new Map([['FromAlert', 'true']]));
  expect(queries).toEqual([
    { refId: 'A', intervalMillis: 15_000, startMillis: 1_000, endMillis: 2 ** 63, saved: { b: 2 } },
  ]);
});

test('a resource has a path and a URL', () => {
  const request = Buffer.concat([context, hex('12 01', text('p'), '1a 03', text('GET'), '22 03', text('p?x'))]);
  expect(readResourceRequest(request)).toMatchObject({ path: 'p', url: 'p?x', settings: { uid: 'u1' } });
});

for (const [what, bytes, words] of [
  ['a query that is no JSON', hex('1a 07 0a 01 41 2a 02', text('{x')), 'query A is no JSON'],
  ['settings that are no JSON', hex('0a 05 2a 03 42 01', text('{')), 'the settings of the data source is no JSON'],
  ['a message that ends in the middle', context.subarray(0, 20), 'pluginv2, byte 0'],
  ['more queries than 100', Buffer.concat(Array<Uint8Array>(101).fill(hex('1a 00'))), 'more than 100 queries'],
] as const) {
  test(`${what} is the sender’s mistake`, () => {
    expect(() => readQueryDataRequest(bytes)).toThrow(InputError);
    expect(() => readQueryDataRequest(bytes)).toThrow(words);
  });
}

test('cut anywhere, a request is read or refused, never our own mistake', () => {
  const whole = Buffer.concat([context, hex('1a 0c 0a 01 41 2a 07', text('{"b":2}'))]);
  for (let length = 0; length < whole.length; length++) {
    try {
      readQueryDataRequest(whole.subarray(0, length));
    } catch (error) {
      expect(error).toBeInstanceOf(InputError); // Refused is fine.
    }
  }
});

test('token and tenant stand in the headers that the data source’s proxy would add', () => {
  const jsonData = { httpHeaderName1: 'authorization', httpHeaderName3: 'X-Scope-OrgID', httpHeaderName4: 'Other' };
  const secrets = new Map([
    ['httpHeaderValue1', 'Bearer t'],
    ['httpHeaderValue3', 'team'],
    ['httpHeaderValue2', 'nameless'],
  ]);
  const settings = { uid: 'u', name: 'n', jsonData, secrets };
  expect(callerOf(settings)).toEqual({ authorization: 'Bearer t', tenant: 'team' });
  expect(callerOf(undefined)).toEqual({ authorization: undefined, tenant: undefined });
});
