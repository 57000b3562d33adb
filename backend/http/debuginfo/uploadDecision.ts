/**
 * Whether an upload of debug information is wanted.
 *
 * Shape:  the reasons are read by agents to the letter: "in-progress" makes them ask again in five minutes, any other no is
 *         remembered for good.
 * Source: reference pyroscope-api 1.14, agents-wire 1.7.
 */
import type { DebuginfoRecord } from '../../store/debuginfo/record.ts';
import { uploadInProgress } from '../../wire/parca/debuginfo.ts';

export interface UploadDecision {
  readonly isWanted: boolean;
  readonly why: 'first' | 'stale' | 'forced' | 'in progress' | 'exists';
  readonly reason: string;
}

/** Five minutes to come back, two to upload. */
const staleMillis = 7 * 60_000;

export function decideUpload(record: DebuginfoRecord | undefined, nowMillis: number, isForced = false): UploadDecision {
  if (record === undefined)
    return { isWanted: true, why: 'first', reason: 'First time we see this Build ID, therefore please upload!' };
  if (record.state === 'uploading') {
    return nowMillis - record.startedMillis > staleMillis
      ? {
          isWanted: true,
          why: 'stale',
          reason: 'A previous upload was started but not finished and is now stale, so it can be retried.',
        }
      : { isWanted: false, why: 'in progress', reason: uploadInProgress };
  }
  return isForced
    ? { isWanted: true, why: 'forced', reason: 'Debuginfo already exists, but the upload is forced.' }
    : {
        isWanted: false,
        why: 'exists',
        reason: 'Debuginfo already exists and is not marked as invalid, therefore no new upload is needed.',
      };
}
