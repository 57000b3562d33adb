/**
 * Sends profiles to a server as agents do: pprof to Push in the Connect protocol, everything else to /ingest.
 *
 * Errors: PushError with the server's own message, or why it could not be reached.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import type { Label } from '../model/labels.ts';
import { PushRequestSchema } from '../wire/pyroscope/gen/push/v1/push_pb.js';

export class PushError extends Error {
  override readonly name = 'PushError';
}

export interface PushTarget {
  /** NAME/VERSION, by which the server's list of senders knows us. */
  readonly userAgent: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly token: string | undefined;
  /** undefined: the server has no tenants. */
  readonly tenant: string | undefined;
}

const timeoutMillis = 30_000;

export async function pushProfile(target: PushTarget, labels: readonly Label[], profile: Uint8Array): Promise<void> {
  const message = create(PushRequestSchema, {
    series: [
      {
        labels: labels.map(({ name, value }) => ({ name, value })),
        samples: [{ rawProfile: new Uint8Array(profile) }],
      },
    ],
  });
  const body = toBinary(PushRequestSchema, message);
  await post(target, '/push.v1.PusherService/Push', { 'content-type': 'application/proto' }, body);
}

/** `query`: the parameters of /ingest. */
export const pushUpload = (target: PushTarget, query: URLSearchParams, bytes: Uint8Array): Promise<void> =>
  post(target, `/ingest?${query.toString()}`, {}, new Uint8Array(bytes));

async function post(
  { baseUrl, token, tenant, userAgent }: PushTarget,
  path: string,
  headers: Readonly<Record<string, string>>,
  content: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const response = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: {
      ...headers,
      'user-agent': userAgent,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(tenant !== undefined && { 'x-scope-orgid': tenant }),
    },
    body: content,
    signal: AbortSignal.timeout(timeoutMillis),
  }).catch((error: unknown) => {
    // fetch says "fetch failed" and hides why in the cause.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new PushError(`${baseUrl}: ${cause instanceof Error ? cause.message || cause.name : String(cause)}`);
  });
  const body = await response.text();
  if (!response.ok) throw new PushError(messageIn(body) ?? `${baseUrl}: HTTP ${response.status} ${body.slice(0, 200)}`);
}

function messageIn(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch {
    // Not Connect's JSON: the caller shows the body as it is.
  }
  return undefined;
}
