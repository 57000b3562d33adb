/**
 * How sure a share is that was counted in samples: Wilson's 95 % interval, which stays inside 0..1 and is honest for few
 * samples and for shares near the ends, where the normal interval is not.
 *
 * Source: E. B. Wilson, Probable inference, J. Am. Stat. Assoc. 22 (1927).
 */

/** The normal distribution has 95 % within so many standard deviations. */
const z = 1.959963984540054;

/** Without samples (or with a millionth of one) nothing is known: 0 to 1. */
export function shareInterval(share: number, sampleCount: number): { readonly low: number; readonly high: number } {
  if (!(sampleCount > 1e-6)) return { low: 0, high: 1 };
  const spread = (z * z) / sampleCount;
  const centre = (share + spread / 2) / (1 + spread);
  const half = (z * Math.sqrt((share * (1 - share)) / sampleCount + spread / sampleCount / 4)) / (1 + spread);
  return { low: Math.max(0, Math.min(share, centre - half)), high: Math.min(1, Math.max(share, centre + half)) };
}
