/**
 * Sums per stack within a budget: read whole, or told from a sample of profiles once that would take too long.
 *
 * Units:  values are scaled up to the whole; groups hold what the sample has.
 * Errors: InputError invalid_argument for a share that is none.
 */
import { InputError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { exactly } from '../model/estimate.ts';
import type { Estimate, Sampling } from '../model/estimate.ts';
import { clampWrapped, wordsOf } from '../model/int64Column.ts';
import { IdIndex } from '../store/clickhouse/idIndex.ts';
import type { GroupedSums, SampleScope } from '../store/store.ts';
import { groupCount, ShareErrors } from './frameErrors.ts';
import type { QuestionContext } from './questionContext.ts';
import type { RecalledStacks } from './stackMemory.ts';

export interface SampledStackSums {
  readonly stackIds: BigUint64Array;
  readonly values: BigInt64Array;
  /** undefined: read whole. */
  readonly sample: StackSample | undefined;
}

export interface StackSample {
  readonly share: number;
  /** By group, then by stack. */
  readonly groups: readonly Float64Array[];
  readonly errors: ShareErrors;
}

/** Below so many series and hours nobody needs to count: some 5,000 profiles at the usual 15 seconds. */
const cheapSeriesHours = 24;
const nanosPerHour = 3_600_000_000_000;
/** A sample in a group costs four times as much as one that is only added up (24 h of 100 pods: 11 s against 3). */
const sampledCost = 4;
/** Below 2^63, where the next float is too large. */
const largestFloat = 2 ** 63 - 1_024;
/** Fewer profiles tell little, however long the range is. */
const smallestShare = 1e-4;

export async function sumWithinBudget(
  context: Pick<QuestionContext, 'store' | 'limits' | 'signal'>,
  scope: SampleScope,
  sampling: Sampling = 'auto',
): Promise<SampledStackSums> {
  const share = await chooseShare(context, scope, sampling);
  const { store, signal } = context;
  if (share >= 1) {
    const { stackIds, values } = await store.sumStacks(scope, signal);
    return { stackIds, values: clampWrapped(values), sample: undefined };
  }
  return gather(await store.sumGroups({ ...scope, profileShare: share }, groupCount, signal), share);
}

export async function chooseShare(
  { store, limits, signal }: Pick<QuestionContext, 'store' | 'limits' | 'signal'>,
  scope: SampleScope,
  sampling: Sampling,
): Promise<number> {
  if (sampling !== 'auto') {
    if (sampling > 0 && sampling <= 1) return sampling;
    throw new InputError('invalid_argument', `not a share of the profiles: ${sampling}; above 0, at most 1`);
  }
  // Who names profiles has chosen already.
  if (scope.profileIds !== undefined || isCheap(scope)) return 1;
  const samples = await store.readingCost(scope, signal);
  return shareWithin(samples, limits);
}

const shareWithin = (samples: number, { exactSamples }: Pick<Limits, 'exactSamples'>): number =>
  samples <= exactSamples ? 1 : Math.max(smallestShare, exactSamples / samples / sampledCost);

const isCheap = ({ seriesIds, range }: SampleScope): boolean =>
  seriesIds.length * Math.max(1, Number(range.end - range.start) / nanosPerHour) <= cheapSeriesHours;

function gather({ stackIds, groups, values }: GroupedSums, share: number): SampledStackSums {
  const index = new IdIndex(stackIds.length / groupCount);
  const words = wordsOf(stackIds);
  const places = Uint32Array.from(stackIds, (_, row) => index.add(words, row));
  const byGroup = Array.from({ length: groupCount }, () => new Float64Array(index.count));
  const sums = new Float64Array(index.count);
  const wholes = new Float64Array(groupCount);
  for (let row = 0; row < values.length; row++) {
    const value = Number(values[row] ?? 0n);
    const stack = places[row] ?? 0;
    const group = groups[row] ?? 0;
    const column = byGroup[group];
    if (column === undefined) continue;
    column[stack] = (column[stack] ?? 0) + value;
    sums[stack] = (sums[stack] ?? 0) + value;
    wholes[group] = (wholes[group] ?? 0) + value;
  }
  return {
    stackIds: index.ids(),
    values: BigInt64Array.from(sums, (sum) => BigInt(Math.round(Math.min(sum / share, largestFloat)))),
    sample: { share, groups: byGroup, errors: new ShareErrors(wholes, share) },
  };
}

/** The error of the whole answer: the largest bound of all nodes of its tree. */
export function estimateOf(stacks: RecalledStacks, sample: StackSample | undefined): Estimate {
  if (sample === undefined) return exactly;
  const { parent, leaf } = stacks.known.tree();
  const { errors, groups, share } = sample;
  const totals = new Float64Array(parent.length);
  for (const group of groups) addLeaves(totals, group, stacks, leaf);
  addUp(totals, parent);
  const squares = new Float64Array(parent.length);
  const inGroup = new Float64Array(parent.length);
  groups.forEach((group, g) => {
    inGroup.fill(0);
    addLeaves(inGroup, group, stacks, leaf);
    addUp(inGroup, parent);
    const whole = errors.wholes[g] ?? 0;
    for (let node = 0; node < squares.length; node++) {
      const far = (inGroup[node] ?? 0) - errors.shareOf(totals[node] ?? 0) * whole;
      squares[node] = (squares[node] ?? 0) + far * far;
    }
  });
  let errorBound = 0;
  for (let node = 1; node < squares.length; node++) {
    const bound = errors.bound(errors.shareOf(totals[node] ?? 0), squares[node] ?? 0);
    if (bound > errorBound) errorBound = bound;
  }
  return { exact: false, sampledShare: share, errorBound };
}

function addLeaves(nodes: Float64Array, values: Float64Array, { places }: RecalledStacks, leaf: Uint32Array): void {
  for (let i = 0; i < values.length; i++) {
    const node = leaf[places[i] ?? -1] ?? 0;
    nodes[node] = (nodes[node] ?? 0) + (values[i] ?? 0);
  }
}

/** Children stand behind their parents. */
function addUp(nodes: Float64Array, parent: Int32Array): void {
  for (let node = nodes.length - 1; node > 0; node--) {
    const at = parent[node] ?? 0;
    nodes[at] = (nodes[at] ?? 0) + (nodes[node] ?? 0);
  }
}
