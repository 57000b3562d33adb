/**
 * Whether an answer was read whole or told from a sample of profiles, and how far off it may be.
 *
 * Units:  shares between 0 and 1. errorBound: each frame's share of the whole is at most so far off in 95 of 100 cases; the
 *         largest of all frames in the answer.
 */
export interface Estimate {
  readonly exact: boolean;
  /** Of the profiles; 1 when exact. */
  readonly sampledShare: number;
  /** 0 when exact. */
  readonly errorBound: number;
}

export const exactly: Estimate = { exact: true, sampledShare: 1, errorBound: 0 };

/** How much to read: whole as long as that is cheap, or a share of the profiles, 1 for all of them. */
export type Sampling = 'auto' | number;
