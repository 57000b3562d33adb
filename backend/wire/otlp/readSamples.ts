/**
 * The samples of one profile, split by their service.name attribute.
 *
 * Shape:  a sample's values are added up, since 1.8 one stands for each timestamp. A sample that has only timestamps counts
 *         them. In 1.7 there is a value for each sample type.
 * Errors: InputError invalid_argument with the byte offset: an index out of range, too many samples, stacks that would take
 *         more memory than a request may. Samples that say neither a value nor a time are counted in emptyCount.
 * Source: opentelemetry-proto profiles/v1development, Sample; reference agents-wire 2.2, 2.3, pyroscope-api 3.11.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { GrowingUint32 } from '../../model/growingColumn.ts';
import type { ProtoCursor } from '../protoCursor.ts';
import type { Span } from './outline.ts';
import { mostProfiles } from './outline.ts';
import type { ProfileHead } from './profileHead.ts';
import { attributeRole } from './readAttributes.ts';
import type { Dictionary } from './readDictionary.ts';
import { attributeIndex, forEachVarint } from './readDictionary.ts';
import type { Revision } from './revision.ts';

/** Samples repeat their stacks, so a few bytes can ask for much: in all profiles of a request together, 128 MiB. */
export const mostStackEntries = 2 ** 25;

export interface SampleContext {
  readonly cursor: ProtoCursor;
  readonly revision: Revision;
  readonly dictionary: Dictionary;
  /** String indexes of the names of the labels that a link becomes. */
  readonly spanName: number;
  readonly traceName: number;
  readonly limits: Pick<Limits, 'samplesPerProfile' | 'stackDepth'>;
  /** What is left of mostStackEntries and of mostProfiles. */
  readonly room: { stackEntries: number; profiles: number };
}

/** Samples of one service. */
export class SampleColumns {
  count = 0;
  /** Two words for each value, row by row. */
  readonly valueWords = new GrowingUint32(16);
  readonly stackStart = new GrowingUint32(16);
  readonly stackLocations = new GrowingUint32(64);
  readonly labelStart = new GrowingUint32(16);
  readonly labelName = new GrowingUint32(16);
  readonly labelText = new GrowingUint32(16);

  constructor() {
    this.stackStart.push(0);
    this.labelStart.push(0);
  }
}

export interface Samples {
  /** By the text of service.name, '' for none. */
  readonly byService: ReadonlyMap<string, SampleColumns>;
  readonly emptyCount: number;
}

export function readSamples(context: SampleContext, place: Span, head: ProfileHead): Samples {
  const { cursor, limits } = context;
  const reader = new SampleReader(context, head);
  let count = 0;
  cursor.enter(place.start, place.stop);
  while (cursor.next()) {
    if (cursor.field !== 2 || cursor.wireType !== 2) continue;
    if (++count > limits.samplesPerProfile) {
      throw new InputError(
        'invalid_argument',
        `the profile exceeds the samples count limit (--max-profile-samples, limit: ${limits.samplesPerProfile}); ${cursor.format}, byte ${cursor.start}`,
        'samples_limit',
      );
    }
    const { stop, end } = cursor;
    reader.read(cursor.start, stop);
    cursor.enter(stop, end);
  }
  return reader;
}

class SampleReader implements Samples {
  readonly byService = new Map<string, SampleColumns>();
  emptyCount = 0;
  private readonly context: SampleContext;
  private readonly head: ProfileHead;
  private readonly byServiceText = new Map<number, SampleColumns>();
  private readonly isCount: boolean;
  /** Of the sample that is being read. */
  private readonly attributes = new GrowingUint32(16);
  private readonly values: Uint32Array;
  private valueCount = 0;
  private timestampCount = 0;
  private stack = 0;
  private stackLength = 0;
  private link = -1;

  constructor(context: SampleContext, head: ProfileHead) {
    this.context = context;
    this.head = head;
    this.isCount = head.sampleTypes.length === 1 && head.sampleTypes[0]?.unit === 'count';
    this.values = new Uint32Array(2 * head.sampleTypes.length);
  }

  read(start: number, stop: number): void {
    const { cursor, revision } = this.context;
    this.attributes.length = 0;
    this.values.fill(0);
    this.valueCount = this.timestampCount = this.stack = this.stackLength = 0;
    this.link = -1;
    cursor.enter(start, stop);
    while (cursor.next()) {
      const { field, wireType } = cursor;
      if (field === revision.attributes) forEachVarint(cursor, this.takeAttribute);
      else if (field === revision.values) forEachVarint(cursor, this.takeValue);
      else if (field === revision.timestamps) this.countTimestamps();
      else if (wireType !== 0) continue;
      else if (field === 1) this.stack = cursor.index();
      else if (field === 2) this.stackLength = cursor.index();
      else if (field === revision.link) this.link = cursor.index();
    }
    this.settleValues(start);
    if (this.valueCount > 0) this.append(start);
    else this.emptyCount++;
  }

  private readonly takeAttribute = (): void => {
    const { cursor, dictionary } = this.context;
    this.attributes.push(attributeIndex(cursor, dictionary.attributes, 'sample'));
  };

  /** One value for each type in turn; with one type, all of them. */
  private readonly takeValue = (): void => {
    const { low, high } = this.context.cursor;
    const at = 2 * (this.valueCount++ % this.head.sampleTypes.length);
    const sum = (this.values[at] ?? 0) + low;
    this.values[at] = sum;
    this.values[at + 1] = (this.values[at + 1] ?? 0) + high + (sum > 0xffffffff ? 1 : 0);
  };

  private countTimestamps(): void {
    const { cursor } = this.context;
    if (cursor.wireType === 1) this.timestampCount++;
    else if (this.context.revision.is17) forEachVarint(cursor, () => this.timestampCount++);
    else if (cursor.wireType === 2) this.timestampCount += (cursor.stop - cursor.start) >>> 3;
  }

  private settleValues(start: number): void {
    const typeCount = this.head.sampleTypes.length;
    if (typeCount > 1 && this.valueCount !== typeCount && this.valueCount + this.timestampCount > 0) {
      const message = `sample value length mismatch: ${this.valueCount} values, ${typeCount} sample types`;
      throw this.context.cursor.malformed(start, message);
    }
    const isOnlyTimes = this.valueCount === 0 && this.timestampCount > 0 && typeCount === 1;
    // Until 1.8 the eBPF agent wrote a count of 1 beside any number of timestamps.
    const isShort = this.isCount && this.valueCount === 1 && this.values[1] === 0;
    if (isOnlyTimes || (isShort && (this.values[0] ?? 0) < this.timestampCount)) {
      this.values[0] = this.timestampCount;
      this.valueCount = 1;
    }
  }

  private append(start: number): void {
    const columns = this.columnsOfService(start);
    this.appendStack(columns, start);
    this.appendLabels(columns, start);
    for (const word of this.values) columns.valueWords.push(word);
    columns.count++;
  }

  private columnsOfService(start: number): SampleColumns {
    const { attributes, strings } = this.context.dictionary;
    let text = 0;
    for (let i = 0; i < this.attributes.length; i++) {
      const attribute = this.attributes.at(i);
      if (attributes.role[attribute] === attributeRole.serviceName) text = attributes.text[attribute] ?? 0;
    }
    let columns = this.byServiceText.get(text);
    if (columns === undefined) {
      const service = strings.text(text);
      columns = this.byService.get(service) ?? this.newColumns(service, start);
      this.byServiceText.set(text, columns);
    }
    return columns;
  }

  private newColumns(service: string, start: number): SampleColumns {
    if (--this.context.room.profiles < 0)
      throw this.context.cursor.malformed(start, `more than ${mostProfiles} profiles and services in one request`);
    const columns = new SampleColumns();
    this.byService.set(service, columns);
    return columns;
  }

  private appendStack(columns: SampleColumns, start: number): void {
    const { cursor, revision, dictionary, limits, room } = this.context;
    const { stacks } = dictionary;
    const source = revision.is17 ? this.head.locations : stacks.locations;
    const first = revision.is17 ? this.stack : (stacks.starts[this.stack] ?? 0);
    const end = revision.is17 ? first + this.stackLength : (stacks.starts[this.stack + 1] ?? 0);
    const isThere = revision.is17
      ? end <= source.length || this.stackLength === 0
      : this.stack < stacks.count || this.stack === 0;
    if (!isThere) throw cursor.malformed(start, `sample refers to stack ${this.stack}, which is not in the dictionary`);
    // What is too deep loses frames at the leaf, as it would later on.
    const from = Math.max(first, end - limits.stackDepth);
    room.stackEntries -= Math.max(end - from, 0);
    if (room.stackEntries < 0) {
      const message = `${cursor.format}, byte ${start}: the stacks of all samples together have more than ${mostStackEntries} frames`;
      throw new InputError('invalid_argument', message, 'samples_limit');
    }
    for (let i = from; i < end; i++) columns.stackLocations.push(source[i] ?? 0);
    columns.stackStart.push(columns.stackLocations.length);
  }

  private appendLabels(columns: SampleColumns, start: number): void {
    const { cursor, revision, dictionary, spanName, traceName } = this.context;
    const { attributes, links } = dictionary;
    // Since 1.8 link 0 is "none"; in 1.7 that is a field that is absent.
    const isLinked = this.link >= (revision.is17 ? 0 : 1);
    if (isLinked && this.link >= links.count)
      throw cursor.malformed(start, `sample refers to link ${this.link} of ${links.count} in the dictionary`);
    const span = isLinked ? (links.span[this.link] ?? 0) : 0;
    const trace = isLinked ? (links.trace[this.link] ?? 0) : 0;
    for (let i = 0; i < this.attributes.length; i++) {
      const attribute = this.attributes.at(i);
      const role = attributes.role[attribute];
      const name = attributes.name[attribute] ?? 0;
      const text = attributes.text[attribute] ?? 0;
      if (name === 0 || text === 0) continue;
      if (role === attributeRole.serviceName || role === attributeRole.ignored) continue;
      // A link is the better word where both stand.
      if (role === attributeRole.link && span + trace !== 0) continue;
      columns.labelName.push(name);
      columns.labelText.push(text);
    }
    if (span !== 0) {
      columns.labelName.push(spanName);
      columns.labelText.push(span);
    }
    if (trace !== 0) {
      columns.labelName.push(traceName);
      columns.labelText.push(trace);
    }
    columns.labelStart.push(columns.labelName.length);
  }
}
