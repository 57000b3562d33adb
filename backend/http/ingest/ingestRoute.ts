/**
 * POST /ingest: what Pyroscope's SDKs send and Alloy passes on, and perf, bcc and bpftrace by hand.
 *
 * Errors: wrong parameters 400, a body that is too large 413, a body that cannot be read or a profile that may not come in 422;
 *         in Connect's JSON. Success is 200 without a body: Alloy takes nothing else for it.
 * Source: reference pyroscope-api 3.10, and the answers recorded from a running server.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { HttpRequest, HttpRoute } from '../httpRoutes.ts';
import { jsonError, statusOf } from '../httpRoutes.ts';
import { emptyAnswer } from '../plainAnswer.ts';
import type { PlainAnswer } from '../plainAnswer.ts';
import { withAgent } from '../sender.ts';
import type { IngestDoor } from './ingestDoor.ts';
import { joinedFailure } from './ingestDoor.ts';
import { readUploadBody, readUploadHead } from './readUpload.ts';

export interface IngestRouteOptions {
  readonly door: IngestDoor;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createIngestRoutes(options: IngestRouteOptions): readonly HttpRoute[] {
  return ['/ingest', '/pyroscope/ingest'].map((path) => ({
    path,
    method: 'POST',
    answer: (request) => answerIngest(request, path, options),
    errorAnswer: jsonError,
    onRefused: ({ sender, query }, error) => {
      const agent = query.get('spyName') ?? '';
      options.door.refused({ sender: withAgent(sender, agent), route: path, format: '' }, error);
    },
  }));
}

async function answerIngest(
  request: HttpRequest,
  route: string,
  { door, limits, now }: IngestRouteOptions,
): Promise<PlainAnswer> {
  const head = readUploadHead(request.query, request.contentType, now());
  const { bytes, wireBytes } = await request.body(limits.bodyBytes, '--max-body-size');
  const visit = door.open({ sender: withAgent(request.sender, head.spyName), route, format: head.format });
  try {
    const outcome = await visit.take(wireBytes, () => readUploadBody(head, bytes, limits));
    const failure = joinedFailure(outcome);
    return failure === undefined ? emptyAnswer : unprocessable(failure);
  } catch (error) {
    // Told here and not by onRefused: the visit remembers it.
    if (error instanceof InputError) return unprocessable(error);
    throw error;
  } finally {
    visit.close();
  }
}

/** What may go better another time keeps its own status, so that it is sent again. */
const unprocessable = (error: InputError): PlainAnswer => {
  const status = statusOf(error);
  if (status !== 400) return jsonError(error, status);
  return { ...jsonError(error, 422), body: JSON.stringify({ code: 'unknown', message: error.message }) };
};
