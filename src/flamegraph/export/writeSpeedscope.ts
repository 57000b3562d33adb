/**
 * Writes speedscope's JSON.
 *
 * Shape:  one "evented" profile, of a diff one for each side: a bar is opened, lasts for its own value and its children,
 *         and is closed.
 * Errors: ExportTooLarge.
 * Source: https://www.speedscope.app/file-format-schema.json
 */
import type { ShownPart } from './shownStacks.ts';
import { ExportTooLarge, mostExportBytes, UsedNames } from './shownStacks.ts';

const units: Readonly<Record<string, string>> = {
  nanoseconds: 'nanoseconds',
  microseconds: 'microseconds',
  milliseconds: 'milliseconds',
  seconds: 'seconds',
  bytes: 'bytes',
};

export function writeSpeedscope(part: ShownPart, name: string): readonly string[] {
  const { data } = part.layout;
  const names = new UsedNames(data.names);
  const sides: readonly (readonly [string, Float64Array, Float64Array])[] =
    data.totalRight === undefined || data.selfRight === undefined
      ? [[name, data.total, data.self]]
      : [
          [`${name}, baseline`, data.total, data.self],
          [`${name}, comparison`, data.totalRight, data.selfRight],
        ];
  const written = sides.flatMap(([title, total, self], i) => [
    i === 0 ? '' : ',',
    ...profileOf(part, { title, names, total, self }),
  ]);
  const head = { $schema: 'https://www.speedscope.app/file-format-schema.json', name, exporter: 'Pyrolens' };
  const frames = names.used.map((each) => ({ name: each }));
  return [JSON.stringify({ ...head, shared: { frames } }).slice(0, -1), ',"profiles":[', ...written, ']}'];
}

interface Side {
  readonly title: string;
  readonly names: UsedNames;
  readonly total: Float64Array;
  readonly self: Float64Array;
}

function profileOf(part: ShownPart, { title, names, total, self }: Side): readonly string[] {
  const { data, end, parent } = part.layout;
  const events: string[] = [];
  const open: number[] = [];
  let at = 0;
  let length = 0;
  const add = (type: 'O' | 'C', frame: number): void => {
    const event = `${events.length === 0 ? '' : ','}{"type":"${type}","frame":${frame},"at":${at}}`;
    length += event.length;
    if (length > mostExportBytes) throw new ExportTooLarge();
    events.push(event);
  };
  const enter = (bar: number): void => {
    const frame = names.numberOf(data.name[bar] ?? 0) - 1;
    open.push(frame);
    add('O', frame);
  };
  const leaveTo = (depth: number): void => {
    while (open.length > depth) add('C', open.pop() ?? 0);
  };
  for (const top of part.tops) {
    const above: number[] = [];
    for (let bar = parent[top] ?? 0; bar > 0; bar = parent[bar] ?? 0) above.push(bar);
    above.reverse().forEach(enter);
    for (let bar = top; bar < (end[top] ?? 0);) {
      const isThere = (total[bar] ?? 0) > 0;
      // The root is no frame.
      leaveTo(Math.max(0, (data.level[bar] ?? 0) - 1));
      if (isThere && bar > 0) enter(bar);
      if (isThere) at += Math.max(0, self[bar] ?? 0);
      bar = isThere ? bar + 1 : (end[bar] ?? data.count);
    }
    leaveTo(0);
  }
  const shape = { type: 'evented', name: title, unit: units[data.unit] ?? 'none', startValue: 0, endValue: at };
  return [JSON.stringify(shape).slice(0, -1), ',"events":[', ...events, ']}'];
}
