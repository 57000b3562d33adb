import { readRecentIngest } from './ingestSenders.ts';

const now = '2026-11-25T03:00:00.000Z';
const at = (secondsAgo: number): string => new Date(Date.parse(now) - secondsAgo * 1_000).toISOString();
const alloy = {
  agent: 'Alloy',
  version: '1.18.0',
  address: '10.0.0.1',
  tenant: 'shop',
  route: '/push.v1.PusherService/Push',
  formats: ['pprof'],
  revisions: ['v1'],
  services: ['cart', 'checkout'],
  lastSeen: at(30),
  requests: 3,
  profiles: 10,
  samples: 1_234,
  bytes: 2_048,
  bytesLastDay: 1_024,
  lagMillis: 15_000,
  refused: 4,
  profilesPerMinute: 4.5,
  recent: [{ labels: '{a="b"}' }, { labels: '{a="b"}' }, { labels: '' }, { labels: '{a="c"}' }],
  refusals: [
    { time: at(30), reason: 'not_in_ingestion_window', samples: 5, message: 'too old, by 2 h' },
    { time: at(40), reason: 'malformed_profile', samples: 0, message: 'cut short' },
    { time: at(50), reason: 'not_in_ingestion_window', samples: 2, message: 'too old, by 1 h' },
  ],
};

test('a sender is read with its labels once each, and its refusals summed by reason with the latest message', () => {
  const storage = { diskBytes: 1e6, retention: 'forever' };
  expect(readRecentIngest({ now, senders: [alloy], storage })).toEqual({
    diskBytes: 1e6,
    isKeptForever: true,
    nowMillis: Date.parse(now),
    senders: [
      {
        agent: 'Alloy',
        version: '1.18.0',
        address: '10.0.0.1',
        tenant: 'shop',
        route: '/push.v1.PusherService/Push',
        formats: ['pprof'],
        revisions: ['v1'],
        services: ['cart', 'checkout'],
        labels: ['{a="b"}', '{a="c"}'],
        requests: 3,
        profiles: 10,
        samples: 1_234,
        bytes: 2_048,
        bytesLastDay: 1_024,
        profilesPerMinute: 4.5,
        lastMillis: Date.parse(at(30)),
        lagMillis: 15_000,
        refused: 4,
        refusals: [
          {
            reason: 'not_in_ingestion_window',
            count: 2,
            samples: 7,
            lastMillis: Date.parse(at(30)),
            message: 'too old, by 2 h',
          },
          { reason: 'malformed_profile', count: 1, samples: 0, lastMillis: Date.parse(at(40)), message: 'cut short' },
        ],
      },
    ],
  });
});

test('the last seen sender stands first, in whatever order they came', () => {
  const senders = [60, 5, 30].map((ago) => ({ ...alloy, agent: String(ago), lastSeen: at(ago) }));
  expect(readRecentIngest({ now, senders }).senders.map(({ agent }) => agent)).toEqual(['5', '30', '60']);
});

test('a sender that does not name itself is told by its user agent, or as unknown', () => {
  const senders = [{ agent: '', userAgent: 'curl/8.0' }, { userAgent: '' }];
  expect(readRecentIngest({ senders }).senders.map(({ agent }) => agent)).toEqual(['curl/8.0', 'unknown agent']);
});

for (const answer of [undefined, null, 'none', [], {}, { senders: 'none' }]) {
  test(`${JSON.stringify(answer)} has no senders`, () => expect(readRecentIngest(answer).senders).toEqual([]));
}

test('fields of another kind are left empty', () => {
  const [sender] = readRecentIngest({
    senders: [{ agent: 7, bytes: 'many', lastSeen: 'soon', formats: [1], refusals: [null] }],
  }).senders;
  expect(readRecentIngest({ storage: { diskBytes: 'all' } })).toMatchObject({
    diskBytes: undefined,
    isKeptForever: false,
  });
  expect(sender).toMatchObject({ agent: 'unknown agent', bytes: 0, lastMillis: 0, formats: [] });
  expect(sender?.refusals).toEqual([{ reason: '', count: 1, samples: 0, lastMillis: 0, message: '' }]);
});
