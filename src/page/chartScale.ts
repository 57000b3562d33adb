/**
 * Round numbers for the axes of the chart.
 *
 * Units: milliseconds since 1970 across, the shown unit upwards.
 */
const secondMillis = 1_000;
const minuteMillis = 60 * secondMillis;
const hourMillis = 60 * minuteMillis;
const dayMillis = 24 * hourMillis;
const timeSteps = [
  ...[1, 5, 15, 30].map((seconds) => seconds * secondMillis),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMillis),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMillis),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * dayMillis),
];

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** At most `most` round local times in the range. */
export function timeTicks(startMillis: number, endMillis: number, most: number): readonly Tick[] {
  const least = (endMillis - startMillis) / Math.max(1, most);
  const step = timeSteps.find((candidate) => candidate >= least) ?? endMillis - startMillis;
  // Days begin at local midnight, not at UTC's.
  const offset = new Date(startMillis).getTimezoneOffset() * minuteMillis;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((startMillis - offset) / step) * step + offset; at <= endMillis; at += step) {
    ticks.push({ at, label: timeLabel(at, step) });
  }
  return ticks;
}

/** Three values from 0 up to the first round one that nothing exceeds; bytes are round in powers of two. */
export function valueTicks(most: number, inPowersOfTwo = false): readonly number[] {
  if (!(most > 0)) return [0, 1];
  if (inPowersOfTwo) {
    const power = 2 ** Math.ceil(Math.log2(most));
    return [0, power / 2, power];
  }
  const power = 10 ** Math.floor(Math.log10(most));
  const top = [1, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((value) => value >= most) ?? most;
  return [0, top / 2, top];
}

function timeLabel(at: number, stepMillis: number): string {
  const date = new Date(at);
  const time = clock(date, stepMillis < minuteMillis);
  if (stepMillis >= dayMillis) return dayLabel(date);
  // The first tick of a day says which.
  return date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0 ? dayLabel(date) : time;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

function clock(date: Date, withSeconds: boolean): string {
  const parts = [date.getHours(), date.getMinutes(), ...(withSeconds ? [date.getSeconds()] : [])];
  return parts.map(twoDigits).join(':');
}

const dayLabel = (date: Date): string => date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });

/** "14:02", with the day in front when it is not today. */
export function momentLabel(millis: number, nowMillis: number): string {
  const date = new Date(millis);
  const isToday = date.toDateString() === new Date(nowMillis).toDateString();
  return `${isToday ? '' : `${dayLabel(date)}, `}${clock(date, date.getSeconds() !== 0)}`;
}
