/**
 * Writes speedscope's JSON.
 *
 * Shape:  one "evented" profile, of a diff one for each side: a bar is opened, lasts for its own value and its children,
 *         and is closed.
 * Errors: ExportTooLarge.
 * Source: https://www.speedscope.app/file-format-schema.json
 */
import type { ShownPart } from './shownStacks.ts';
import { ExportTooLarge, mostExportBytes } from './shownStacks.ts';

const units: Readonly<Record<string, string>> = {
  nanoseconds: 'nanoseconds',
  microseconds: 'microseconds',
  milliseconds: 'milliseconds',
  seconds: 'seconds',
  bytes: 'bytes',
};

export function writeSpeedscope(part: ShownPart, name: string): readonly string[] {
  const { data } = part.layout;
  const frames = data.names.map((each) => ({ name: each }));
  const head = { $schema: 'https://www.speedscope.app/file-format-schema.json', name, exporter: 'Pyrolens' };
  const opening = JSON.stringify({ ...head, shared: { frames } });
  const sides: readonly (readonly [string, Float64Array, Float64Array])[] =
    data.totalRight === undefined || data.selfRight === undefined
      ? [[name, data.total, data.self]]
      : [
          [`${name}, baseline`, data.total, data.self],
          [`${name}, comparison`, data.totalRight, data.selfRight],
        ];
  const written = sides.flatMap(([title, total, self], i) => [
    i === 0 ? '' : ',',
    ...profileOf(part, title, total, self),
  ]);
  return [opening.slice(0, -1), ',"profiles":[', ...written, ']}'];
}

function profileOf(part: ShownPart, name: string, total: Float64Array, self: Float64Array): readonly string[] {
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
  const enter = (frame: number): void => {
    open.push(frame);
    add('O', frame);
  };
  const leaveTo = (depth: number): void => {
    while (open.length > depth) add('C', open.pop() ?? 0);
  };
  for (const top of part.tops) {
    const above: number[] = [];
    for (let bar = parent[top] ?? 0; bar > 0; bar = parent[bar] ?? 0) above.push(data.name[bar] ?? 0);
    above.reverse().forEach(enter);
    for (let bar = top; bar < (end[top] ?? 0);) {
      const isThere = (total[bar] ?? 0) > 0;
      // The root is no frame.
      leaveTo(Math.max(0, (data.level[bar] ?? 0) - 1));
      if (isThere && bar > 0) enter(data.name[bar] ?? 0);
      if (isThere) at += Math.max(0, self[bar] ?? 0);
      bar = isThere ? bar + 1 : (end[bar] ?? data.count);
    }
    leaveTo(0);
  }
  const shape = { type: 'evented', name, unit: units[data.unit] ?? 'none', startValue: 0, endValue: at };
  return [JSON.stringify(shape).slice(0, -1), ',"events":[', ...events, ']}'];
}
