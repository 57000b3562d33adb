/**
 * The `Write` stream of the Parca agent 0.32-0.47: it sends samples, is asked for the stacks that the server does not know,
 * sends these, and then reads until the server ends the stream.
 *
 * Shape:  beginWrite (first message) gives what to answer; finishWrite (second message, or none when nothing was asked)
 *         gives the profiles. Between the two all is held in the value that beginWrite returned; a stack that KnownStacks
 *         forgets meanwhile is not lost.
 * Errors: InputError invalid_argument of either record.
 * Source: reference agents-wire 1.3: an empty record asks for nothing; else exactly one column `stacktrace_id`, plain Binary.
 */
import type { Limits } from '../../limits.ts';
import type { LabelledProfile, LeftOut, WireReading } from '../../model/labelledProfile.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import { Budget } from './arrow/budget.ts';
import type { FrameTables } from './frameTables.ts';
import { StackPicker } from './frameTables.ts';
import type { KnownStack, KnownStacks } from './knownStacks.ts';
import type { LocationsV1, SamplesV1 } from './readArrowV1.ts';
import { missingStack, readArrowV1Locations, readArrowV1Samples } from './readArrowV1.ts';
import type { ArrowOptions } from './readArrowV2.ts';
import { profilesOfRows } from './sampleRows.ts';
import { writeStacktraceRequest } from './writeStacktraceRequest.ts';

type WriteLimits = Pick<Limits, 'bodyBytes'>;

export interface BegunWrite {
  readonly samples: readonly SamplesV1[];
  readonly known: ReadonlyMap<string, KnownStack>;
  readonly unknownIds: readonly string[];
  /** The record of the WriteResponse; empty when every stack is known, and then no second message comes. */
  readonly answer: Uint8Array;
}

/** Stacks asked for at once; the samples of others count without frames, and the next write asks for them. */
const mostAsked = 2 ** 16;

export function beginWrite(
  record: Uint8Array,
  stacks: KnownStacks,
  limits: WriteLimits,
  options: ArrowOptions = {},
): BegunWrite {
  const samples = readArrowV1Samples(record, limits, options);
  const known = new Map<string, KnownStack>();
  const unknownIds = new Set<string>();
  for (const { stackIds } of samples) {
    for (const id of stackIds) {
      if (id === '') continue;
      const stack = stacks.get(id);
      if (stack === undefined) unknownIds.add(id);
      else known.set(id, stack);
    }
  }
  const asked = [...unknownIds].slice(0, mostAsked);
  return { samples, known, unknownIds: asked, answer: writeStacktraceRequest(asked) };
}

export function finishWrite(
  begun: BegunWrite,
  record: Uint8Array | undefined,
  stacks: KnownStacks,
  limits: WriteLimits,
  { budget = new Budget(limits.bodyBytes) }: Pick<ArrowOptions, 'budget'> = {},
): WireReading {
  const sent: LocationsV1 | undefined =
    record === undefined || record.length === 0 ? undefined : readArrowV1Locations(record, limits, { budget });
  // Only what was asked for: nobody may put stacks into the memory of others' ids.
  for (const id of begun.unknownIds) {
    const stack = sent?.stacks.get(id);
    if (stack !== undefined && sent?.missing.has(id) === false) stacks.set(id, stack);
  }
  const stackOf = (id: string): KnownStack =>
    id === '' ? [] : (begun.known.get(id) ?? sent?.stacks.get(id) ?? notSent);
  const profiles: LabelledProfile[] = [];
  const leftOut: LeftOut[] = [];
  for (const batch of begun.samples) {
    const tables = new TableBuilder();
    const stringOf = (text: string): number => tables.string(text);
    for (const { name, texts } of batch.grouped.sampleLabels) {
      stringOf(name);
      for (const text of texts) stringOf(batch.grouped.rows.texts[text] ?? '');
    }
    const picker = new StackPicker(tablesOf(batch.stackIds.map(stackOf), tables, budget), budget);
    const read = profilesOfRows(batch.grouped, picker, stringOf, budget);
    profiles.push(...read.profiles);
    leftOut.push(...read.leftOut);
  }
  return { profiles, leftOut, revision: 'parca arrow v1' };
}

/** As the agent itself says it: the samples count, whatever they stood in. */
const notSent: KnownStack = [{ address: 0n, file: '', buildId: '', lines: [{ name: missingStack }] }];

/** A location in the making: its key in a map and its numbers. */
const frameBytes = 256;

function tablesOf(stacks: readonly KnownStack[], tables: TableBuilder, budget: Budget): FrameTables {
  const frames: number[] = [];
  const stackStart = new Int32Array(stacks.length);
  const stackSize = new Int32Array(stacks.length);
  stacks.forEach((stack, i) => {
    budget.take(stack.length * frameBytes, 'frames');
    stackStart[i] = frames.length;
    stackSize[i] = stack.length;
    for (const { address, file, buildId, lines } of stack) {
      const mapping = tables.mapping({ file, buildId, start: 0n, limit: 0n, offset: 0n });
      frames.push(tables.location(lines, mapping, address));
    }
  });
  const { strings, mappings, functions, locations } = tables.finish();
  const { count, mapping, address, lineStart, lineFunction: fn, lineNumber: number, lineColumn: column } = locations;
  return {
    strings,
    mappings,
    functions,
    locations: {
      count,
      mapping,
      address,
      lineStart: Int32Array.from(lineStart.subarray(0, count)),
      lineSize: Int32Array.from({ length: count }, (_, i) => (lineStart[i + 1] ?? 0) - (lineStart[i] ?? 0)),
    },
    lines: { fn, number, column },
    frames: Uint32Array.from(frames),
    stackStart,
    stackSize,
  };
}
