/**
 * Which profiles are in a sample: those whose id hashes below a limit, so that the same question finds the same ones, and a
 * larger share finds those of a smaller one again.
 *
 * Shape:  the hash is a CRC-32 of the id's 16 bytes, which both kinds of store can compute; ids are random to begin with.
 *         Groups are equal parts of the hashes below the limit.
 * Source: CRC-32 as in RFC 1952, section 8.
 */
const hashes = 2 ** 32;

/** Hashes below it are in the sample. */
export const hashLimit = (share: number): number => Math.min(hashes, Math.max(1, Math.round(share * hashes)));

/** undefined: not in the sample. */
export function sampleGroup(profileId: Uint8Array, share: number, groupCount = 1): number | undefined {
  const limit = hashLimit(share);
  const hash = crc32(profileId);
  return hash < limit ? Number((BigInt(hash) * BigInt(groupCount)) / BigInt(limit)) : undefined;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
