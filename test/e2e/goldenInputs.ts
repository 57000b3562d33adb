/** Recorded input of many agents, when it is there: how each file is sent, and what a reader makes of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { defaultLimits } from '../../backend/limits.ts';
import type { WireReading } from '../../backend/model/labelledProfile.ts';
import { labelValue, sortLabels } from '../../backend/model/labels.ts';
import { readFolded } from '../../backend/wire/folded/readFolded.ts';
import { textProfileType } from '../../backend/wire/ingest/textProfileType.ts';
import { readJfr } from '../../backend/wire/jfr/readJfr.ts';
import { unixNanos } from '../../backend/model/time.ts';
import { readOtlp } from '../../backend/wire/otlp/readOtlp.ts';
import { readOtlpJson } from '../../backend/wire/otlp/readOtlpJson.ts';
import { readArrowV2 } from '../../backend/wire/parca/readArrowV2.ts';
import { readPerfScript } from '../../backend/wire/perf/readPerfScript.ts';
import { readSpeedscope } from '../../backend/wire/speedscope/readSpeedscope.ts';
import { field } from './grpcClient.ts';

export interface GoldenInput {
  readonly name: string;
  /** As it is sent. */
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly contentType?: string;
  /** gRPC and not a plain POST. */
  readonly isGrpc?: boolean;
  readonly read: (bytes: Uint8Array) => WireReading;
}

const head = { labels: [], timeNanos: unixNanos(0n), durationNanos: 0n };
const counts = { ...head, type: textProfileType('cpu', 100) };
const upload = { sampleRate: 100, timeNanos: undefined, durationNanos: undefined, delayUnit: 'nanoseconds' } as const;

export function goldenInputs(golden: string): readonly GoldenInput[] {
  const filesIn = (folder: string, pattern: RegExp): readonly (readonly [string, Uint8Array])[] =>
    readdirSync(join(golden, folder))
      .filter((name) => pattern.test(name))
      .map((name) => [`${folder}/${name}`, new Uint8Array(readFileSync(join(golden, folder, name)))] as const);
  const ingest = (name: string, format: string): string =>
    `/ingest?name=${encodeURIComponent(`golden.cpu{service_name="${name}"}`)}&format=${format}`;
  const otlp = '/v1development/profiles';
  return [
    ...filesIn('otlp', /\.pb\.bin$/).map(([name, bytes]) => ({
      name,
      bytes,
      path: otlp,
      contentType: 'application/x-protobuf',
      read: (one: Uint8Array) => readOtlp(one, defaultLimits),
    })),
    ...filesIn('otlp', /\.pb\.json$/).map(([name, bytes]) => ({
      name,
      bytes,
      path: otlp,
      contentType: 'application/json',
      read: (one: Uint8Array) => readOtlpJson(one, defaultLimits),
    })),
    ...filesIn('parca-arrow', /^v2-(cpu|offcpu|memory)\.arrows$/).map(([name, bytes]) => ({
      name,
      bytes: field(1, bytes),
      path: '/parca.profilestore.v1alpha1.ProfileStoreService/WriteArrow',
      isGrpc: true,
      // The envelope is the tag and a length of two to four bytes.
      read: (one: Uint8Array) => readArrowV2(one.subarray(one.length - bytes.length), defaultLimits),
    })),
    ...filesIn('jfr', /\.jfr\.gz$/).map(([name, bytes]) => ({
      name,
      bytes,
      path: ingest(name, 'jfr'),
      read: (one: Uint8Array) => readJfr(gunzipSync(one), undefined, upload, defaultLimits),
    })),
    ...filesIn('perf', /\.txt$/).map(([name, bytes]) => ({
      name,
      bytes,
      path: ingest(name, 'perf'),
      read: (one: Uint8Array) =>
        readPerfScript(one, { ...head, sampleRate: undefined, processLabels: [] }, defaultLimits),
    })),
    ...filesIn('folded', /\.txt$/).map(([name, bytes]) => ({
      name,
      bytes,
      path: ingest(name, 'folded'),
      read: (one: Uint8Array) => readFolded(one, counts, defaultLimits),
    })),
    ...filesIn('speedscope', /\.json$/).map(([name, bytes]) => ({
      name,
      bytes,
      path: ingest(name, 'speedscope'),
      read: (one: Uint8Array) => readSpeedscope(one, { ...head, sampleRate: 100 }, defaultLimits),
    })),
  ];
}

/** Profile type -> total of what is kept: a sample with a negative value is none. */
export function totalsOf({ profiles }: WireReading): Readonly<Record<string, bigint>> {
  const totals: Record<string, bigint> = {};
  for (const { labels, profile } of profiles) {
    const { sampleTypes, periodType, values, sampleCount } = profile;
    sampleTypes.forEach(({ type, unit }, at) => {
      const name = labelValue(sortLabels(labels), '__name__') ?? '';
      const id = `${name}:${type}:${unit}:${periodType?.type ?? ''}:${periodType?.unit ?? ''}`;
      for (let sample = 0; sample < sampleCount; sample++) {
        const row = values.subarray(sample * sampleTypes.length, (sample + 1) * sampleTypes.length);
        if (row.every((value) => value >= 0n)) totals[id] = (totals[id] ?? 0n) + (row[at] ?? 0n);
      }
    });
  }
  return Object.fromEntries(Object.entries(totals).filter(([, total]) => total > 0n));
}
