/**
 * Writes folded stacks.
 *
 * Shape:  "main;work;json 12" a line; in a diff both sides' values, baseline first. A ";" or a line break in a name becomes
 *         a blank, as the format has no way to write it.
 * Errors: ExportTooLarge.
 */
import type { ShownPart } from './shownStacks.ts';
import { ExportTooLarge, mostExportBytes, visitStacks } from './shownStacks.ts';

export function writeFolded(part: ShownPart): readonly string[] {
  const { data } = part.layout;
  const names = data.names.map((name) => name.replace(/[;\r\n]/g, ' '));
  const parts: string[] = [];
  let length = 0;
  visitStacks(part, (stack, { left, right }) => {
    const values = data.totalRight === undefined ? String(left) : `${left} ${right}`;
    const text = stack.map((name) => names[name] ?? '').join(';');
    const line = `${text === '' ? (names[data.name[0] ?? 0] ?? '') : text} ${values}\n`;
    length += line.length;
    if (length > mostExportBytes) throw new ExportTooLarge();
    parts.push(line);
  });
  return parts;
}
