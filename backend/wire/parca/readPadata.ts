/**
 * Reads the files that a Parca agent writes when it is offline (--offline-mode-storage-path).
 *
 * Shape:  magic A6 E7 CC CA, u16 version (0, whatever the schema), u16 number of batches, all big-endian; a batch is a u32
 *         length and an Arrow stream, for v1 twice: samples, then the stacks that the file has not held yet. The schema's
 *         metadata says which. The agent compresses whole files with zstd (.padata.zst): decompress them first.
 * Errors: InputError invalid_argument with the byte offset. A file that ends inside a batch, as after a crash, is malformed:
 *         whoever reads it should know.
 * Source: reference agents-wire 1.1 and 13.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, LeftOut, WireReading } from '../../model/labelledProfile.ts';
import { Budget } from './arrow/budget.ts';
import { readArrowStream } from './arrow/readArrowStream.ts';
import { KnownStacks } from './knownStacks.ts';
import type { ArrowOptions } from './readArrowV2.ts';
import { readArrowV2, schemaVersionKey } from './readArrowV2.ts';
import { beginWrite, finishWrite } from './twoPhaseWrite.ts';

const magic = 0xa6e7ccca;
const headBytes = 8;

export const isPadata = (bytes: Uint8Array): boolean =>
  bytes.length >= headBytes && viewOf(bytes).getUint32(0) === magic;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export function readPadata(
  bytes: Uint8Array,
  limits: Pick<Limits, 'bodyBytes'>,
  options: Pick<ArrowOptions, 'dropLabels'> = {},
): WireReading {
  if (!isPadata(bytes)) throw malformed(0, 'does not begin with the magic');
  const view = viewOf(bytes);
  const version = view.getUint16(4);
  if (version !== 0) throw malformed(4, `version ${version}`);
  const batches = view.getUint16(6);
  let at = headBytes;
  const nextStream = (): Uint8Array => {
    if (bytes.length - at < 4) throw malformed(at, 'ends inside a length');
    const length = view.getUint32(at);
    if (length > bytes.length - at - 4) throw malformed(at, 'ends inside a batch');
    const start = at + 4;
    at = start + length;
    return bytes.subarray(start, at);
  };
  const budget = new Budget(limits.bodyBytes);
  const stacks = new KnownStacks(Infinity);
  const profiles: LabelledProfile[] = [];
  const leftOut: LeftOut[] = [];
  let revision = 'parca arrow v2';
  for (let batch = 0; batch < batches; batch++) {
    const stream = nextStream();
    const isV1 = readArrowStream(stream, budget).metadata.get(schemaVersionKey) === 'v1';
    const reading = isV1
      ? finishWrite(beginWrite(stream, stacks, limits, { ...options, budget }), nextStream(), stacks, limits, {
          budget,
        })
      : readArrowV2(stream, limits, { ...options, budget });
    profiles.push(...reading.profiles);
    leftOut.push(...reading.leftOut);
    revision = reading.revision;
  }
  return { profiles, leftOut, revision };
}

const malformed = (byte: number, what: string): InputError =>
  new InputError('invalid_argument', `padata, byte ${byte}: ${what}`, 'malformed_profile');
