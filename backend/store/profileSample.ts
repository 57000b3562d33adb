/**
 * Which profiles are in a sample: those of some series in some slices of time, told by a hash of both, so that the same
 * question finds the same ones, and a larger share of it finds them again. Slices and not single profiles, because the
 * store reads rows in stretches: a tenth of the profiles of a day took as long as all of them, a tenth of the hours a
 * quarter (AMD EPYC, two cores, 115 million samples).
 *
 * Shape:  slices are as short as they can be with some hundred thousand of them in the question.
 *         The hash is a CRC-32 of "series/slice" in decimals, which both kinds of store can compute. Groups are equal parts
 *         of the hashes below the limit.
 * Units:  a slice is a time divided by its length, towards zero.
 * Source: CRC-32 as in RFC 1952, section 8.
 */
import type { SampleScope } from './store.ts';

const hashes = 2 ** 32;
const nanosPerMinute = 60_000_000_000n;
const longestSlice = nanosPerMinute * 4n ** 12n;
const mostSlices = 100_000n;

/** Hashes below it are in the sample. */
export const hashLimit = (share: number): number => Math.min(hashes, Math.max(1, Math.round(share * hashes)));

export function sliceNanos({ seriesIds, range }: Pick<SampleScope, 'seriesIds' | 'range'>): bigint {
  let nanos = nanosPerMinute;
  while (nanos < longestSlice && BigInt(seriesIds.length) * ((range.end - range.start) / nanos + 1n) > mostSlices) {
    nanos *= 4n;
  }
  return nanos;
}

/** undefined: not in the sample. */
export function sampleGroup(seriesId: bigint, slice: bigint, share: number, groupCount = 1): number | undefined {
  const limit = hashLimit(share);
  const hash = crc32(`${seriesId}/${slice}`);
  return hash < limit ? Number((BigInt(hash) * BigInt(groupCount)) / BigInt(limit)) : undefined;
}

/** Of ASCII. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
