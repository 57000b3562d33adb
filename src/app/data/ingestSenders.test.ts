import { readIngest } from './ingestSenders.ts';

const readSenders = (answer: unknown) => readIngest(answer).senders;

test('senders are read field by field', () => {
  const time = '2026-11-25T03:00:00.000Z';
  const sender = {
    agent: 'alloy',
    version: '1.18',
    address: '10.0.0.1',
    route: '/push.v1.PusherService/Push',
    formats: ['pprof'],
    services: ['shop'],
    lastSeen: time,
    profiles: 10,
    bytes: 2_048,
    bytesLastDay: 1_024,
    lagMillis: -2_000,
    refused: 1,
    profilesPerMinute: 4,
    recent: [{ labels: '{a="b"}' }, { labels: '{a="b"}' }],
    refusals: [{ time, reason: 'rate_limited', message: 'slow down' }],
  };
  expect(readSenders({ senders: [sender] })).toMatchObject([
    {
      agent: 'alloy',
      services: ['shop'],
      lastSeenMillis: Date.parse(time),
      bytesLastDay: 1_024,
      lagMillis: -2_000,
      refused: 1,
      labels: ['{a="b"}'],
      refusals: [{ timeMillis: Date.parse(time), reason: 'rate_limited', message: 'slow down' }],
    },
  ]);
});

for (const answer of [undefined, {}, { senders: 'none' }, { senders: [] }]) {
  test(`${JSON.stringify(answer)} has no senders`, () => expect(readSenders(answer)).toEqual([]));
}

test('what a sender does not tell is left empty', () => {
  expect(readSenders({ senders: [{ userAgent: 'curl' }] })).toMatchObject([{ agent: 'curl', lastSeenMillis: 0, refusals: [] }]);
});

test('what is on disk is told with for how long, and left out where nobody knows', () => {
  const storage = { diskBytes: 1e6, retention: 'forever' };
  expect(readIngest({ senders: [], storage })).toEqual({ senders: [], diskBytes: 1e6, isKeptForever: true });
  expect(readIngest({})).toEqual({ senders: [], diskBytes: undefined, isKeptForever: false });
});
