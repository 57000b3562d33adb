/**
 * debuginfo.v1alpha1: what Alloy's pyroscope.ebpf uploads. Questions are RPCs, the binary comes in a plain POST.
 *
 * Errors: InputError; an upload that nobody asked about is 412, which Alloy does not send again.
 * Source: reference pyroscope-api 1.14 and correction 19, and the answers recorded from a running server.
 */
import type { ServiceImpl } from '@connectrpc/connect';
import { InputError } from '../../errors.ts';
import { oneTenant } from '../../model/tenants.ts';
import type { DebuginfoRecord } from '../../store/debuginfo/record.ts';
import type { DebuginfoStore } from '../../store/debuginfo/openDebuginfoStore.ts';
import type { DebuginfoService } from '../../wire/pyroscope/gen/debuginfo/v1alpha1/debuginfo_pb.js';
import { FileMetadata_Type, ObjectMetadata_State } from '../../wire/pyroscope/gen/debuginfo/v1alpha1/debuginfo_pb.js';
import type { HttpRoute } from '../httpRoutes.ts';
import { emptyAnswer } from '../plainAnswer.ts';
import type { TenantsOf } from '../tenant.ts';
import { tenantIn } from '../tenant.ts';
import { decideUpload } from './uploadDecision.ts';

export interface DebuginfoOptions {
  readonly debuginfo: DebuginfoStore;
  readonly now: () => number;
  readonly tenantsOf: TenantsOf;
}

const uploadPath = '/debuginfo.v1alpha1.DebuginfoService/Upload/';
const kind = 'executable';

function checkBuildId(buildId: string): void {
  if (!/^[a-fA-F0-9]{2,40}$/.test(buildId))
    throw new InputError(
      'invalid_argument',
      `invalid request: invalid gnuBuildID ${JSON.stringify(buildId.slice(0, 200))}`,
    );
}

export function createPyroscopeDebuginfo({
  debuginfo,
  now,
}: Omit<DebuginfoOptions, 'tenantsOf'>): ServiceImpl<typeof DebuginfoService> {
  return {
    shouldInitiateUpload: async ({ file }, context) => {
      const tenant = tenantIn(context);
      if (file === undefined) throw new InputError('invalid_argument', 'invalid request: init.File == nil');
      const { gnuBuildId: buildId, name, goBuildId, otelFileId, type } = file;
      if (buildId === '')
        return { shouldInitiateUpload: false, reason: 'Empty GNU build ID, therefore no upload is needed.' };
      checkBuildId(buildId);
      if (type !== FileMetadata_Type.EXECUTABLE_FULL && type !== FileMetadata_Type.EXECUTABLE_NO_TEXT)
        throw new InputError('invalid_argument', `invalid request: init.File.Type(${type}) is not valid`);
      const { isWanted, reason } = decideUpload(debuginfo.find(tenant, buildId, kind), now());
      if (isWanted) {
        const isWithoutText = type === FileMetadata_Type.EXECUTABLE_NO_TEXT;
        const description = { tenant, buildId, kind, buildIdType: 'gnu', name, goBuildId, otelFileId } as const;
        await debuginfo.begin({ ...description, hash: '', isWithoutText });
      }
      return { shouldInitiateUpload: isWanted, reason };
    },
    uploadFinished: async ({ gnuBuildId }, context) => {
      checkBuildId(gnuBuildId);
      await debuginfo.finish(tenantIn(context), gnuBuildId, kind);
      return {};
    },
    listDebuginfo: (_request, context) => ({
      object: debuginfo
        .list(tenantIn(context))
        .filter((record) => record.kind === kind)
        .map(describe),
    }),
    deleteDebuginfo: async ({ gnuBuildId }, context) => {
      checkBuildId(gnuBuildId);
      await debuginfo.remove(tenantIn(context), gnuBuildId);
      return {};
    },
  };
}

const describe = (record: DebuginfoRecord) => ({
  file: {
    gnuBuildId: record.buildId,
    goBuildId: record.goBuildId,
    otelFileId: record.otelFileId,
    name: record.name,
    type: record.isWithoutText ? FileMetadata_Type.EXECUTABLE_NO_TEXT : FileMetadata_Type.EXECUTABLE_FULL,
  },
  state: record.state === 'uploaded' ? ObjectMetadata_State.UPLOADED : ObjectMetadata_State.UPLOADING,
  startedAt: timestamp(record.startedMillis),
  ...(record.finishedMillis > 0 && { finishedAt: timestamp(record.finishedMillis) }),
  sizeBytes: BigInt(record.state === 'uploaded' ? record.sizeBytes : 0),
});

const timestamp = (millis: number) => ({
  seconds: BigInt(Math.floor(millis / 1_000)),
  nanos: (millis % 1_000) * 1_000_000,
});

export const createUploadRoute = ({ debuginfo, tenantsOf }: DebuginfoOptions): HttpRoute => ({
  path: uploadPath,
  method: 'POST',
  answer: async (request) => {
    const buildId = request.path.slice(uploadPath.length);
    checkBuildId(buildId);
    const record = debuginfo.find(oneTenant(tenantsOf(request.sender.tenant)), buildId, kind);
    if (record?.state !== 'uploading')
      throw new InputError('failed_precondition', 'no pending upload for this build ID');
    await debuginfo.receive(record, request.chunks());
    return emptyAnswer;
  },
});
