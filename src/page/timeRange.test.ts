import { durationText, rangeOf, readTime, writeTime } from './timeRange.ts';

for (const [from, until, choice] of [
  ['now-15m', null, { kind: 'last', millis: 900_000 }],
  ['now-24h', null, { kind: 'last', millis: 86_400_000 }],
  ['now-90s', null, { kind: 'last', millis: 90_000 }],
  ['1000', '2000', { kind: 'between', startMillis: 1_000, endMillis: 2_000 }],
] as const) {
  test(`from=${from} until=${until} is read, and written as it was`, () => {
    const read = readTime(from, until);
    expect(read).toEqual(choice);
    expect(new Map(read === undefined ? [] : writeTime(read))).toEqual(
      new Map(
        until === null
          ? [['from', from]]
          : [
              ['from', from],
              ['until', until],
            ],
      ),
    );
  });
}

for (const [from, until] of [
  [null, null],
  ['now', null],
  ['now-0m', null],
  ['now-15y', null],
  ['2000', '1000'],
  ['1000', null],
  ['1000', '-5'],
] as const) {
  test(`from=${from} until=${until} is no time`, () => expect(readTime(from, until)).toBeUndefined());
}

test('the last so long ends now', () => {
  expect(rangeOf({ kind: 'last', millis: 10 }, 100)).toEqual({ startMillis: 90, endMillis: 100 });
});

test('durations are written as they are offered, others in the largest unit that divides them', () => {
  expect([86_400_000, 604_800_000, 172_800_000, 5_400_000, 1_000].map(durationText)).toEqual([
    '24h',
    '7d',
    '2d',
    '90m',
    '1s',
  ]);
});
