/** What is known of an upload of debug information, as it is kept beside it. */

export const debuginfoKinds = ['executable', 'debuginfo', 'sources', 'source_map'] as const;
export type DebuginfoKind = (typeof debuginfoKinds)[number];

export interface DebuginfoDescription {
  readonly tenant: string;
  /** As the agent spells it: GNU build ids and file hashes are hexadecimal, Go's are not. */
  readonly buildId: string;
  readonly kind: DebuginfoKind;
  readonly buildIdType: string;
  /** Of the file, '' when not said. */
  readonly name: string;
  readonly goBuildId: string;
  readonly otelFileId: string;
  /** Of the content, as the agent computes it; '' when not said. */
  readonly hash: string;
  /** The agent left the code out. */
  readonly isWithoutText: boolean;
}

export interface DebuginfoRecord extends DebuginfoDescription {
  readonly uploadId: string;
  readonly state: 'uploading' | 'uploaded';
  readonly startedMillis: number;
  readonly finishedMillis: number;
  /** Of this upload, 0 until it is there. */
  readonly sizeBytes: number;
  /** Of the file, which may still be that of the upload before. */
  readonly storedBytes: number;
}

const texts = ['tenant', 'buildId', 'buildIdType', 'name', 'goBuildId', 'otelFileId', 'hash', 'uploadId'] as const;
const numbers = ['startedMillis', 'finishedMillis', 'sizeBytes', 'storedBytes'] as const;

/** undefined: not a record of ours; whoever looks through a folder passes it by. */
export function parseRecord(json: string): DebuginfoRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The file may be anybody's.
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is DebuginfoRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  return (
    texts.every((name) => typeof fields.get(name) === 'string') &&
    numbers.every((name) => Number.isSafeInteger(fields.get(name))) &&
    debuginfoKinds.some((kind) => kind === fields.get('kind')) &&
    ['uploading', 'uploaded'].includes(String(fields.get('state'))) &&
    typeof fields.get('isWithoutText') === 'boolean'
  );
}
