/**
 * Makes profiles of summed counts.
 *
 * Units: sums are billionths of a count, so that fractions stay exact until they are scaled; a value is rounded once, half up.
 */
import type { LabelledProfile } from '../../model/labelledProfile.ts';
import type { Label } from '../../model/labels.ts';
import type { ProfileTables } from '../../model/profileBuilder.ts';
import type { TypedReadingHead } from '../ingest/readingHead.ts';
import { namedLabels } from '../ingest/readingHead.ts';
import type { TextProfileType } from '../ingest/textProfileType.ts';
import type { StackSums } from './stackSums.ts';

export const billionth = 1_000_000_000n;

export function foldedProfile(
  sums: StackSums,
  tables: ProfileTables,
  { type, labels, timeNanos, durationNanos }: TypedReadingHead,
  ...moreLabels: readonly Label[]
): LabelledProfile {
  const { sampleType, periodType, period } = type;
  const head = { sampleTypes: [sampleType], periodType, period, timeNanos, durationNanos };
  return {
    labels: namedLabels(type.name, ...labels, ...moreLabels),
    profile: sums.finish(tables, head, ({ sum }) => scale(sum, type)),
  };
}

function scale(sum: bigint, { multiplier, divisor }: TextProfileType): bigint {
  const whole = divisor * billionth;
  return (2n * sum * multiplier + whole) / (2n * whole);
}
