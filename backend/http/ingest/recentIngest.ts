/**
 * What was sent lately and what was refused of it, so that "no data" explains itself.
 *
 * Shape:  by sender and route: sums, rates, the last requests and the last refusals. Refusals have a ring of their own: with 32
 *         pushes a second a refusal among them would be gone at once. The least lately seen sender makes room for a new one.
 * Units:  milliseconds since 1970; profilesPerMinute over the last five whole minutes or since the first request; bytesLastDay
 *         over the current hour and the 23 before it. lagMillis: how long the newest profile of the latest request that had
 *         one had been over when it came; negative when the sender's clock is ahead of ours.
 */
import type { DiscardReason } from '../../errors.ts';
import type { Sender } from '../sender.ts';

export interface Refusal {
  readonly reason: DiscardReason | 'refused';
  readonly samples: number;
  readonly message: string;
}

export interface IngestEvent {
  readonly sender: Sender;
  /** '' when it could not be told. */
  readonly tenant: string;
  readonly route: string;
  readonly format: string;
  /** The wire revision that the bytes turned out to be; '' when they could not be read. */
  readonly revision: string;
  /** Labels of the first profile, for people. */
  readonly labels: string;
  readonly services: readonly string[];
  readonly profiles: number;
  readonly samples: number;
  readonly bytes: number;
  /** When the newest profile was over; 0 when nothing was kept or no profile says. */
  readonly newestMillis: number;
  readonly refusals: readonly Refusal[];
}

export interface RecentIngest {
  add(event: IngestEvent): void;
  /** As /api/v1/ingest/recent answers, the last seen sender first. */
  describe(tenants: readonly string[]): object;
}

const mostSenders = 256;
const mostEvents = 20;
const mostRefusals = 20;
const mostRefusalsOfEvent = 5;
const mostNames = 8;
const longestMessage = 300;
const rateMinutes = 5;
const hoursOfDay = 24;

interface Seen {
  readonly sender: Sender;
  readonly tenant: string;
  readonly route: string;
  readonly formats: Set<string>;
  readonly revisions: Set<string>;
  readonly services: Set<string>;
  readonly firstMillis: number;
  lastMillis: number;
  requests: number;
  profiles: number;
  samples: number;
  bytes: number;
  refused: number;
  lagMillis: number | undefined;
  readonly bytesByHour: Map<number, number>;
  readonly profilesByMinute: Map<number, number>;
  readonly events: object[];
  readonly refusals: object[];
}

const minuteOf = (millis: number): number => Math.floor(millis / 60_000);
const hourOf = (millis: number): number => Math.floor(millis / 3_600_000);

export function createRecentIngest(now: () => number): RecentIngest {
  const seen = new Map<string, Seen>();
  return {
    add: (event) => {
      const millis = now();
      const { sender, route } = event;
      const key = JSON.stringify([sender, event.tenant, route]);
      const entry = seen.get(key) ?? newEntry(event, millis);
      // The map's order is that of the last requests.
      seen.delete(key);
      seen.set(key, entry);
      const [oldest] = seen.keys();
      if (seen.size > mostSenders && oldest !== undefined) seen.delete(oldest);
      addTo(entry, event, millis);
    },
    describe: (tenants) => ({
      now: timeText(now()),
      senders: [...seen.values()]
        .reverse()
        .filter(({ tenant }) => tenants.includes(tenant))
        .map((entry) => describeEntry(entry, now())),
    }),
  };
}

const newEntry = ({ sender, tenant, route }: IngestEvent, millis: number): Seen => ({
  sender,
  tenant,
  route,
  formats: new Set(),
  revisions: new Set(),
  services: new Set(),
  firstMillis: millis,
  lastMillis: millis,
  requests: 0,
  profiles: 0,
  samples: 0,
  bytes: 0,
  refused: 0,
  lagMillis: undefined,
  bytesByHour: new Map(),
  profilesByMinute: new Map(),
  events: [],
  refusals: [],
});

function addTo(entry: Seen, event: IngestEvent, millis: number): void {
  const { format, revision, labels, services, profiles, samples, bytes } = event;
  entry.lastMillis = millis;
  entry.requests++;
  entry.profiles += profiles;
  entry.samples += samples;
  entry.bytes += bytes;
  entry.refused += event.refusals.length;
  addName(entry.formats, format);
  addName(entry.revisions, revision);
  for (const service of services) addName(entry.services, service);
  if (event.newestMillis > 0) entry.lagMillis = millis - event.newestMillis;
  addToSlot(entry.profilesByMinute, minuteOf(millis), profiles, rateMinutes + 1);
  addToSlot(entry.bytesByHour, hourOf(millis), bytes, hoursOfDay);
  const time = timeText(millis);
  const refusals = event.refusals.slice(0, mostRefusalsOfEvent).map(({ reason, samples: lost, message }) => ({
    reason,
    samples: lost,
    message: message.slice(0, longestMessage),
  }));
  entry.events.push({ time, format, revision, labels, profiles, samples, bytes, refused: event.refusals.length });
  if (entry.events.length > mostEvents) entry.events.shift();
  for (const refusal of refusals) entry.refusals.push({ time, ...refusal });
  entry.refusals.splice(0, entry.refusals.length - mostRefusals);
}

/** Only the last so many slots are kept. */
function addToSlot(slots: Map<number, number>, slot: number, count: number, kept: number): void {
  slots.set(slot, (slots.get(slot) ?? 0) + count);
  for (const old of slots.keys()) if (old <= slot - kept) slots.delete(old);
}

function addName(names: Set<string>, name: string): void {
  if (name !== '' && names.size < mostNames) names.add(name);
}

function describeEntry(entry: Seen, nowMillis: number): object {
  const { sender, route, requests, profiles, samples, bytes, refused, lagMillis, events, refusals } = entry;
  return {
    agent: sender.agent,
    version: sender.version,
    userAgent: sender.userAgent,
    address: sender.address,
    tenant: sender.tenant,
    route,
    formats: [...entry.formats],
    revisions: [...entry.revisions],
    services: [...entry.services],
    firstSeen: timeText(entry.firstMillis),
    lastSeen: timeText(entry.lastMillis),
    requests,
    profiles,
    samples,
    bytes,
    bytesLastDay: bytesLastDay(entry, nowMillis),
    ...(lagMillis !== undefined && { lagMillis }),
    refused,
    profilesPerMinute: rateOf(entry, nowMillis),
    recent: [...events].reverse(),
    refusals: [...refusals].reverse(),
  };
}

/** Whole minutes only: the current one would be low. A sender younger than that has what it sent so far. */
function rateOf({ firstMillis, profiles, profilesByMinute }: Seen, nowMillis: number): number {
  const minute = minuteOf(nowMillis);
  const minutes = Math.min(rateMinutes, minute - minuteOf(firstMillis) - 1);
  if (minutes < 1) return profiles;
  let sum = 0;
  for (const [at, count] of profilesByMinute) if (at >= minute - minutes && at < minute) sum += count;
  return Math.round((sum / minutes) * 10) / 10;
}

function bytesLastDay({ bytesByHour }: Seen, nowMillis: number): number {
  let sum = 0;
  for (const [hour, bytes] of bytesByHour) if (hour > hourOf(nowMillis) - hoursOfDay) sum += bytes;
  return sum;
}

const timeText = (millis: number): string => new Date(millis).toISOString();
