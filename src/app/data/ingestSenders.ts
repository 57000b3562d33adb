/**
 * What /api/v1/ingest/recent says about senders, checked field by field: another version of the server may say less.
 *
 * Units: times in milliseconds since 1970.
 */
import type { Fields } from '../../datasource/data/readFields.ts';
import { fieldsOf, listOf, numberOf, textOf } from '../../datasource/data/readFields.ts';

export interface IngestRefusal {
  readonly timeMillis: number;
  readonly reason: string;
  readonly message: string;
}
export interface IngestSender {
  readonly key: string;
  readonly agent: string;
  readonly version: string;
  readonly address: string;
  readonly route: string;
  readonly formats: readonly string[];
  readonly services: readonly string[];
  readonly lastSeenMillis: number;
  readonly profiles: number;
  readonly bytes: number;
  readonly bytesLastDay: number;
  /** From the end of the newest profile until it came; negative when the sender's clock is ahead. */
  readonly lagMillis: number | undefined;
  readonly refused: number;
  readonly profilesPerMinute: number;
  /** Labels of the latest profiles. */
  readonly labels: readonly string[];
  readonly refusals: readonly IngestRefusal[];
}

export interface IngestHealth {
  readonly senders: readonly IngestSender[];
  /** undefined when the server keeps profiles in memory, or does not tell. */
  readonly diskBytes: number | undefined;
  /** Nothing is deleted. */
  readonly isKeptForever: boolean;
}

export function readIngest(answer: unknown): IngestHealth {
  const storage = fieldsOf(fieldsOf(answer)['storage']);
  return {
    senders: readSenders(answer),
    diskBytes: numberOf(storage['diskBytes']),
    isKeptForever: storage['retention'] === 'forever',
  };
}

function readSenders(answer: unknown): readonly IngestSender[] {
  return recordsOf(fieldsOf(answer)['senders']).map((sender, i) => {
    const text = (name: string): string => textOf(sender[name]) ?? '';
    const count = (name: string): number => numberOf(sender[name]) ?? 0;
    return {
      key: String(i),
      agent: text('agent') === '' ? text('userAgent') || 'unknown' : text('agent'),
      version: text('version'),
      address: text('address'),
      route: text('route'),
      formats: listOf(sender['formats']),
      services: listOf(sender['services']),
      lastSeenMillis: millisOf(sender['lastSeen']),
      profiles: count('profiles'),
      bytes: count('bytes'),
      bytesLastDay: count('bytesLastDay'),
      lagMillis: signedOf(sender['lagMillis']),
      refused: count('refused'),
      profilesPerMinute: count('profilesPerMinute'),
      labels: [...new Set(recordsOf(sender['recent']).flatMap((event) => textOf(event['labels']) ?? []))],
      refusals: recordsOf(sender['refusals']).map((refusal) => ({
        timeMillis: millisOf(refusal['time']),
        reason: textOf(refusal['reason']) ?? '',
        message: textOf(refusal['message']) ?? '',
      })),
    };
  });
}

const signedOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const recordsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

function millisOf(value: unknown): number {
  const millis = Date.parse(textOf(value) ?? '');
  return Number.isNaN(millis) ? 0 : millis;
}
