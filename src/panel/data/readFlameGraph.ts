/**
 * Finds the flame graph among a panel's data frames and turns it into columns.
 *
 * Shape:  a nested set, depth first: fields level, value, self, label, as Grafana's own flame graph panel reads;
 *         a diff has valueRight and selfRight too, and value and self are then the baseline's. The label is an enum (our data source, Pyroscope, Parca) or a string (frames out of files, tests, other sources).
 * Units:  Grafana's unit ID of the value field, or what the person chose in the field options -> pprof's name.
 * Errors: a frame that is none is passed over; one that means to be and is broken is told as a mistake.
 */
import type { DataFrame, Field } from '@grafana/data';
import { FieldType } from '@grafana/data';
import type { FlameGraphData } from '../../flamegraph/flameGraphData.ts';
import type { MillisRange } from './graphMeta.ts';
import { graphMetaOf } from './graphMeta.ts';

export type FlameGraphReading =
  | { readonly kind: 'graph'; readonly graph: FlameGraphData; readonly frame: DataFrame }
  | { readonly kind: 'empty' }
  | { readonly kind: 'mistake'; readonly message: string };

class Mistake extends Error {}

/** `asked` is the dashboard's range, for frames that say nothing of theirs. */
export function readFlameGraph(frames: readonly DataFrame[], asked?: MillisRange): FlameGraphReading {
  const meant = frames.filter((frame) => frame.meta?.preferredVisualisationType === 'flamegraph');
  const frame = [...meant, ...frames].find((candidate) => missingFields(candidate).length === 0);
  try {
    if (frame !== undefined) {
      return frame.length === 0 ? { kind: 'empty' } : { kind: 'graph', graph: readFrame(frame, asked), frame };
    }
  } catch (error) {
    // The reader's own way out; anything else is our mistake.
    if (error instanceof Mistake) return { kind: 'mistake', message: error.message };
    throw error;
  }
  const broken = meant.find(({ length }) => length > 0);
  if (broken !== undefined) return mistake(`the flame graph lacks ${missingFields(broken).join(', ')}`);
  if (frames.some(({ length }) => length > 0)) {
    return mistake('the query answers with no flame graph: choose the type "Flame graph" in the query editor');
  }
  return { kind: 'empty' };
}

const mistake = (message: string): FlameGraphReading => ({ kind: 'mistake', message });

const fieldNames = ['level', 'value', 'self', 'label'];
const rightFieldNames = ['valueRight', 'selfRight'];
const fieldOf = (frame: DataFrame, name: string): Field | undefined => frame.fields.find((field) => field.name === name);
const missingFields = (frame: DataFrame): readonly string[] =>
  fieldNames.filter((name) => fieldOf(frame, name) === undefined);

function readFrame(frame: DataFrame, asked: MillisRange | undefined): FlameGraphData {
  const level = Int32Array.from(numbersOf(frame, 'level'));
  level.forEach((depth, bar) => {
    const before = bar === 0 ? -1 : (level[bar - 1] ?? 0);
    if (depth < (bar === 0 ? 0 : 1) || depth > before + 1) {
      throw new Mistake(`the flame graph is no nested set: level ${depth} follows level ${before} in row ${bar}`);
    }
  });
  const { name, names } = readLabels(frame);
  const isDiff = rightFieldNames.every((each) => fieldOf(frame, each) !== undefined);
  return {
    count: frame.length,
    level,
    name,
    names,
    total: numbersOf(frame, 'value'),
    self: numbersOf(frame, 'self'),
    ...(isDiff && { totalRight: numbersOf(frame, 'valueRight'), selfRight: numbersOf(frame, 'selfRight') }),
    unit: pprofUnit(fieldOf(frame, 'value')?.config.unit),
    meta: graphMetaOf(frame, asked),
  };
}

function numbersOf(frame: DataFrame, name: string): Float64Array {
  const values: readonly unknown[] = fieldOf(frame, name)?.values ?? [];
  const numbers = new Float64Array(frame.length);
  for (let row = 0; row < numbers.length; row++) {
    const number = Number(values[row] ?? 0);
    if (!Number.isFinite(number)) throw new Mistake(`the flame graph has no number in field ${name}, row ${row}`);
    numbers[row] = number;
  }
  return numbers;
}

function readLabels(frame: DataFrame): Pick<FlameGraphData, 'name' | 'names'> {
  const field = fieldOf(frame, 'label');
  const texts = field?.config.type?.enum?.text;
  if (field?.type === FieldType.enum || texts !== undefined) {
    const name = Uint32Array.from(numbersOf(frame, 'label'));
    const names = texts ?? [];
    const beyond = name.findIndex((index) => index >= names.length);
    if (beyond >= 0) throw new Mistake(`the flame graph has no text for label ${name[beyond]}, row ${beyond}`);
    return { name, names };
  }
  const values: readonly unknown[] = field?.values ?? [];
  const indexes = new Map<string, number>();
  const name = Uint32Array.from({ length: frame.length }, (_, row) => {
    const text = textOf(values[row]);
    const index = indexes.get(text) ?? indexes.size;
    indexes.set(text, index);
    return index;
  });
  return { name, names: [...indexes.keys()] };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '(no name)';

const pprofUnits: Readonly<Record<string, string>> = {
  ns: 'nanoseconds',
  µs: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  bytes: 'bytes',
  decbytes: 'bytes',
  short: 'count',
  none: 'count',
};

const pprofUnit = (unit: string | undefined): string =>
  unit === undefined || unit === '' ? 'count' : (pprofUnits[unit] ?? unit);
