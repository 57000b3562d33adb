/**
 * Reads folded stacks, the text that flame graph tools pass to each other: bcc's -f, stackcollapse-*, async-profiler,
 * py-spy, austin.
 *
 * Shape:  a line a stack, root first (foldedLine.ts). A difference of two profiles has two counts on every line: it becomes
 *         two profiles, told apart by the label folded_column. A file is one when every line of at least two has two counts
 *         and no stack stands twice; a lone "a;b 3 4" is a frame with a blank.
 * Units:  counts, which the head's type turns into values; fractions are kept to nine digits.
 * Errors: a line without a count, with a bad or a negative one is counted in leftOut and the rest is taken. InputError
 *         invalid_argument with the line when no line can be taken and a count is no number: then it is another format.
 * Source: reference agents-wire, chapter 5; brendangregg/FlameGraph README.
 */
import { InputError } from '../../errors.ts';
import type { WireReading } from '../../model/labelledProfile.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import type { TypedReadingHead } from '../ingest/readingHead.ts';
import type { TextLimits } from './decodeText.ts';
import { decodeText } from './decodeText.ts';
import { readFoldedLine } from './foldedLine.ts';
import type { FoldedLine } from './foldedLine.ts';
import { billionth, foldedProfile } from './foldedProfile.ts';
import { LeftOutTally, quote } from './leftOutTally.ts';
import { mostLocations, StackSums, tooManyLocations } from './stackSums.ts';
import { TextLines } from './textLines.ts';

const format = 'folded';

export function readFolded(bytes: Uint8Array, head: TypedReadingHead, limits: TextLimits): WireReading {
  const text = decodeText(bytes, format, limits);
  const reading = new FoldedReading(limits);
  const isDifference = hasTwoColumns(text);
  for (const lines = new TextLines(text); lines.next();) {
    const read = readFoldedLine(lines.line);
    if (!isDifference || read.kind !== 'stack') reading.add(read, lines);
    else reading.addPair(read, lines);
  }
  return reading.finish(head, isDifference);
}

/** One stack a line; it counts once for each time it stands there. */
export function readLines(bytes: Uint8Array, head: TypedReadingHead, limits: TextLimits): WireReading {
  const text = decodeText(bytes, 'lines', limits);
  const reading = new FoldedReading(limits);
  for (const lines = new TextLines(text); lines.next();) {
    const stack = lines.line.trimEnd();
    if (stack !== '') reading.add({ kind: 'stack', stack, count: billionth }, lines);
  }
  return { ...reading.finish(head, false), revision: 'lines' };
}

class FoldedReading {
  private readonly tables = new TableBuilder();
  private readonly locations = new Map<string, number>();
  private readonly sums: StackSums;
  /** Of the second column. */
  private readonly afterSums: StackSums;
  private readonly leftOut = new LeftOutTally();
  private firstBadCount: string | undefined;

  constructor(limits: TextLimits) {
    this.sums = new StackSums(format, limits);
    this.afterSums = new StackSums(format, limits);
  }

  add(read: FoldedLine, { number, line }: TextLines): void {
    switch (read.kind) {
      case 'stack':
        return this.addStack(this.sums, read.stack, read.count, number);
      case 'negative':
        return this.leftOut.add('negative_value', () => `${format}, line ${number}: negative count: ${quote(line)}`);
      case 'no count':
        return this.leaveOut(`${format}, line ${number}: no count at the end: `, line);
      case 'bad count':
        this.firstBadCount ??= `${format}, line ${number}: expected a count, got ${quote(read.count)}`;
        return this.leaveOut(`${format}, line ${number}: no count at the end: `, line);
      case 'nothing':
    }
  }

  addPair(read: Extract<FoldedLine, { kind: 'stack' }>, { number }: TextLines): void {
    const before = readFoldedLine(read.stack);
    if (before.kind !== 'stack') return;
    this.addStack(this.sums, before.stack, before.count, number);
    this.addStack(this.afterSums, before.stack, read.count, number);
  }

  finish(head: TypedReadingHead, isDifference: boolean): WireReading {
    if (this.sums.size + this.afterSums.size === 0 && this.firstBadCount !== undefined)
      throw new InputError('invalid_argument', this.firstBadCount, 'malformed_profile');
    const tables = this.tables.finish();
    const column = (value: string) => ({ name: 'folded_column', value });
    const profiles = isDifference
      ? [
          foldedProfile(this.sums, tables, head, column('before')),
          foldedProfile(this.afterSums, tables, head, column('after')),
        ]
      : [foldedProfile(this.sums, tables, head)];
    return {
      profiles: profiles.filter(({ profile }) => profile.sampleCount > 0),
      leftOut: this.leftOut.finish(),
      revision: isDifference ? 'folded, two columns' : 'folded',
    };
  }

  private addStack(sums: StackSums, stack: string, count: bigint, number: number): void {
    if (count === 0n) return;
    const frames = /[^;]/.test(stack);
    if (!frames) return this.leaveOut(`${format}, line ${number}: no frames: `, stack);
    sums.add(stack, count, () => ({ locations: this.locationsOf(stack), labels: [] }));
  }

  private locationsOf(stack: string): readonly number[] {
    const locations: number[] = [];
    // Cut before it is counted: a line may be hundreds of megabytes of frames.
    const frames = stack.split(';', mostLocations + 1);
    if (frames.length > mostLocations) throw tooManyLocations(format);
    for (const frame of frames.reverse()) if (frame !== '') locations.push(this.location(frame));
    return locations;
  }

  private location(name: string): number {
    let location = this.locations.get(name);
    if (location === undefined) {
      location = this.tables.location([{ name }]);
      this.locations.set(name, location);
    }
    return location;
  }

  private leaveOut(message: string, line: string): void {
    this.leftOut.add('malformed_profile', () => message + quote(line));
  }
}

/** Most files are told by their first line. */
function hasTwoColumns(text: string): boolean {
  const stacks = new Set<string>();
  for (const lines = new TextLines(text); lines.next();) {
    const after = readFoldedLine(lines.line);
    if (after.kind !== 'stack') continue;
    const before = readFoldedLine(after.stack);
    if (before.kind !== 'stack' || stacks.has(before.stack)) return false;
    stacks.add(before.stack);
  }
  return stacks.size > 1;
}
