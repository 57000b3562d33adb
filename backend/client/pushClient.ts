/**
 * Sends profiles to a server's Push route, as an agent does: Connect protocol, protobuf.
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
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly token: string | undefined;
  /** undefined: the server has no tenants. */
  readonly tenant: string | undefined;
}

const timeoutMillis = 30_000;

export async function pushProfile(
  { baseUrl, token, tenant }: PushTarget,
  labels: readonly Label[],
  profile: Uint8Array,
): Promise<void> {
  const message = create(PushRequestSchema, {
    series: [
      {
        labels: labels.map(({ name, value }) => ({ name, value })),
        samples: [{ rawProfile: new Uint8Array(profile) }],
      },
    ],
  });
  const response = await fetch(`${baseUrl}/push.v1.PusherService/Push`, {
    method: 'POST',
    headers: {
      'content-type': 'application/proto',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(tenant !== undefined && { 'x-scope-orgid': tenant }),
    },
    body: toBinary(PushRequestSchema, message),
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
