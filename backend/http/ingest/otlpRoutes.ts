/**
 * OpenTelemetry: profiles over HTTP and gRPC; logs, traces and metrics are taken and dropped, so that an agent with one
 * endpoint for everything does not fill its log with errors.
 *
 * Shape:  protobuf is answered with protobuf, JSON with JSON. What was refused of a request that was kept otherwise is told in
 *         partial_success; when nothing could be kept, the request fails.
 * Units:  64 MiB after unpacking, as the specification recommends.
 * Errors: plain text, as Pyroscope's: 400, 413, 415; over gRPC invalid_argument, which is not sent again.
 * Source: reference agents-wire 2.1, pyroscope-api 3.11; OTLP specification, "OTLP/HTTP".
 */
import { InputError } from '../../errors.ts';
import { checkJson } from '../checkJson.ts';
import type { Limits } from '../../limits.ts';
import type { LeftOut } from '../../model/labelledProfile.ts';
import { readOtlp } from '../../wire/otlp/readOtlp.ts';
import { readOtlpJson } from '../../wire/otlp/readOtlpJson.ts';
import type { OtlpAnswer } from '../../wire/otlp/writeOtlpAnswer.ts';
import { writeOtlpAnswer } from '../../wire/otlp/writeOtlpAnswer.ts';
import type { GrpcMethod } from '../grpcAdapter.ts';
import { unary } from '../grpcAdapter.ts';
import type { HttpRequest, HttpRoute } from '../httpRoutes.ts';
import type { PlainAnswer } from '../plainAnswer.ts';
import type { Sender } from '../sender.ts';
import { withAgent } from '../sender.ts';
import { answerCoroot, isCoroot } from './corootRoute.ts';
import type { IngestDoor, Outcome } from './ingestDoor.ts';

export interface OtlpOptions {
  readonly door: IngestDoor;
  readonly limits: Limits;
}

export const exportPath = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
/** The Collector's code has the first, its README the second; Pyroscope serves plain HTTP under the third too. */
const profilePaths = ['/v1development/profiles', '/v1/profiles', exportPath];

type Encoding = 'json' | 'protobuf';

function encodingOf(contentType: string): Encoding | undefined {
  switch (contentType.toLowerCase().trim()) {
    case 'application/json':
      return 'json';
    case 'application/x-protobuf':
    case 'application/protobuf':
      return 'protobuf';
    default:
      return undefined;
  }
}

export function createOtlpRoutes(options: OtlpOptions): readonly HttpRoute[] {
  const profiles = profilePaths.map((path): HttpRoute => ({
    path,
    method: 'POST',
    tokenHeader: 'x-api-key',
    answer: (request) =>
      path === '/v1/profiles' && isCoroot(request)
        ? answerCoroot(request, path, options)
        : answerProfiles(request, path, options),
    onRefused: ({ sender }, error) => options.door.refused({ sender, route: path, format: 'otlp' }, error),
  }));
  const dropped = ['logs', 'traces', 'metrics'].map((signal): HttpRoute => ({
    path: `/v1/${signal}`,
    method: 'POST',
    answer: (request) => drop(request, options.limits.messageBytes),
  }));
  return [...profiles, ...dropped];
}

async function answerProfiles(request: HttpRequest, route: string, options: OtlpOptions): Promise<PlainAnswer> {
  const encoding = encodingOf(request.contentType);
  if (encoding === undefined)
    throw new InputError('unimplemented', `Unsupported Content-Type: ${request.contentType.slice(0, 200)}`);
  const { messageBytes, bodyBytes } = options.limits;
  const { bytes, wireBytes } = await request.body(Math.min(messageBytes, bodyBytes), '--max-message-size');
  const { protobuf, json } = await takeProfiles(request.sender, route, encoding, bytes, wireBytes, options);
  return encoding === 'json'
    ? { status: 200, contentType: 'application/json', body: json }
    : { status: 200, contentType: 'application/x-protobuf', body: protobuf };
}

async function takeProfiles(
  sender: Sender,
  route: string,
  encoding: Encoding,
  bytes: Uint8Array,
  wireBytes: number,
  { door, limits }: OtlpOptions,
): Promise<OtlpAnswer> {
  const visit = door.open({
    sender: withAgent(sender, 'OpenTelemetry'),
    route,
    format: encoding === 'json' ? 'otlp json' : 'otlp',
  });
  try {
    const outcome = await visit.take(wireBytes, () => {
      // Before the parser makes an object of everything.
      if (encoding === 'json') checkJson(bytes);
      const reading = encoding === 'json' ? readOtlpJson(bytes, limits) : readOtlp(bytes, limits);
      if (reading.profiles.length + reading.leftOut.length === 0)
        throw new InputError('invalid_argument', 'the request has no profiles', 'malformed_profile');
      return { reading, rawBytes: bytes.length, isPprof: false };
    });
    return writeOtlpAnswer([...outcome.leftOut, ...refusedParts(outcome)]);
  } finally {
    visit.close();
  }
}

/** Refused with the whole request when nothing of it was kept, or when it may go better another time. */
function refusedParts({ kept, leftOut, failures }: Outcome): readonly LeftOut[] {
  const retry = failures.find(({ code }) => code === 'unavailable' || code === 'resource_exhausted');
  if (retry !== undefined) throw retry;
  const [first] = failures;
  if (first !== undefined && kept === 0) throw first;
  const [lost] = leftOut;
  if (lost !== undefined && kept === 0) throw new InputError('invalid_argument', lost.message, lost.reason);
  return failures.map(({ reason, message }) => ({ reason: reason ?? 'malformed_profile', samples: 1, message }));
}

/** Read to its end: a sender that is cut off in the middle would call that an error. */
async function drop(request: HttpRequest, limitBytes: number): Promise<PlainAnswer> {
  let length = 0;
  for await (const chunk of request.chunks()) {
    length += chunk.length;
    if (length > limitBytes)
      throw new InputError('payload_too_large', `request body is larger than ${limitBytes} bytes`);
  }
  return encodingOf(request.contentType.replace(/;.*$/, '')) === 'json'
    ? { status: 200, contentType: 'application/json', body: '{}' }
    : { status: 200, contentType: 'application/x-protobuf', body: '' };
}

const nothing = new Uint8Array(0);
const droppedServices = ['logs.v1.LogsService', 'trace.v1.TraceService', 'metrics.v1.MetricsService'];

export function createOtlpMethods(options: OtlpOptions): readonly GrpcMethod[] {
  const dropped = droppedServices.map((service) =>
    unary(`/opentelemetry.proto.collector.${service}/Export`, () => Promise.resolve(nothing)),
  );
  const profiles = unary(exportPath, async ({ bytes, wireBytes }, { sender }) => {
    const answer = await takeProfiles(sender, exportPath, 'protobuf', bytes, wireBytes, options);
    return answer.protobuf;
  });
  return [profiles, ...dropped];
}
