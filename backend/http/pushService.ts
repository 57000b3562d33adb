/**
 * push.v1.PusherService: what Alloy and Pyroscope's SDKs send.
 *
 * Shape:  profiles are worked on one by one and fail one by one; the call fails when any of them did, with the others kept.
 * Errors: a single profile's own error as it is; else all of them, each with its series. When one may succeed later
 *         (unavailable), the call says so, and the agent sends everything again: a profile twice is better than none.
 */
import type { ServiceImpl } from '@connectrpc/connect';
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Label } from '../model/labels.ts';
import { gunzip } from '../wire/gzip.ts';
import { readPprof } from '../wire/pprof/readPprof.ts';
import type { PusherService, PushRequest, RawProfileSeries } from '../wire/pyroscope/gen/push/v1/push_pb.js';
import type { IngestDoor, OpenVisit } from './ingest/ingestDoor.ts';
import { senderKey } from './sender.ts';

export interface PushOptions {
  readonly door: IngestDoor;
  readonly limits: Limits;
}

interface Failure {
  readonly seriesIndex: number;
  readonly error: InputError;
}

export const pushPath = '/push.v1.PusherService/Push';

export function createPushService({ door, limits }: PushOptions): ServiceImpl<typeof PusherService> {
  return {
    push: async (request, { values }) => {
      const visit = door.open({ sender: values.get(senderKey), route: pushPath, format: 'pprof' });
      const budget = { bytes: limits.bodyBytes };
      const pushes: Promise<Failure | undefined>[] = [];
      for (const [seriesIndex, series] of request.series.entries()) {
        for (const { rawProfile } of series.samples) {
          pushes.push(
            pushOne(series, rawProfile, budget, visit, limits).then(
              (error) => (error === undefined ? undefined : { seriesIndex, error }),
              (error: unknown) => toFailure(seriesIndex, error),
            ),
          );
        }
      }
      if (pushes.length === 0) throw new InputError('invalid_argument', 'no profiles received');
      try {
        const failures = (await Promise.all(pushes)).filter((failure) => failure !== undefined);
        if (failures.length > 0) throw joinFailures(request, failures);
        return {};
      } finally {
        visit.close();
      }
    },
  };
}

/** What accept refused; what could not be read is thrown. */
async function pushOne(
  { labels }: RawProfileSeries,
  rawProfile: Uint8Array,
  budget: { bytes: number },
  visit: OpenVisit,
  limits: Limits,
): Promise<InputError | undefined> {
  const { failures } = await visit.take(rawProfile.length, () => {
    const bytes = gunzip(rawProfile, limits.profileBytes, '--max-profile-size');
    budget.bytes -= bytes.length;
    if (budget.bytes < 0) {
      throw new InputError(
        'invalid_argument',
        `profiles of one request expand to more than ${limits.bodyBytes} bytes (--max-body-size)`,
        'body_size_limit_exceeded',
      );
    }
    const profile = readPprof(bytes, limits);
    return {
      reading: { profiles: [{ labels: labels.map(toLabel), profile }], leftOut: [], revision: '' },
      rawBytes: bytes.length,
      isPprof: true,
    };
  });
  return failures[0];
}

const toLabel = ({ name, value }: Label): Label => ({ name, value });

/** Our own mistakes pass through and fail the call. */
function toFailure(seriesIndex: number, error: unknown): Failure {
  if (!(error instanceof InputError)) throw error;
  return { seriesIndex, error };
}

function joinFailures({ series }: PushRequest, failures: readonly Failure[]): InputError {
  const [first] = failures;
  const worst = failures.find(({ error }) => error.code !== 'invalid_argument') ?? first;
  const profileCount = series.reduce((count, { samples }) => count + samples.length, 0);
  const message =
    profileCount === 1
      ? (first?.error.message ?? '')
      : failures
          .map(({ seriesIndex, error }) => `push series with index ${seriesIndex} failed: ${error.message}`)
          .join('\n');
  return new InputError(worst?.error.code ?? 'invalid_argument', message);
}
