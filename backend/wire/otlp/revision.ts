/**
 * Tells the wire revision of a request by its bytes: the numbers of fields changed three times under one package name.
 *
 * Shape:  every profile and sample votes by the wire types of its fields; votes that contradict each other are refused, for
 *         reading values as attribute indexes would be silently wrong.
 * Errors: InputError invalid_argument with the byte offset of the contradiction, or of what is older than 1.7.
 * Source: reference agents-wire 2.3, 2.4; opentelemetry-proto v1.7.0 to v1.9.0 and main at 7c63f7b (1.11).
 */
import type { ProtoCursor } from '../protoCursor.ts';
import type { Outline } from './outline.ts';
import { rowsOf, tableField } from './outline.ts';

export interface Revision {
  /** For people. */
  readonly name: string;
  /** 1.7: index 0 of a table is a row like others, stacks are slices of the profile's list of locations. */
  readonly is17: boolean;
  /** Field numbers of Sample. */
  readonly values: number;
  readonly attributes: number;
  readonly link: number;
  readonly timestamps: number;
}

export const revision17: Revision = {
  name: 'otlp 1.7',
  is17: true,
  values: 3,
  attributes: 4,
  link: 5,
  timestamps: 6,
};
export const revision18: Revision = {
  name: 'otlp 1.8-1.9',
  is17: false,
  values: 2,
  attributes: 3,
  link: 4,
  timestamps: 5,
};
export const revision110: Revision = {
  name: 'otlp 1.10-1.11',
  is17: false,
  values: 4,
  attributes: 2,
  link: 3,
  timestamps: 5,
};

/** One question with two answers, and where each was first given. */
class Vote {
  first = -1;
  second = -1;

  add(isFirst: boolean, offset: number): void {
    if (isFirst) {
      if (this.first < 0) this.first = offset;
    } else if (this.second < 0) this.second = offset;
  }

  /** true: the first; undefined: nobody voted. */
  answer(cursor: ProtoCursor, first: string, second: string): boolean | undefined {
    if (this.first >= 0 && this.second >= 0)
      throw cursor.malformed(Math.max(this.first, this.second), `fields as in ${first} and as in ${second} together`);
    return this.first < 0 && this.second < 0 ? undefined : this.first >= 0;
  }
}

export function decideRevision(cursor: ProtoCursor, outline: Outline): Revision {
  const is17 = new Vote();
  const is110 = new Vote();
  for (const { start, stop } of outline.profiles) {
    cursor.enter(start, stop);
    while (cursor.next()) voteByProfile(cursor, is17, is110);
  }
  if (is17.answer(cursor, '1.7', '1.8 or later') ?? hasInlineKeys(cursor, outline)) {
    const [first] = outline.profiles;
    if (rowsOf(outline, tableField.strings).count === 0 && first !== undefined)
      throw cursor.malformed(first.start, 'OTLP profiles before 1.7, without a dictionary, are not read');
    return revision17;
  }
  const answer = is110.answer(cursor, '1.10', '1.8 or 1.9') ?? looksLikeAttributes(cursor, outline);
  return answer ? revision110 : revision18;
}

function voteByProfile(cursor: ProtoCursor, is17: Vote, is110: Vote): void {
  const { field, wireType, start, stop, end } = cursor;
  if (field === 2 && wireType === 2) {
    cursor.enter(start, stop);
    while (cursor.next()) {
      if (cursor.field === 3) voteByWire(cursor, is110, 0, 2);
      else if (cursor.field === 4) voteByWire(cursor, is110, 2, 0);
    }
    cursor.enter(stop, end);
  } else if (field === 3) is17.add(wireType !== 1, cursor.at);
  else if (field === 4 && wireType === 2)
    throw cursor.malformed(start, 'OTLP profiles before 1.6, with tables in each profile, are not read');
  else if (field === 5) voteByWire(cursor, is17, 0, 2);
  else if (field === 6) voteByWire(cursor, is17, 2, 0);
}

function voteByWire(cursor: ProtoCursor, vote: Vote, first: number, second: number): void {
  if (cursor.wireType === first) vote.add(true, cursor.at);
  else if (cursor.wireType === second) vote.add(false, cursor.at);
}

/** Profiles without any time or period: up to 1.7 the dictionary's attributes have their names inside. */
function hasInlineKeys(cursor: ProtoCursor, outline: Outline): boolean {
  const { count, starts, stops } = rowsOf(outline, tableField.attributes);
  for (let i = 0; i < count; i++) {
    cursor.enter(starts.at(i), stops.at(i));
    while (cursor.next()) if (cursor.field === 1) return cursor.wireType === 2;
  }
  return false;
}

/**
 * Samples with no other numbers than stack, field 2 and timestamps. They are attributes when each is one of the table and
 * stands once; else they are values.
 */
function looksLikeAttributes(cursor: ProtoCursor, outline: Outline): boolean {
  const attributeCount = rowsOf(outline, tableField.attributes).count;
  for (const { start, stop } of outline.profiles) {
    cursor.enter(start, stop);
    while (cursor.next()) {
      if (cursor.field !== 2 || cursor.wireType !== 2) continue;
      const { start: sampleStart, stop: sampleStop, end } = cursor;
      cursor.enter(sampleStart, sampleStop);
      if (!hasOnlyAttributes(cursor, attributeCount)) return false;
      cursor.enter(sampleStop, end);
    }
  }
  return true;
}

function hasOnlyAttributes(cursor: ProtoCursor, attributeCount: number): boolean {
  const seen = new Set<number>();
  let hasTimestamps = false;
  let isFitting = true;
  const check = (index: number): void => {
    if (index === 0 || index >= attributeCount || seen.has(index)) isFitting = false;
    seen.add(index);
  };
  while (isFitting && cursor.next()) {
    if (cursor.field === 5) hasTimestamps = true;
    else if (cursor.field !== 2) continue;
    else if (cursor.wireType === 0) check(cursor.index());
    else if (cursor.wireType === 2) {
      const { start, stop, end } = cursor;
      cursor.enter(start, stop);
      while (isFitting && cursor.at < stop) {
        cursor.varint();
        check(cursor.index());
      }
      cursor.enter(stop, end);
    }
  }
  // Without timestamps and without values a sample of 1.10 would count nothing.
  return isFitting && (hasTimestamps || seen.size === 0);
}
