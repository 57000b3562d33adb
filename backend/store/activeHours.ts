/**
 * The hours in which a series had profiles, as runs: a pod that reports without a pause costs two numbers, however long.
 *
 * Shape: runs is [from, to, from, to, ...], ascending, apart from each other; `to` is the first hour that is not meant.
 * Units: hours since 1970.
 */
export interface ActiveHours {
  readonly runs: number[];
}

export const noHours = (): ActiveHours => ({ runs: [] });

export function hasHour({ runs }: ActiveHours, hour: number): boolean {
  return touchesHours({ runs }, hour, hour);
}

/** Both ends belong to the question. */
export function touchesHours({ runs }: ActiveHours, first: number, last: number): boolean {
  const at = firstRunEndingAfter(runs, first);
  return at < runs.length && (runs[at] ?? 0) <= last;
}

export function addHour({ runs }: ActiveHours, hour: number): void {
  // A run that ends exactly at this hour grows, so it is looked for with hour - 1.
  const at = firstRunEndingAfter(runs, hour - 1);
  if (at === runs.length || (runs[at] ?? 0) > hour + 1) {
    runs.splice(at, 0, hour, hour + 1);
    return;
  }
  if (hour + 1 === runs[at]) runs[at] = hour;
  if (hour === runs[at + 1]) {
    runs[at + 1] = hour + 1;
    if (runs[at + 2] === hour + 1) runs.splice(at + 1, 2);
  }
}

/** Ascending; both ends belong to the question. */
export function* hoursWithin({ runs }: ActiveHours, first: number, last: number): Generator<number> {
  for (let at = firstRunEndingAfter(runs, first); at < runs.length; at += 2) {
    const end = Math.min(runs[at + 1] ?? 0, last + 1);
    for (let hour = Math.max(runs[at] ?? 0, first); hour < end; hour++) yield hour;
    if (end > last) return;
  }
}

/** Place of the first run whose end is after `hour`; most questions and all writes are about the last run. */
function firstRunEndingAfter(runs: readonly number[], hour: number): number {
  if (runs.length === 0 || (runs[runs.length - 1] ?? 0) <= hour) return runs.length;
  let low = 0;
  let high = runs.length / 2 - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[2 * middle + 1] ?? 0) > hour) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}
