/**
 * Reads an upload of /ingest: which format it is and what its parameters say, then the body.
 *
 * Shape:  `format=`, else the content type decides; nothing and unknown formats are folded stacks. The formats perf and bpftrace
 *         are ours. Labels: those of the name, pyroscope_spy, service_name.
 * Units:  from and until: see attime.ts. sampleRate in samples a second.
 * Errors: InputError invalid_argument, of the parameters by readUploadHead, of the body by readUploadBody.
 * Source: reference pyroscope-api 3.10 and corrections 13-14.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import type { Label } from '../../model/labels.ts';
import type { UnixNanos } from '../../model/time.ts';
import { readBpftrace } from '../../wire/bpftrace/readBpftrace.ts';
import { readFolded, readLines } from '../../wire/folded/readFolded.ts';
import { gunzip } from '../../wire/gzip.ts';
import { readAttime } from '../../wire/ingest/attime.ts';
import { withFunctionIds } from '../../wire/ingest/dotnetFunctionIds.ts';
import type { IngestName } from '../../wire/ingest/ingestName.ts';
import { ingestLabels, readIngestName } from '../../wire/ingest/ingestName.ts';
import { metricNameOf, readSampleTypeConfig } from '../../wire/ingest/metricName.ts';
import type { ReadingHead, TypedReadingHead } from '../../wire/ingest/readingHead.ts';
import { namedLabels } from '../../wire/ingest/readingHead.ts';
import { withoutSpyQuirks } from '../../wire/ingest/spyQuirks.ts';
import type { TextProfileType } from '../../wire/ingest/textProfileType.ts';
import { readSampleRate, splitTypeSuffix, textProfileType } from '../../wire/ingest/textProfileType.ts';
import { readJfr } from '../../wire/jfr/readJfr.ts';
import { readOgTree, readOgTrie } from '../../wire/ogtree/readOgTree.ts';
import { readPerfScript } from '../../wire/perf/readPerfScript.ts';
import { readPprof } from '../../wire/pprof/readPprof.ts';
import { readSpeedscope } from '../../wire/speedscope/readSpeedscope.ts';
import { isMultipart, readMultipart } from '../multipart.ts';
import type { SizedReading } from './ingestDoor.ts';

const formats = [
  'folded',
  'groups',
  'lines',
  'trie',
  'tree',
  'jfr',
  'pprof',
  'speedscope',
  'perf',
  'bpftrace',
] as const;
export type UploadFormat = (typeof formats)[number];

export interface UploadHead {
  readonly format: UploadFormat;
  readonly contentType: string;
  readonly name: IngestName;
  readonly spyName: string;
  readonly sampleRate: number;
  readonly hasSampleRate: boolean;
  readonly fromNanos: UnixNanos;
  /** 0 when the parameters do not say. */
  readonly durationNanos: bigint;
  readonly isTimed: boolean;
  /** Of the formats that hold bare counts. */
  readonly counts: { readonly app: string; readonly type: TextProfileType } | undefined;
}

const countFormats: ReadonlySet<UploadFormat> = new Set(['folded', 'groups', 'lines', 'trie', 'tree', 'bpftrace']);

export function readUploadHead(query: URLSearchParams, contentType: string, nowMillis: number): UploadHead {
  const parameter = (name: string): string | undefined => query.get(name) ?? undefined;
  const name = readIngestName(parameter('name') ?? '');
  const format = formatOf(parameter('format') ?? '', contentType);
  const sampleRate = readSampleRate(parameter('sampleRate'));
  const from = readAttime(parameter('from'), nowMillis);
  const until = readAttime(parameter('until'), nowMillis);
  const { app, suffix } = splitTypeSuffix(name.app);
  return {
    format,
    contentType,
    name,
    spyName: parameter('spyName') ?? '',
    sampleRate,
    hasSampleRate: query.has('sampleRate'),
    fromNanos: from,
    durationNanos: until > from ? until - from : 0n,
    isTimed: query.has('from'),
    counts: countFormats.has(format) ? { app, type: textProfileType(suffix, sampleRate) } : undefined,
  };
}

function formatOf(given: string, contentType: string): UploadFormat {
  const known = formats.find((format) => format === given);
  if (known !== undefined) return known;
  if (isMultipart(contentType)) return 'pprof';
  if (/^binary\/octet-stream\+trie/i.test(contentType)) return 'trie';
  return /^binary\/octet-stream\+tree/i.test(contentType) ? 'tree' : 'groups';
}

const nothing: SizedReading = {
  reading: { profiles: [], leftOut: [], revision: '' },
  rawBytes: 0,
  isPprof: false,
};

export function readUploadBody(head: UploadHead, body: Uint8Array, limits: Limits): SizedReading {
  switch (head.format) {
    case 'pprof':
      return readPprofUpload(head, body, limits);
    case 'jfr':
      return readJfrUpload(head, body, limits);
    default: {
      if (head.counts !== undefined && head.name.hasProfileId) return nothing;
      const bodyBytes = Math.min(limits.bodyBytes, limits.textBytes);
      const bytes = gunzip(body, bodyBytes, '--max-body-size');
      return { reading: readText(head, bytes, { ...limits, bodyBytes }), rawBytes: bytes.length, isPprof: false };
    }
  }
}

function readText(head: UploadHead, bytes: Uint8Array, limits: Limits): WireReading {
  const { format, name, spyName, sampleRate, counts } = head;
  if (counts !== undefined) {
    const labels = ingestLabels({ ...name, app: counts.app }, spyName, true);
    return readCounts(format, bytes, { ...timesOf(head), labels, type: counts.type }, limits);
  }
  if (format === 'perf') {
    const labels = ingestLabels(name, spyName, false);
    const rate = head.hasSampleRate ? sampleRate : undefined;
    return readPerfScript(bytes, { ...timesOf(head), labels, sampleRate: rate, processLabels: [] }, limits);
  }
  return readSpeedscope(bytes, { ...timesOf(head), labels: ingestLabels(name, spyName, true), sampleRate }, limits);
}

const timesOf = ({ fromNanos, durationNanos }: UploadHead): Pick<ReadingHead, 'timeNanos' | 'durationNanos'> => ({
  timeNanos: fromNanos,
  durationNanos,
});

function readCounts(format: UploadFormat, bytes: Uint8Array, head: TypedReadingHead, limits: Limits): WireReading {
  switch (format) {
    case 'lines':
      return readLines(bytes, head, limits);
    case 'tree':
      return readOgTree(bytes, head, limits);
    case 'trie':
      return readOgTrie(bytes, head, limits);
    case 'bpftrace':
      return readBpftrace(bytes, head, limits);
    case 'groups':
      refuseFractions(bytes);
      return readFolded(bytes, head, limits);
    default:
      return readFolded(bytes, head, limits);
  }
}

/** What Pyroscope calls folded holds whole numbers; tools whose counts have fractions say format=folded. */
function refuseFractions(bytes: Uint8Array): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const fraction = /[ \t](\d+\.\d+)[ \t]*\r?$/m.exec(text)?.[1];
  if (fraction === undefined) return;
  throw new InputError(
    'invalid_argument',
    `expected a whole number, got ${fraction.slice(0, 40)}; counts with fractions are taken with format=folded`,
    'malformed_profile',
  );
}

function readPprofUpload(head: UploadHead, body: Uint8Array, limits: Limits): SizedReading {
  const parts = isMultipart(head.contentType) ? readMultipart(body, head.contentType) : undefined;
  if (parts?.has('prev_profile') === true) {
    throw new InputError(
      'invalid_argument',
      'the part prev_profile comes from a client that is too old: differences must be made by the client',
      'malformed_profile',
    );
  }
  const packed = parts === undefined ? body : parts.get('profile');
  if (packed === undefined) return nothing;
  const configPart = parts?.get('sample_type_config');
  const config: ReturnType<typeof readSampleTypeConfig> =
    configPart === undefined ? new Map() : readSampleTypeConfig(configPart);
  const isDotnet = head.spyName === 'dotnetspy' || config.has('alloc-samples');
  const bytes = gunzip(packed, limits.profileBytes, '--max-profile-size');
  const read = readPprof(isDotnet ? withFunctionIds(bytes) : bytes, limits);
  const profile = withoutSpyQuirks(read, isDotnet ? 'dotnetspy' : head.spyName, head.fromNanos);
  const labels = namedLabels(
    metricNameOf(profile.sampleTypes, config),
    ...ingestLabels(head.name, head.spyName, false),
  );
  return {
    reading: { profiles: [{ labels, profile }], leftOut: [], revision: '' },
    rawBytes: bytes.length,
    isPprof: true,
  };
}

function readJfrUpload(head: UploadHead, body: Uint8Array, limits: Limits): SizedReading {
  const parts = isMultipart(head.contentType) ? readMultipart(body, head.contentType) : undefined;
  const packed = parts === undefined ? body : parts.get('jfr');
  if (packed === undefined) return nothing;
  const snapshot = parts?.get('labels');
  const bytes = gunzip(packed, limits.bodyBytes, '--max-body-size');
  const reading = readJfr(
    bytes,
    snapshot === undefined ? undefined : gunzip(snapshot, limits.bodyBytes, '--max-body-size'),
    {
      sampleRate: head.sampleRate,
      timeNanos: head.isTimed ? head.fromNanos : undefined,
      durationNanos: head.isTimed ? head.durationNanos : undefined,
      delayUnit: 'nanoseconds',
    },
    limits,
  );
  const own = ingestLabels(head.name, head.spyName, false);
  const names = new Set(own.map(({ name }) => name));
  const without = (labels: readonly Label[]): readonly Label[] => labels.filter(({ name }) => !names.has(name));
  return {
    reading: {
      ...reading,
      profiles: reading.profiles.map(({ labels, profile }) => ({ labels: [...without(labels), ...own], profile })),
    },
    rawBytes: bytes.length,
    isPprof: false,
  };
}
