/**
 * What Parca agents of all versions send: WriteArrow, the two phases of Write, WriteRaw over gRPC and HTTP, and what else an agent
 * says on the same connection.
 *
 * Shape:  an answer has no place for what was left out of a message that was kept otherwise; the list of recent senders has.
 * Errors: invalid_argument when a profile was refused: the agent does not send that again. `unavailable` it does.
 * Source: reference agents-wire 1.1-1.6.
 */
import type { Limits } from '../../limits.ts';
import type { Log } from '../../log.ts';
import {
  readReportPanicRequest,
  readWriteArrowRequest,
  readWriteRequest,
  writeWriteResponse,
} from '../../wire/parca/envelopes.ts';
import type { KnownStack } from '../../wire/parca/knownStacks.ts';
import { KnownStacks } from '../../wire/parca/knownStacks.ts';
import { readArrowV2 } from '../../wire/parca/readArrowV2.ts';
import { readWriteRaw, readWriteRawJson } from '../../wire/parca/readWriteRaw.ts';
import type { BegunWrite } from '../../wire/parca/twoPhaseWrite.ts';
import { beginWrite, finishWrite } from '../../wire/parca/twoPhaseWrite.ts';
import { InputError } from '../../errors.ts';
import type { GrpcCall, GrpcMessage, GrpcMethod } from '../grpcAdapter.ts';
import { unary } from '../grpcAdapter.ts';
import type { HttpRoute } from '../httpRoutes.ts';
import { jsonError } from '../httpRoutes.ts';
import { jsonAnswer } from '../plainAnswer.ts';
import type { Sender } from '../sender.ts';
import { withAgent } from '../sender.ts';
import type { IngestDoor, SizedReading, Visit } from './ingestDoor.ts';
import { joinedFailure } from './ingestDoor.ts';

export interface ParcaOptions {
  readonly door: IngestDoor;
  readonly limits: Limits;
  readonly log: Log;
}

const store = '/parca.profilestore.v1alpha1.ProfileStoreService';
const nothing = new Uint8Array(0);
const longestPanic = 2_000;
/** parca-agent 0.31 and grpc-gateway know the first, a server behind /api the second. */
const rawPaths = ['/profiles/writeraw', '/api/profiles/writeraw'];

const visitOf = (sender: Sender, route: string, format: string): Visit => ({
  sender: withAgent(sender, 'parca-agent'),
  route,
  format,
});

export function createParcaMethods({ door, limits, log }: ParcaOptions): readonly GrpcMethod[] {
  const stacks = new KnownStacks();
  const method = (name: string, format: string, read: (message: Uint8Array) => SizedReading): GrpcMethod => {
    const path = `${store}/${name}`;
    return unary(
      path,
      async ({ bytes, wireBytes }, { sender }) => {
        await takeAll(door, visitOf(sender, path, format), wireBytes, () => read(bytes));
        return nothing;
      },
      (sender, error) => door.refused(visitOf(sender, path, format), error),
    );
  };
  return [
    method('WriteArrow', 'arrow', (message) => {
      const record = readWriteArrowRequest(message);
      return { reading: readArrowV2(record, limits), rawBytes: record.length, isPprof: false };
    }),
    method('WriteRaw', 'pprof', (message) => ({
      reading: readWriteRaw(message, limits),
      rawBytes: message.length,
      isPprof: true,
    })),
    {
      path: `${store}/Write`,
      forgetsMessages: false,
      handle: (messages, call) =>
        answerWrite(messages, call, new StacksOfTenant(stacks, call.sender.tenant), { door, limits }),
    },
    unary('/parca.telemetry.v1alpha1.TelemetryService/ReportPanic', ({ bytes }, { sender }) => {
      const { stderr, metadata } = readReportPanicRequest(bytes);
      log.warn('an agent panicked', {
        agent: sender.userAgent,
        address: sender.address,
        metadata: JSON.stringify(Object.fromEntries(metadata)).slice(0, longestPanic),
        stderr: stderr.slice(0, longestPanic),
      });
      return Promise.resolve(nothing);
    }),
  ];
}

/** A stack's id is its sender's word: nobody may see, or change, what it stands for at another tenant. */
class StacksOfTenant extends KnownStacks {
  private readonly all: KnownStacks;
  private readonly prefix: string;

  constructor(all: KnownStacks, tenant: string) {
    super(0);
    this.all = all;
    this.prefix = `${tenant} `;
  }

  override get(id: string): KnownStack | undefined {
    return this.all.get(this.prefix + id);
  }

  override set(id: string, stack: KnownStack): void {
    this.all.set(this.prefix + id, stack);
  }
}

async function takeAll(door: IngestDoor, visit: Visit, wireBytes: number, read: () => SizedReading): Promise<void> {
  const opened = door.open(visit);
  try {
    const failure = joinedFailure(await opened.take(wireBytes, read));
    if (failure !== undefined) throw failure;
  } finally {
    opened.close();
  }
}

/** The agent waits for the answer to its samples before it sends stacks, and then for the end of the stream. */
async function* answerWrite(
  messages: AsyncIterable<GrpcMessage>,
  { sender }: GrpcCall,
  stacks: KnownStacks,
  { door, limits }: Omit<ParcaOptions, 'log'>,
): AsyncGenerator<Uint8Array> {
  const iterator = messages[Symbol.asyncIterator]();
  const visit = visitOf(sender, `${store}/Write`, 'arrow');
  const first = await iterator.next();
  if (first.done === true) throw new InputError('invalid_argument', 'no message in a call of Write');
  const begun = beginOrRefuse(first.value, visit, stacks, { door, limits });
  yield writeWriteResponse(begun.answer);
  const second = begun.answer.length > 0 ? await iterator.next() : undefined;
  const locations = second?.done === false ? second.value : undefined;
  const wireBytes = first.value.wireBytes + (locations?.wireBytes ?? 0);
  await takeAll(door, visit, wireBytes, () => ({
    reading: finishWrite(
      begun,
      locations === undefined ? undefined : readWriteRequest(locations.bytes),
      stacks,
      limits,
    ),
    rawBytes: first.value.bytes.length + (locations?.bytes.length ?? 0),
    isPprof: false,
  }));
}

function beginOrRefuse(
  { bytes }: GrpcMessage,
  visit: Visit,
  stacks: KnownStacks,
  { door, limits }: Omit<ParcaOptions, 'log'>,
): BegunWrite {
  try {
    return beginWrite(readWriteRequest(bytes), stacks, limits);
  } catch (error) {
    // Remembered here; the second message would have been remembered by takeAll.
    if (error instanceof InputError) door.refused(visit, error);
    throw error;
  }
}

export function createParcaRoutes({ door, limits }: ParcaOptions): readonly HttpRoute[] {
  return rawPaths.map((path) => ({
    path,
    method: 'POST',
    answer: async (request) => {
      const { bytes, wireBytes } = await request.body(limits.bodyBytes, '--max-body-size');
      await takeAll(door, visitOf(request.sender, path, 'pprof'), wireBytes, () => ({
        reading: readWriteRawJson(new TextDecoder().decode(bytes), limits),
        rawBytes: bytes.length,
        isPprof: true,
      }));
      return jsonAnswer({});
    },
    errorAnswer: jsonError,
    onRefused: ({ sender }, error) => door.refused(visitOf(sender, path, 'pprof'), error),
  }));
}
