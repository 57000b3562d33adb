/**
 * Attributes: those of the dictionary, to which samples, mappings and locations refer, and those of resources and scopes.
 *
 * Shape:  texts and integers are kept, integers as text, and so is a list's only entry; other kinds have no text (index 0).
 *         Names and texts may stand inside or be indexes into the dictionary's strings.
 * Errors: InputError invalid_argument with the byte offset: a string index out of range.
 * Source: opentelemetry-proto common/v1 at 7c63f7b (KeyValue, AnyValue); profiles/v1development KeyValueAndUnit since 1.8;
 *         reference agents-wire 2.2, 2.5, pyroscope-api 3.11.
 */
import type { ProtoCursor } from '../protoCursor.ts';
import type { Outline, Span } from './outline.ts';
import { rowsOf, tableField } from './outline.ts';
import type { OtlpStrings } from './otlpStrings.ts';

/** What an attribute means to the reader. */
export const attributeRole = {
  label: 0,
  serviceName: 1,
  gnuBuildId: 2,
  goBuildId: 3,
  htlHash: 4,
  link: 5,
  ignored: 6,
} as const;

const roles: ReadonlyMap<string, number> = new Map([
  ['service.name', attributeRole.serviceName],
  ['process.executable.build_id.gnu', attributeRole.gnuBuildId],
  ['process.executable.build_id.go', attributeRole.goBuildId],
  ['process.executable.build_id.htlhash', attributeRole.htlHash],
  // The name of the same id until 2025.
  ['process.executable.build_id.profiling', attributeRole.htlHash],
  ['span_id', attributeRole.link],
  ['trace_id', attributeRole.link],
  // One series for each thread and processor would drown the rest, and who looks for a thread knows its name.
  ['thread.id', attributeRole.ignored],
  ['cpu.logical_number', attributeRole.ignored],
]);

export interface AttributeTable {
  readonly count: number;
  /** String indexes; text 0: nothing that could be kept. */
  readonly name: Uint32Array;
  readonly text: Uint32Array;
  readonly role: Uint8Array;
}

export function readAttributeTable(
  cursor: ProtoCursor,
  outline: Outline,
  is17: boolean,
  strings: OtlpStrings,
): AttributeTable {
  const { count, starts, stops } = rowsOf(outline, tableField.attributes);
  const name = new Uint32Array(count);
  const text = new Uint32Array(count);
  const role = new Uint8Array(count);
  const roleOfName = new Map<number, number>();
  const attribute = new AttributeReader(cursor, strings);
  for (let i = 0; i < count; i++) {
    attribute.read(starts.at(i), stops.at(i), is17 ? 'KeyValue' : 'KeyValueAndUnit');
    name[i] = attribute.name;
    text[i] = attribute.text;
    let known = roleOfName.get(attribute.name);
    if (known === undefined) {
      known = roles.get(strings.text(attribute.name)) ?? attributeRole.label;
      roleOfName.set(attribute.name, known);
    }
    role[i] = known;
  }
  return { count, name, text, role };
}

/** Adds the attributes of a Resource (field 1) or an InstrumentationScope (field 3); the first of a name stays. */
export function addAttributes(
  cursor: ProtoCursor,
  holder: Span | undefined,
  field: number,
  strings: OtlpStrings,
  into: Map<string, string>,
): void {
  if (holder === undefined) return;
  const attribute = new AttributeReader(cursor, strings);
  cursor.enter(holder.start, holder.stop);
  while (cursor.next()) {
    if (cursor.field !== field || cursor.wireType !== 2) continue;
    const { stop, end } = cursor;
    attribute.read(cursor.start, stop, 'KeyValue');
    cursor.enter(stop, end);
    const name = strings.text(attribute.name);
    // An empty text says as much as no attribute: eBPF agents send it for processes outside of containers.
    if (name !== '' && attribute.text !== 0 && !into.has(name)) into.set(name, strings.text(attribute.text));
  }
}

class AttributeReader {
  /** String indexes. */
  name = 0;
  text = 0;
  private readonly cursor: ProtoCursor;
  private readonly strings: OtlpStrings;

  constructor(cursor: ProtoCursor, strings: OtlpStrings) {
    this.cursor = cursor;
    this.strings = strings;
  }

  /** Field 3 is the name's index in KeyValue and the unit's in KeyValueAndUnit. Leaves the cursor anywhere. */
  read(start: number, stop: number, form: 'KeyValue' | 'KeyValueAndUnit'): void {
    const { cursor, strings } = this;
    this.name = 0;
    this.text = 0;
    cursor.enter(start, stop);
    while (cursor.next()) {
      const { field, wireType } = cursor;
      if (field === 1 && wireType === 2) this.name = this.inline();
      else if (field === 2 && wireType === 2) {
        const { stop: valueStop, end } = cursor;
        this.readValue(cursor.start, valueStop, true);
        cursor.enter(valueStop, end);
      } else if (wireType === 0 && field === (form === 'KeyValue' ? 3 : 1))
        this.name = strings.index(cursor, 'attribute key');
    }
  }

  private readValue(start: number, stop: number, mayBeList: boolean): void {
    const { cursor, strings } = this;
    cursor.enter(start, stop);
    while (cursor.next()) {
      const { field, wireType } = cursor;
      if (field === 1 && wireType === 2) this.text = this.inline();
      else if (field === 3 && wireType === 0) this.text = strings.addText(cursor.int64().toString());
      else if (field === 8 && wireType === 0) this.text = strings.index(cursor, 'attribute value');
      else if (field === 5 && wireType === 2 && mayBeList) {
        const { stop: listStop, end } = cursor;
        this.readList(cursor.start, listStop);
        cursor.enter(listStop, end);
      }
    }
  }

  private readList(start: number, stop: number): void {
    const { cursor } = this;
    let only: Span | undefined;
    let count = 0;
    cursor.enter(start, stop);
    while (cursor.next()) {
      if (cursor.field !== 1 || cursor.wireType !== 2) continue;
      only = { start: cursor.start, stop: cursor.stop };
      count++;
    }
    if (only !== undefined && count === 1) this.readValue(only.start, only.stop, false);
  }

  private inline(): number {
    const { start, stop } = this.cursor;
    return start === stop ? 0 : this.strings.addSpan(start, stop);
  }
}
