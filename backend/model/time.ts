/** Time as it is stored: nanoseconds since 1970, past 2^53, so a bigint. Milliseconds are plain numbers. */
export type UnixNanos = bigint & { readonly unit: 'UnixNanos' };

const nanosPerMilli = 1_000_000n;
const nanosPerDay = 86_400_000_000_000n;
const nanosPerHour = 3_600_000_000_000n;

export const unixNanos = (value: bigint): UnixNanos => value as UnixNanos;
export const nanosOfMillis = (millis: number): UnixNanos => unixNanos(BigInt(Math.trunc(millis)) * nanosPerMilli);

/** Rounds towards the past, so that times before 1970 do not jump. */
const floorDivide = (a: bigint, b: bigint): number => Number(a / b) - (a % b < 0n ? 1 : 0);

export const millisOfNanos = (nanos: UnixNanos): number => floorDivide(nanos, nanosPerMilli);
/** Days since 1970 in UTC: the partition of a row. */
export const dayOfNanos = (nanos: UnixNanos): number => floorDivide(nanos, nanosPerDay);
/** Hours since 1970: the grain in which a series' activity is kept. */
export const hourOfNanos = (nanos: UnixNanos): number => floorDivide(nanos, nanosPerHour);

/** Both ends belong to the range. */
export interface TimeRange {
  readonly start: UnixNanos;
  readonly end: UnixNanos;
}

/** Times after startMillis, up to endMillis, whose fraction of a millisecond counts to it: as points of a grid have them. */
export const rangeAfter = (startMillis: number, endMillis: number): TimeRange => ({
  start: nanosOfMillis(startMillis + 1),
  end: unixNanos(nanosOfMillis(endMillis + 1) - 1n),
});
