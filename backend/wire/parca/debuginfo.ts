/**
 * The messages of parca.debuginfo.v1alpha1.DebuginfoService: an agent asks whether a binary's debug information is wanted,
 * is told where to, sends it in chunks, and says when it is done.
 *
 * Shape:  enums are their numbers' names; a number of a later version is the first of them.
 * Units:  sizeBytes.
 * Errors: InputError invalid_argument with the byte offset.
 * Source: reference agents-wire 1.7.
 */
import { ProtoCursor } from '../protoCursor.ts';
import { textOf } from './envelopes.ts';
import { bytesField, numberField, textField } from './messageWriter.ts';

const debuginfoTypes = ['debuginfo', 'executable', 'sources', 'source_map'] as const;
export type DebuginfoType = (typeof debuginfoTypes)[number];
const buildIdTypes = ['unknown', 'gnu', 'hash', 'go', 'source_map_debug_id'] as const;
export type BuildIdType = (typeof buildIdTypes)[number];

/** This reason, to the letter, makes the agent ask again after five minutes; any other "no" it remembers for good. */
export const uploadInProgress =
  'A previous upload is still in-progress and not stale yet (only stale uploads can be retried).';

export interface ShouldInitiateUploadRequest {
  readonly buildId: string;
  readonly hash: string;
  /** The agent wants it stored again, whatever is there. */
  readonly isForced: boolean;
  readonly type: DebuginfoType;
  readonly buildIdType: BuildIdType;
}

export interface InitiateUploadRequest extends ShouldInitiateUploadRequest {
  readonly sizeBytes: bigint;
}

export const readShouldInitiateUploadRequest = (bytes: Uint8Array): ShouldInitiateUploadRequest => {
  const fields = new MessageFields(bytes, 'ShouldInitiateUploadRequest');
  return {
    buildId: fields.text(1),
    hash: fields.text(2),
    isForced: fields.number(3) !== 0n,
    type: fields.oneOf(4, debuginfoTypes),
    buildIdType: fields.oneOf(5, buildIdTypes),
  };
};

export const readInitiateUploadRequest = (bytes: Uint8Array): InitiateUploadRequest => {
  const fields = new MessageFields(bytes, 'InitiateUploadRequest');
  return {
    buildId: fields.text(1),
    sizeBytes: fields.number(2),
    hash: fields.text(3),
    isForced: fields.number(4) !== 0n,
    type: fields.oneOf(5, debuginfoTypes),
    buildIdType: fields.oneOf(6, buildIdTypes),
  };
};

export interface UploadInfo {
  readonly buildId: string;
  readonly uploadId: string;
  readonly type: DebuginfoType;
}

/** A message of the Upload stream: what is coming, then its bytes. */
export type UploadRequest =
  { readonly kind: 'info'; readonly info: UploadInfo } | { readonly kind: 'chunk'; readonly bytes: Uint8Array };

export function readUploadRequest(bytes: Uint8Array): UploadRequest {
  const cursor = new ProtoCursor(bytes, 'UploadRequest');
  let request: UploadRequest = { kind: 'chunk', bytes: new Uint8Array(0) };
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    const part = bytes.subarray(cursor.start, cursor.stop);
    if (cursor.field === 1) request = { kind: 'info', info: readUploadInfo(part, 'UploadInfo') };
    else if (cursor.field === 2) request = { kind: 'chunk', bytes: part };
  }
  return request;
}

/** The same fields as an upload's first message. */
export const readMarkUploadFinishedRequest = (bytes: Uint8Array): UploadInfo =>
  readUploadInfo(bytes, 'MarkUploadFinishedRequest');

function readUploadInfo(bytes: Uint8Array, message: string): UploadInfo {
  const fields = new MessageFields(bytes, message);
  return { buildId: fields.text(1), uploadId: fields.text(2), type: fields.oneOf(3, debuginfoTypes) };
}

export const writeShouldInitiateUploadResponse = (shouldInitiate: boolean, reason: string): Uint8Array =>
  Buffer.concat([numberField(1, shouldInitiate ? 1n : 0n), textField(2, reason)]);

const strategyGrpc = 1n;

/** Instructions to send the upload over this service's Upload. */
export const writeInitiateUploadResponse = ({ buildId, uploadId, type }: UploadInfo): Uint8Array =>
  bytesField(
    1,
    Buffer.concat([
      textField(1, buildId),
      textField(2, uploadId),
      numberField(3, strategyGrpc),
      numberField(5, BigInt(debuginfoTypes.indexOf(type))),
    ]),
  );

export const writeUploadResponse = (buildId: string, sizeBytes: bigint): Uint8Array =>
  Buffer.concat([textField(1, buildId), numberField(2, sizeBytes)]);

/** The texts and numbers of a flat message, by field; of a field that stands twice the last one counts. */
class MessageFields {
  readonly #texts = new Map<number, string>();
  readonly #numbers = new Map<number, bigint>();

  constructor(bytes: Uint8Array, message: string) {
    const cursor = new ProtoCursor(bytes, message);
    while (cursor.next()) {
      if (cursor.field > 15) continue;
      if (cursor.wireType === 2) this.#texts.set(cursor.field, textOf(cursor));
      else if (cursor.wireType === 0) this.#numbers.set(cursor.field, cursor.int64());
    }
  }

  text(field: number): string {
    return this.#texts.get(field) ?? '';
  }

  number(field: number): bigint {
    return this.#numbers.get(field) ?? 0n;
  }

  oneOf<T>(field: number, names: readonly [T, ...T[]]): T {
    return names[Number(this.number(field))] ?? names[0];
  }
}
