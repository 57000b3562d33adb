/**
 * Sums what events say by kind, context and stack, and makes profiles of the sums: one for each kind and set of labels.
 *
 * Errors: InputError invalid_argument when there are more profiles, or more frames in all stacks together, than any
 *         recording has: every sample repeats its stack, so that few bytes could ask for a lot of memory. A profile with more
 *         samples than may be is left out alone.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, LeftOut } from '../../model/labelledProfile.ts';
import { metricNameLabel } from '../../model/labels.ts';
import type { Profile } from '../../model/profile.ts';
import { SampleBuilder } from '../../model/profileBuilder.ts';
import type { SampleKind } from './eventKinds.ts';
import type { FileStacks } from './readStacks.ts';
import type { SampleContext } from './sampleContexts.ts';

const mostProfiles = 10_000;
const mostFrames = 2 ** 24;

/** All samples of one kind in one context. */
interface Bucket {
  readonly kind: SampleKind;
  readonly context: SampleContext;
  /** Stack number -> place. */
  readonly places: Map<number, number>;
  readonly stacks: number[];
  readonly counts: bigint[];
  readonly amounts: bigint[];
}

interface Group {
  readonly kind: SampleKind;
  readonly context: SampleContext;
  readonly buckets: Bucket[];
}

export type ProfileHead = Pick<Profile, 'timeNanos' | 'durationNanos'> & { readonly samplePeriodNanos: bigint };

export class SampleBuckets {
  readonly #buckets = new Map<SampleContext, Map<SampleKind, Bucket>>();
  readonly #groups = new Map<string, Group>();
  readonly #kinds: SampleKind[] = [];

  add(kind: SampleKind, context: SampleContext, stack: number, count: bigint, amount: bigint): void {
    const bucket = this.#bucket(kind, context);
    const place = bucket.places.get(stack);
    if (place === undefined) {
      bucket.places.set(stack, bucket.stacks.push(stack) - 1);
      bucket.counts.push(count);
      bucket.amounts.push(amount);
      return;
    }
    bucket.counts[place] = (bucket.counts[place] ?? 0n) + count;
    bucket.amounts[place] = (bucket.amounts[place] ?? 0n) + amount;
  }

  finish(
    stacks: FileStacks,
    head: ProfileHead,
    { samplesPerProfile }: Pick<Limits, 'samplesPerProfile'>,
  ): { readonly profiles: readonly LabelledProfile[]; readonly leftOut: readonly LeftOut[] } {
    const leftOut: LeftOut[] = [];
    const built: { readonly group: Group; readonly samples: SampleBuilder }[] = [];
    let frames = 0;
    for (const group of this.#groups.values()) {
      const count = group.buckets.reduce((sum, bucket) => sum + bucket.stacks.length, 0);
      if (count > samplesPerProfile) {
        leftOut.push(tooManySamples(group.kind, count, samplesPerProfile));
        continue;
      }
      const samples = new SampleBuilder(group.kind.sampleTypes.length);
      for (const bucket of group.buckets) {
        for (const stack of bucket.stacks) frames += stacks.locations(stack).length;
        if (frames > mostFrames) throw tooMuch(`all stacks together have more than ${mostFrames} frames`);
        addSamples(samples, bucket, stacks, head.samplePeriodNanos);
      }
      built.push({ group, samples });
    }
    // Labels of samples are strings of the tables too, so the tables come last.
    const tables = stacks.tables.finish();
    const profiles = built.map(({ group: { kind, context }, samples }) => ({
      labels: [{ name: metricNameLabel, value: kind.metric }, ...context.labels],
      profile: samples.finish(tables, {
        sampleTypes: kind.sampleTypes,
        periodType: kind.periodType,
        period: kind.isTime ? head.samplePeriodNanos : 0n,
        timeNanos: head.timeNanos,
        durationNanos: head.durationNanos,
      }),
    }));
    return { profiles, leftOut };
  }

  #bucket(kind: SampleKind, context: SampleContext): Bucket {
    let ofContext = this.#buckets.get(context);
    if (ofContext === undefined) this.#buckets.set(context, (ofContext = new Map<SampleKind, Bucket>()));
    const known = ofContext.get(kind);
    if (known !== undefined) return known;
    const made: Bucket = { kind, context, places: new Map(), stacks: [], counts: [], amounts: [] };
    ofContext.set(kind, made);
    this.#group(kind, context).buckets.push(made);
    return made;
  }

  #group(kind: SampleKind, context: SampleContext): Group {
    if (!this.#kinds.includes(kind)) this.#kinds.push(kind);
    const key = `${this.#kinds.indexOf(kind)}/${context.series}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= mostProfiles) throw tooMuch(`more than ${mostProfiles} kinds and sets of labels`);
    const made = { kind, context, buckets: [] };
    this.#groups.set(key, made);
    return made;
  }
}

function addSamples(samples: SampleBuilder, bucket: Bucket, stacks: FileStacks, periodNanos: bigint): void {
  const { kind, context } = bucket;
  const labels = context.sampleLabels.map(
    ([name, text]) => [stacks.tables.string(name), stacks.tables.string(text)] as const,
  );
  bucket.stacks.forEach((stack, place) => {
    const count = bucket.counts[place] ?? 0n;
    const values = [kind.isTime ? count * periodNanos : count, bucket.amounts[place] ?? 0n];
    samples.add(stacks.locations(stack), values, labels);
  });
}

const tooManySamples = ({ metric, sampleTypes }: SampleKind, count: number, limit: number): LeftOut => ({
  reason: 'samples_limit',
  samples: count,
  message: `JFR: ${metric} ${sampleTypes[0]?.type ?? ''} exceeds the samples count limit (--max-profile-samples, actual: ${count}, limit: ${limit})`,
});

const tooMuch = (what: string): InputError => new InputError('invalid_argument', `JFR: ${what}`, 'samples_limit');
