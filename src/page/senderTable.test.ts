import type { IngestSender } from './ingestSenders.ts';
import { ingestHeadline, senderTable } from './senderTable.ts';

const now = 1_800_000_000_000;
const good: IngestSender = {
  agent: 'Alloy',
  version: '1.18.0',
  address: '10.0.0.1',
  tenant: '',
  route: '/ingest',
  formats: ['pprof'],
  revisions: ['v1', 'v2'],
  services: ['cart', 'checkout'],
  labels: ['{a="1"}', '{a="2"}', '{a="3"}', '{a="4"}', '{a="5"}'],
  requests: 1,
  profiles: 1_000,
  samples: 1,
  bytes: 2_048,
  bytesLastDay: 1_024,
  profilesPerMinute: 4.5,
  lastMillis: now - 12_000,
  lagMillis: 15_000,
  refused: 0,
  refusals: [],
};
const bad: IngestSender = {
  ...good,
  tenant: 'shop',
  formats: [],
  refused: 30,
  refusals: [{ reason: 'malformed_profile', count: 20, samples: 3, lastMillis: now - 60_000, message: '<b>cut</b>' }],
};
const recent = (...senders: readonly IngestSender[]) => ({
  nowMillis: now,
  senders,
  diskBytes: undefined,
  isKeptForever: true,
});
const tableOf = (...senders: readonly IngestSender[]) => senderTable(recent(...senders));
const texts = (found: Iterable<Element>): readonly (string | null)[] => [...found].map((one) => one.textContent);

test('a sender is one row, under a title for each cell', () => {
  const table = tableOf(good);
  expect(texts(table.querySelectorAll('thead th'))).toEqual([
    'Sender',
    'Format',
    'Route',
    'Services',
    'Rate',
    'Received',
    'Refused',
    'Last seen',
  ]);
  expect(table.tBodies).toHaveLength(1);
  expect(texts(table.tBodies[0]?.rows[0]?.cells ?? [])).toEqual([
    'Alloy 1.18.010.0.0.1',
    'pprofv1 · v2',
    '/ingest',
    'cart, checkout{a="1"}{a="2"}{a="3"}and 2 other sets',
    '4.5 profiles/min',
    '1,000 profiles1 sample · 2 KiB1 request · 1 KiB in 24 h',
    'none',
    '12 s agocomes 15 s late',
  ]);
});

test('who had something refused is marked, with reason, count and message below, as text and never as markup', () => {
  const table = tableOf(good, bad);
  expect([...table.tBodies].map(({ className, rows }) => [className, rows.length])).toEqual([
    ['', 1],
    ['with-refusals', 2],
  ]);
  expect(table.querySelector('.refused')?.textContent).toBe('30 refused');
  expect(texts(table.querySelectorAll('li'))).toEqual(['malformed_profile 20 times, 3 samples, 1 min ago: <b>cut</b>']);
  expect(table.querySelector('.refusals')?.textContent).toContain('the latest 20 of them');
  expect(table.querySelector('b')).toBeNull();
});

test('the headline sums up', () => {
  expect(ingestHeadline(recent(good, bad))).toBe('2 senders · 9 profiles/min · 1 with refusals · 2 KiB in 24 h');
  expect(ingestHeadline({ ...recent(good), diskBytes: 3 * 2 ** 20 })).toBe(
    '1 sender · 4.5 profiles/min · nothing refused · 1 KiB in 24 h · 3 MiB on disk, kept for ever',
  );
});

test('a route is copied as it is, though its lines may break', () => {
  const route = '/opentelemetry.proto/Export';
  const code = tableOf({ ...good, route }).querySelector('td code');
  expect([code?.textContent, code?.querySelectorAll('wbr').length]).toEqual([route, 3]);
});
