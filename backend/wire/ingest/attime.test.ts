import { readAttime } from './attime.ts';

const nowMillis = Date.UTC(2026, 10, 20, 10, 0, 0);
const nanosOf = (millis: number): bigint => BigInt(millis) * 1_000_000n;

for (const [text, nanos] of [
  [undefined, nanosOf(nowMillis)],
  ['', nanosOf(nowMillis)],
  ['now', nanosOf(nowMillis)],
  ['now-1h', nanosOf(nowMillis - 3_600_000)],
  ['now-90s', nanosOf(nowMillis - 90_000)],
  ['now-15m', nanosOf(nowMillis - 900_000)],
  ['now-15min', nanosOf(nowMillis - 900_000)],
  ['now-2hours', nanosOf(nowMillis - 7_200_000)],
  ['now-1d+2h', nanosOf(nowMillis - 22 * 3_600_000)],
  ['now-1w', nanosOf(nowMillis - 7 * 86_400_000)],
  ['now-1mon', nanosOf(nowMillis - 30 * 86_400_000)],
  ['now-1M', nanosOf(nowMillis - 30 * 86_400_000)],
  ['now-1y', nanosOf(nowMillis - 365 * 86_400_000)],
  ['now+5s', nanosOf(nowMillis + 5_000)],
  ['0', 0n],
  ['5', 5_000_000_000n],
  ['20261120', nanosOf(Date.UTC(2026, 10, 20))],
  ['1795169100', 1_795_169_100_000_000_000n],
  ['1795169100123', 1_795_169_100_123_000_000n],
  ['1795169100123456', 1_795_169_100_123_456_000n],
  ['1795169100123456789', 1_795_169_100_123_456_789n],
] as const) {
  test(`${JSON.stringify(text)} is ${nanos}`, () => expect(readAttime(text, nowMillis)).toBe(nanos));
}

for (const text of [
  'garbage',
  'now-',
  'now-1',
  'now-1x',
  'now-1hnow',
  '-1h',
  'now-99999999y',
  '20260230',
  '20261301',
  '12345678901',
  '17951691001234',
  '9999999999999999999',
  '1795169100.5',
  '1e9',
  '-5',
  `now${'-1h'.repeat(40)}`,
]) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused and quoted`, () => {
    expect(() => readAttime(text, nowMillis)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: `not a time: ${JSON.stringify(text.slice(0, 64))}`,
      }) as Error,
    );
  });
}
