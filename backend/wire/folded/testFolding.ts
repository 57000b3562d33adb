/** Profiles as folded stacks, and damaged copies of input, for the tests of every reader of text. */
import { InputError } from '../../errors.ts';
import { defaultLimits } from '../../limits.ts';
import { assertProfileIntegrity } from '../../model/assertProfileIntegrity.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import type { Profile } from '../../model/profile.ts';
import { textAt } from '../../model/stackTable.ts';
import { unixNanos } from '../../model/time.ts';
import type { TypedReadingHead } from '../ingest/readingHead.ts';
import { textProfileType } from '../ingest/textProfileType.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Counts stay counts: one sample a nanosecond would be a type of its own, goroutines are plain. */
export const countHead: TypedReadingHead = {
  labels: [],
  timeNanos: unixNanos(0n),
  durationNanos: 0n,
  type: textProfileType('goroutines', 100),
};

export interface TestFrame {
  /** As the linker has it; '' without a symbol. */
  readonly symbol: string;
  readonly name: string;
  readonly binary: string;
  readonly address: bigint;
  /** Not the outermost line of its location. */
  readonly isInlined: boolean;
}

/** Frames of a sample, root first. */
export function framesOf({ stacks }: Profile, sample: number): readonly TestFrame[] {
  const { strings, functions, locations, mappings } = stacks;
  const frames: TestFrame[] = [];
  for (let at = stacks.stackStart[sample] ?? 0; at < (stacks.stackStart[sample + 1] ?? 0); at++) {
    const location = stacks.stackLocations[at] ?? 0;
    const binary = textAt(strings, mappings.file[locations.mapping[location] ?? 0] ?? 0);
    const address = locations.address[location] ?? 0n;
    const first = locations.lineStart[location] ?? 0;
    const end = locations.lineStart[location + 1] ?? 0;
    for (let line = first; line < end; line++) {
      const row = locations.lineFunction[line] ?? 0;
      const symbol = textAt(strings, functions.systemName[row] ?? 0);
      const name = textAt(strings, functions.name[row] ?? 0);
      frames.push({ symbol, name, binary, address, isInlined: line < end - 1 });
    }
    if (first === end) frames.push({ symbol: '', name: '', binary, address, isInlined: false });
  }
  return frames.reverse();
}

/** Labels of a sample, by name. */
export function labelsOf(
  { labelStart, labelName, labelText, stacks }: Profile,
  sample: number,
): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (let at = labelStart[sample] ?? 0; at < (labelStart[sample + 1] ?? 0); at++)
    labels[textAt(stacks.strings, labelName[at] ?? 0)] = textAt(stacks.strings, labelText[at] ?? 0);
  return labels;
}

/** Sorted lines, equal stacks summed; a frame without a symbol is binary!address. */
export function foldOf(
  profile: Profile | undefined,
  stackOf: (profile: Profile, sample: number) => readonly string[] = plainStack,
): readonly string[] {
  if (profile === undefined) return [];
  const sums = new Map<string, bigint>();
  for (let sample = 0; sample < profile.sampleCount; sample++) {
    const stack = stackOf(profile, sample).join(';');
    sums.set(stack, (sums.get(stack) ?? 0n) + (profile.values[sample] ?? 0n));
  }
  return Array.from(sums, ([stack, sum]) => `${stack} ${sum}`).sort();
}

const plainStack = (profile: Profile, sample: number): readonly string[] =>
  framesOf(profile, sample).map(({ name, binary, address }) =>
    name === '' ? `${binary}!0x${address.toString(16)}` : name,
  );

export const sumOf = (profile: Profile | undefined): bigint =>
  (profile?.values ?? new BigInt64Array()).reduce((sum, value) => sum + value, 0n);

export const typeIdsOf = (reading: WireReading): readonly string[] =>
  reading.profiles.map(({ labels, profile }) => {
    const { type = '', unit = '' } = profile.sampleTypes[0] ?? {};
    const period = profile.periodType;
    const name = labels.find((label) => label.name === '__name__')?.value ?? '';
    return `${name}:${type}:${unit}:${period?.type ?? ''}:${period?.unit ?? ''}`;
  });

const isSlow = process.env['PYROLENS_SLOW_TESTS'] === '1';
const cuts = isSlow ? 200 : 20;
const flips = isSlow ? 2_000 : 200;

/** Cut at many places, then with one byte changed at many; the same ones every time. */
export function* damaged(bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < cuts; i++) yield bytes.subarray(0, Math.floor((bytes.length * i) / cuts));
  let seed = 0x2545f491;
  const random = (below: number): number => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % below;
  };
  for (let i = 0; i < flips; i++) {
    // slice() of a Buffer shares its bytes.
    const copy = new Uint8Array(bytes);
    copy[random(copy.length)] = random(256);
    yield copy;
  }
}

/** Fails when damaged input gives anything but an InputError or sound profiles; tells how many were read. */
export function readDamaged(bytes: Uint8Array, read: (bytes: Uint8Array) => WireReading): number {
  let taken = 0;
  for (const copy of damaged(bytes)) {
    try {
      for (const { profile } of read(copy).profiles) assertProfileIntegrity(profile);
      taken++;
    } catch (error) {
      // What is refused must be refused on purpose.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return taken;
}

export const testLimits = defaultLimits;
