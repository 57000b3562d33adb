/**
 * Reads the events of a chunk that are samples; all others are passed by without a look.
 *
 * Shape:  jdk.ExecutionSample is a CPU sample unless the thread sleeps; while the sampler runs for `wall` it is a wall sample
 *         as well, sleeping or not. Everything else is what eventKinds.ts says.
 * Errors: InputError invalid_argument with the byte offset. An event whose stack is not there is counted and left out.
 */
import { activeSetting, cpuKind, executionSample, sampleEvents, wallKind } from './eventKinds.ts';
import type { SampleEvent } from './eventKinds.ts';
import type { JfrCursor, JfrKey } from './jfrCursor.ts';
import { keyOf } from './jfrCursor.ts';
import { ConstantPools, readFields } from './readConstants.ts';
import type { Chunk } from './readChunks.ts';
import { readMetadata } from './readMetadata.ts';
import { ChunkStacks, isInteger } from './readStacks.ts';
import type { FileStacks } from './readStacks.ts';
import type { SampleBuckets } from './sampleBuckets.ts';
import type { SampleContexts } from './sampleContexts.ts';
import type { FieldLayout, Layout } from './valueLayout.ts';
import { LayoutTable, skipField } from './valueLayout.ts';

/** Fields that any sample may have, each with a place for its value; the amount has the last one. */
const slotNames = ['stackTrace', 'state', 'contextId', 'spanId', 'spanName'];
const [stackSlot, stateSlot, contextSlot, spanSlot, spanNameSlot, amountSlot] = [0, 1, 2, 3, 4, 5];

interface EventReading {
  readonly event: SampleEvent;
  readonly isExecution: boolean;
  readonly fields: readonly FieldLayout[];
  /** Slot of each field, -1 when nobody asks for it. */
  readonly slots: Int8Array;
}

/** What goes on from one chunk to the next. */
export interface Recording {
  readonly stacks: FileStacks;
  readonly contexts: SampleContexts;
  readonly buckets: SampleBuckets;
  readonly delayUnit: 'ticks' | 'nanoseconds';
  /** The sampler's event: cpu, itimer, wall ...; '' as long as nothing said so. */
  samplerEvent: string;
  eventsWithoutStack: number;
}

export function readSamples(cursor: JfrCursor, chunk: Chunk, recording: Recording): void {
  cursor.isCompressed = chunk.isCompressed;
  const classes = readMetadata(cursor, chunk.metadata);
  const layouts = new LayoutTable(cursor, classes);
  const constants = new ConstantPools(cursor, chunk, classes, layouts);
  const reader = new SampleReader(cursor, new ChunkStacks(cursor, constants, recording.stacks), chunk, recording);
  const readings = new Map<number, EventReading>();
  const settings = new Map<number, Layout>();
  for (const { id, name } of classes.values()) {
    const event = sampleEvents.get(name);
    if (name === activeSetting) settings.set(id, layouts.of(id));
    else if (event !== undefined) readings.set(id, readingOf(event, name, layouts.of(id)));
  }
  const { types, starts, stops } = chunk.events;
  for (let i = 0; i < types.length; i++) {
    const type = types[i] ?? 0;
    const reading = readings.get(type);
    const setting = reading === undefined ? settings.get(type) : undefined;
    if (reading === undefined && setting === undefined) continue;
    cursor.enter(starts[i] ?? 0, stops[i] ?? 0);
    if (reading !== undefined) reader.read(reading);
    else if (setting !== undefined) reader.readSetting(setting);
  }
}

function readingOf(event: SampleEvent, name: string, layout: Layout): EventReading {
  const all = layout.kind === 'fields' ? layout.fields : [];
  const slotOf = (field: FieldLayout): number => {
    if (!isInteger(field)) return -1;
    return field.name === event.amount ? amountSlot : slotNames.indexOf(field.name);
  };
  const slots = all.map(slotOf);
  // Nothing behind the last field that is asked for needs to be read.
  const used = slots.findLastIndex((slot) => slot >= 0) + 1;
  return {
    event,
    isExecution: name === executionSample,
    fields: all.slice(0, used),
    slots: Int8Array.from(slots.slice(0, used)),
  };
}

class SampleReader {
  readonly #cursor: JfrCursor;
  readonly #stacks: ChunkStacks;
  readonly #recording: Recording;
  readonly #ticksPerSecond: bigint;
  readonly #lows = new Uint32Array(slotNames.length + 1);
  readonly #highs = new Uint32Array(slotNames.length + 1);

  constructor(cursor: JfrCursor, stacks: ChunkStacks, chunk: Chunk, recording: Recording) {
    this.#cursor = cursor;
    this.#stacks = stacks;
    this.#recording = recording;
    this.#ticksPerSecond = chunk.ticksPerSecond;
    if (recording.delayUnit === 'nanoseconds' && chunk.ticksPerSecond <= 0n)
      throw cursor.malformed(chunk.start + 56, `${chunk.ticksPerSecond} ticks a second`);
  }

  read(reading: EventReading): void {
    this.#readSlots(reading);
    const recording = this.#recording;
    const { kind, amount, isDelay } = reading.event;
    const stack = this.#stacks.stack(this.#key(stackSlot));
    if (stack === undefined) {
      recording.eventsWithoutStack++;
      return;
    }
    const context = recording.contexts.of(this.#key(contextSlot), this.#key(spanSlot), this.#key(spanNameSlot));
    const { buckets } = recording;
    if (reading.isExecution) {
      const state = this.#stacks.state(this.#key(stateSlot));
      if (state !== '' && state !== 'STATE_SLEEPING') buckets.add(cpuKind, context, stack, 1n, 0n);
      if (recording.samplerEvent === 'wall') buckets.add(wallKind, context, stack, 1n, 0n);
      return;
    }
    const value = amount === undefined ? 1n : this.#int64(amountSlot);
    if (kind.isTime) buckets.add(kind, context, stack, value, 0n);
    else buckets.add(kind, context, stack, 1n, isDelay === true ? this.#delay(value) : value);
  }

  readSetting(layout: Layout): void {
    const texts = { name: '', value: '' };
    readFields(this.#cursor, layout, (field) => {
      if (field.isArray || field.layout.kind !== 'text' || (field.name !== 'name' && field.name !== 'value'))
        return false;
      let constant: JfrKey | undefined;
      texts[field.name] = this.#cursor.text((key) => {
        constant = key;
        return '';
      });
      if (constant !== undefined) {
        const { at, end } = this.#cursor;
        texts[field.name] = this.#stacks.constantText(constant);
        this.#cursor.enter(at, end);
      }
      return true;
    });
    if (texts.name === 'event') this.#recording.samplerEvent = texts.value;
  }

  #readSlots({ fields, slots }: EventReading): void {
    const cursor = this.#cursor;
    this.#lows.fill(0);
    this.#highs.fill(0);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      if (field === undefined) continue;
      const slot = slots[i] ?? -1;
      if (slot < 0 || !isInteger(field)) {
        skipField(cursor, field);
        continue;
      }
      cursor.integer(field.layout.width);
      this.#lows[slot] = cursor.low;
      this.#highs[slot] = cursor.high;
    }
  }

  #key(slot: number): JfrKey {
    return keyOf(this.#lows[slot] ?? 0, this.#highs[slot] ?? 0);
  }

  #int64(slot: number): bigint {
    return (BigInt((this.#highs[slot] ?? 0) | 0) << 32n) | BigInt(this.#lows[slot] ?? 0);
  }

  #delay(ticks: bigint): bigint {
    return this.#recording.delayUnit === 'ticks' ? ticks : (ticks * 1_000_000_000n) / this.#ticksPerSecond;
  }
}
