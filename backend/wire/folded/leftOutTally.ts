/** Counts what a reader leaves out, by reason, and keeps the first message of each for people. */
import type { DiscardReason } from '../../errors.ts';
import type { LeftOut } from '../../model/labelledProfile.ts';

export class LeftOutTally {
  private readonly counts = new Map<DiscardReason, { samples: number; readonly message: string }>();

  /** The message is made only when it is the first of its reason. */
  add(reason: DiscardReason, message: () => string): void {
    const known = this.counts.get(reason);
    if (known === undefined) this.counts.set(reason, { samples: 1, message: message() });
    else known.samples++;
  }

  finish(): readonly LeftOut[] {
    return Array.from(this.counts, ([reason, { samples, message }]) => ({
      reason,
      samples,
      message: samples === 1 ? message : `${message} (and ${samples - 1} more)`,
    }));
  }
}

const longestQuote = 80;

/** Input in a message: quoted and short. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}...` : text);
