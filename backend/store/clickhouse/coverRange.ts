/**
 * How a range of time is answered: days and hours whose sums are known, and stretches of samples for the ragged rest.
 *
 * Shape:  stretches, hours and days do not overlap and hold together every profile of the range; hours in which nobody had
 *         a profile are in none of them. undefined: nothing is known that helps, or so little that it does not pay.
 */
import { hourOfNanos, unixNanos } from '../../model/time.ts';
import type { TimeRange } from '../../model/time.ts';
import type { ActiveHours } from '../activeHours.ts';
import { hoursWithin } from '../activeHours.ts';

export interface KnownSums {
  /** The build that holds an hour's or a day's sums. */
  readonly hourBuild: (hour: number) => bigint | undefined;
  readonly dayBuild: (day: number) => bigint | undefined;
}

export interface Cover {
  readonly stretches: readonly TimeRange[];
  readonly hourBuilds: BigUint64Array;
  readonly dayBuilds: BigUint64Array;
}

const nanosPerHour = 3_600_000_000_000n;
/** Each is a condition on every row; a range so torn is read whole. */
const mostStretches = 64;

export function coverRange({ start, end }: TimeRange, active: ActiveHours, known: KnownSums): Cover | undefined {
  const firstWhole = hourOfNanos(unixNanos(start - 1n)) + 1;
  const lastWhole = hourOfNanos(unixNanos(end + 1n)) - 1;
  const hourBuilds: bigint[] = [];
  const dayBuilds: bigint[] = [];
  const stretches: TimeRange[] = [];
  let doneDay: number | undefined;
  /** Whether the hour before, of those that are not idle, is in the last stretch. */
  let open = false;
  for (const hour of hoursWithin(active, hourOfNanos(start), hourOfNanos(end))) {
    const day = Math.floor(hour / 24);
    if (day === doneDay) continue;
    const isWholeDay = day * 24 >= firstWhole && day * 24 + 23 <= lastWhole;
    const dayBuild = isWholeDay ? known.dayBuild(day) : undefined;
    const hourBuild = hour >= firstWhole && hour <= lastWhole ? known.hourBuild(hour) : undefined;
    if (dayBuild !== undefined) {
      dayBuilds.push(dayBuild);
      doneDay = day;
      open = false;
    } else if (hourBuild !== undefined) {
      hourBuilds.push(hourBuild);
      open = false;
    } else {
      addHour(stretches, hour, open, { start, end });
      open = true;
    }
  }
  if (hourBuilds.length + dayBuilds.length === 0 || stretches.length > mostStretches) return undefined;
  return { stretches, hourBuilds: BigUint64Array.from(hourBuilds), dayBuilds: BigUint64Array.from(dayBuilds) };
}

function addHour(stretches: TimeRange[], hour: number, isNext: boolean, { start, end }: TimeRange): void {
  const first = BigInt(hour) * nanosPerHour;
  const last = first + nanosPerHour - 1n;
  const to = unixNanos(last < end ? last : end);
  const from = (isNext ? stretches.pop()?.start : undefined) ?? unixNanos(first > start ? first : start);
  if (from <= to) stretches.push({ start: from, end: to });
}
