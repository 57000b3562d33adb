/**
 * What GET /api/v1/ingest/recent tells, as the page shows it: the last seen sender first, its refusals summed by reason.
 *
 * Units:  milliseconds since 1970, by the server's clock.
 * Errors: none: what is missing or of another kind is left empty, as a server of another version may tell less.
 */
export interface RecentIngest {
  readonly nowMillis: number;
  readonly senders: readonly IngestSender[];
  /** What all profiles take; undefined when the server keeps them in memory, or does not tell. */
  readonly diskBytes: number | undefined;
  /** Nothing is deleted. */
  readonly isKeptForever: boolean;
}

export interface IngestSender {
  /** What it calls itself; never empty. */
  readonly agent: string;
  readonly version: string;
  readonly address: string;
  readonly tenant: string;
  readonly route: string;
  readonly formats: readonly string[];
  readonly revisions: readonly string[];
  readonly services: readonly string[];
  /** Of its latest requests, each set once. */
  readonly labels: readonly string[];
  readonly requests: number;
  readonly profiles: number;
  readonly samples: number;
  readonly bytes: number;
  readonly bytesLastDay: number;
  readonly profilesPerMinute: number;
  readonly lastMillis: number;
  /** From the end of the newest profile until it came; negative when the sender's clock is ahead. */
  readonly lagMillis: number | undefined;
  /** All of them; the sums below are of the latest, which the server keeps. */
  readonly refused: number;
  readonly refusals: readonly RefusalSum[];
}

export interface RefusalSum {
  readonly reason: string;
  readonly count: number;
  readonly samples: number;
  readonly lastMillis: number;
  /** The latest one: most differ in a time or a name alone. */
  readonly message: string;
}

type Fields = ReadonlyMap<string, unknown>;

export function readRecentIngest(answer: unknown): RecentIngest {
  const fields = fieldsOf(answer);
  const senders = listOf(fields.get('senders')).map((sender) => readSender(fieldsOf(sender)));
  const storage = fieldsOf(fields.get('storage'));
  return {
    diskBytes: knownNumberOf(storage.get('diskBytes')),
    isKeptForever: storage.get('retention') === 'forever',
    nowMillis: millisOf(fields.get('now')),
    senders: senders.sort((a, b) => b.lastMillis - a.lastMillis),
  };
}

function readSender(fields: Fields): IngestSender {
  const text = (name: string): string => textOf(fields.get(name));
  const number = (name: string): number => numberOf(fields.get(name));
  const texts = (name: string): readonly string[] => distinct(listOf(fields.get(name)).map(textOf));
  return {
    agent: text('agent') || text('userAgent') || 'unknown agent',
    version: text('version'),
    address: text('address'),
    tenant: text('tenant'),
    route: text('route'),
    formats: texts('formats'),
    revisions: texts('revisions'),
    services: texts('services'),
    labels: distinct(listOf(fields.get('recent')).map((event) => textOf(fieldsOf(event).get('labels')))),
    requests: number('requests'),
    profiles: number('profiles'),
    samples: number('samples'),
    bytes: number('bytes'),
    bytesLastDay: number('bytesLastDay'),
    profilesPerMinute: number('profilesPerMinute'),
    lastMillis: millisOf(fields.get('lastSeen')),
    lagMillis: knownNumberOf(fields.get('lagMillis')),
    refused: number('refused'),
    refusals: sumByReason(listOf(fields.get('refusals')).map(fieldsOf)),
  };
}

function sumByReason(refusals: readonly Fields[]): readonly RefusalSum[] {
  const sums = new Map<string, RefusalSum>();
  for (const refusal of refusals) {
    const reason = textOf(refusal.get('reason'));
    const lastMillis = millisOf(refusal.get('time'));
    const message = textOf(refusal.get('message'));
    const sum = sums.get(reason) ?? { reason, count: 0, samples: 0, lastMillis, message };
    sums.set(reason, {
      ...sum,
      count: sum.count + 1,
      samples: sum.samples + numberOf(refusal.get('samples')),
      ...(lastMillis > sum.lastMillis && { lastMillis, message }),
    });
  }
  return [...sums.values()].sort((a, b) => b.lastMillis - a.lastMillis);
}

const fieldsOf = (value: unknown): Fields =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const knownNumberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const numberOf = (value: unknown): number => knownNumberOf(value) ?? 0;
const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].filter((text) => text !== '');

function millisOf(value: unknown): number {
  const millis = Date.parse(textOf(value));
  return Number.isNaN(millis) ? 0 : millis;
}
