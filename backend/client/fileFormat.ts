/**
 * Tells what a file of profiles is by its content.
 *
 * Shape:  the bytes after gzip -> the name of a format of /ingest.
 * Errors: PushError when nothing fits: better asked than guessed.
 */
import { InputError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { readPprof } from '../wire/pprof/readPprof.ts';
import { PushError } from './pushClient.ts';

export const fileFormats = ['pprof', 'perf', 'folded', 'bpftrace', 'jfr', 'speedscope'] as const;
export type FileFormat = (typeof fileFormats)[number];

const jfrMagic = Buffer.from('FLR\0', 'latin1');
/** So much of a text tells what it is. */
const lookedAtBytes = 2 ** 20;

export function formatOfFile(bytes: Uint8Array): FileFormat {
  if (jfrMagic.equals(bytes.subarray(0, jfrMagic.length))) return 'jfr';
  if (isPprof(bytes)) return 'pprof';
  const text = new TextDecoder(isUtf16(bytes) ? 'utf-16le' : 'utf-8').decode(bytes.subarray(0, lookedAtBytes));
  if (/^\s*\{/.test(text)) return /^\s*\{\s*"type"\s*:/.test(text) ? 'bpftrace' : 'speedscope';
  if (/^@\w*\[/m.test(text)) return 'bpftrace';
  if (/^\s+[0-9a-fA-F]{4,16} \S.*\(.*\)\s*$/m.test(text)) return 'perf';
  if (/\S[ \t]\d+(\.\d+)?\s*$/m.test(text)) return 'folded';
  throw new PushError(`cannot tell what it is; say --format ${fileFormats.join('|')}`);
}

const isUtf16 = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xfe;

function isPprof(bytes: Uint8Array): boolean {
  try {
    return readPprof(bytes, { ...defaultLimits, samplesPerProfile: Infinity }).sampleTypes.length > 0;
  } catch (error) {
    // That it is none is the answer.
    if (error instanceof InputError) return false;
    throw error;
  }
}
