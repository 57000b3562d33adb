/**
 * parca.debuginfo.v1alpha1 over gRPC: what the Parca agent uploads, in pieces of one stream.
 *
 * Errors: in progress is failed_precondition, on which the agent asks again in five minutes; already there is already_exists,
 *         on which it never does.
 * Source: reference agents-wire 1.7.
 */
import { InputError } from '../../errors.ts';
import { oneTenant } from '../../model/tenants.ts';
import type { Limits } from '../../limits.ts';
import type { InitiateUploadRequest, UploadInfo } from '../../wire/parca/debuginfo.ts';
import {
  readInitiateUploadRequest,
  readMarkUploadFinishedRequest,
  readShouldInitiateUploadRequest,
  readUploadRequest,
  writeInitiateUploadResponse,
  writeShouldInitiateUploadResponse,
  writeUploadResponse,
} from '../../wire/parca/debuginfo.ts';
import type { DebuginfoRecord } from '../../store/debuginfo/record.ts';
import type { GrpcCall, GrpcMessage, GrpcMethod } from '../grpcAdapter.ts';
import { unary } from '../grpcAdapter.ts';
import type { DebuginfoOptions } from './pyroscopeDebuginfo.ts';
import { decideUpload } from './uploadDecision.ts';

const service = '/parca.debuginfo.v1alpha1.DebuginfoService';
const longestBuildId = 1_024;
const nothing = new Uint8Array(0);

export interface ParcaDebuginfoOptions extends DebuginfoOptions {
  readonly limits: Pick<Limits, 'debuginfoBytes'>;
}

export function createParcaDebuginfo(options: ParcaDebuginfoOptions): readonly GrpcMethod[] {
  const { debuginfo, now, tenantsOf } = options;
  const tenantOf = ({ sender }: GrpcCall): string => oneTenant(tenantsOf(sender.tenant));
  return [
    unary(`${service}/ShouldInitiateUpload`, ({ bytes }, call) => {
      const { buildId, type, isForced } = readShouldInitiateUploadRequest(bytes);
      checkBuildId(buildId);
      const { isWanted, reason } = decideUpload(debuginfo.find(tenantOf(call), buildId, type), now(), isForced);
      return Promise.resolve(writeShouldInitiateUploadResponse(isWanted, reason));
    }),
    unary(`${service}/InitiateUpload`, async ({ bytes }, call) => {
      const request = readInitiateUploadRequest(bytes);
      const { buildId, uploadId } = await initiate(tenantOf(call), request, options);
      return writeInitiateUploadResponse({ buildId, uploadId, type: request.type });
    }),
    {
      path: `${service}/Upload`,
      forgetsMessages: true,
      async *handle(messages, call) {
        const iterator = messages[Symbol.asyncIterator]();
        const record = begunUpload(tenantOf(call), await readInfo(iterator), options);
        const bytes = await debuginfo.receive(record, chunksOf(iterator));
        yield writeUploadResponse(record.buildId, BigInt(bytes));
      },
    },
    unary(`${service}/MarkUploadFinished`, async ({ bytes }, call) => {
      const tenant = tenantOf(call);
      const { buildId, kind } = begunUpload(tenant, readMarkUploadFinishedRequest(bytes), options);
      await debuginfo.finish(tenant, buildId, kind);
      return nothing;
    }),
  ];
}

function checkBuildId(buildId: string): void {
  if (buildId.length < 2 || buildId.length > longestBuildId)
    throw new InputError('invalid_argument', `a build id of ${buildId.length} characters`);
}

async function initiate(
  tenant: string,
  { buildId, buildIdType, type, hash, sizeBytes, isForced }: InitiateUploadRequest,
  { debuginfo, now, limits }: ParcaDebuginfoOptions,
): Promise<DebuginfoRecord> {
  checkBuildId(buildId);
  if (sizeBytes < 0n || sizeBytes > BigInt(limits.debuginfoBytes))
    throw new InputError(
      'invalid_argument',
      `${sizeBytes} bytes where at most ${limits.debuginfoBytes} are taken (--max-debuginfo-size)`,
    );
  const { isWanted, why, reason } = decideUpload(debuginfo.find(tenant, buildId, type), now(), isForced);
  if (!isWanted) throw new InputError(why === 'exists' ? 'already_exists' : 'failed_precondition', reason);
  return debuginfo.begin({
    tenant,
    buildId,
    kind: type,
    buildIdType,
    name: '',
    goBuildId: '',
    otelFileId: '',
    hash,
    isWithoutText: false,
  });
}

function begunUpload(
  tenant: string,
  { buildId, uploadId, type }: UploadInfo,
  { debuginfo }: DebuginfoOptions,
): DebuginfoRecord {
  const record = debuginfo.find(tenant, buildId, type);
  if (record === undefined) throw new InputError('not_found', 'no upload was initiated for this build ID');
  if (record.uploadId !== uploadId)
    throw new InputError('invalid_argument', 'not the id of the upload that was initiated');
  if (record.state !== 'uploading') throw new InputError('already_exists', 'this upload is finished already');
  return record;
}

async function readInfo(messages: AsyncIterator<GrpcMessage>): Promise<UploadInfo> {
  const first = await messages.next();
  const request = first.done === true ? undefined : readUploadRequest(first.value.bytes);
  if (request?.kind !== 'info')
    throw new InputError('invalid_argument', 'the first message of an upload must say what is coming');
  return request.info;
}

async function* chunksOf(messages: AsyncIterator<GrpcMessage>): AsyncGenerator<Uint8Array> {
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    const request = readUploadRequest(next.value.bytes);
    if (request.kind !== 'chunk')
      throw new InputError('invalid_argument', 'only the first message says what is coming');
    yield request.bytes;
  }
}
