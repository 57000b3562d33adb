/** A row of the table of functions: colour and name, then a cell for each column of values, shares or changes. */
import { element } from './element.ts';
import { shownName } from './fitText.ts';
import type { Sides } from './flameGraphData.ts';
import { shareOf } from './flameGraphData.ts';
import { formatPoints, formatRelative, formatShare, formatValue } from './formatValue.ts';
import type { FunctionTable, TableColumn } from './functionTable.ts';
import { selfOfRow, totalOfRow } from './functionTable.ts';

export interface RowCells {
  readonly root: HTMLElement;
  readonly colour: HTMLElement;
  readonly name: HTMLElement;
  readonly numbers: readonly NumberCell[];
}

interface NumberCell {
  readonly column: TableColumn;
  readonly root: HTMLElement;
  readonly bar: HTMLElement;
  readonly value: HTMLElement;
  readonly share: HTMLElement;
}

interface RowScene {
  readonly table: FunctionTable;
  readonly whole: Sides;
  readonly unit: string;
  readonly fillOf: (name: number) => string;
  readonly chosen: number | undefined;
}

export function makeRow(columns: readonly TableColumn[]): RowCells {
  const colour = element('span', 'plens-cell-colour');
  const name = element('span', 'plens-cell-text');
  const nameCell = element('div', 'plens-cell', { role: 'gridcell' }, colour, name);
  const numbers = columns.map(makeNumberCell);
  const cells = numbers.map(({ root }) => root);
  return { root: element('div', 'plens-row', { role: 'row' }, nameCell, ...cells), colour, name, numbers };
}

function makeNumberCell(column: TableColumn): NumberCell {
  const [bar, value, share] = [
    element('span', 'plens-cell-bar'),
    element('span', 'plens-cell-text'),
    element('span', 'plens-cell-share'),
  ];
  const root = element('div', 'plens-cell plens-cell-number', { role: 'gridcell' }, bar, value, share);
  return { column, root, bar, value, share };
}

export function fillRow(row: RowCells, scene: RowScene, name: number): void {
  const text = shownName(scene.table.names[name] ?? '');
  row.name.textContent = text;
  row.name.title = text;
  row.colour.style.background = scene.fillOf(name);
  row.root.setAttribute('aria-selected', String(name === scene.chosen));
  for (const cell of row.numbers) fillNumber(cell, scene, name);
}

function fillNumber({ column, bar, value, share }: NumberCell, { table, whole, unit }: RowScene, name: number): void {
  if (column === 'selfChange' || column === 'totalChange') {
    const part = column === 'selfChange' ? selfOfRow(table, name) : totalOfRow(table, name);
    const [before, after] = [shareOf(part.left, whole.left), shareOf(part.right, whole.right)];
    value.textContent = formatPoints(after - before).replace(' points', '');
    share.textContent = formatRelative(before, after);
    // Bars grow from the middle: to the left for less, to the right for more.
    const width = Math.min(50, shareOf(Math.abs(after - before), table.right?.mostChange ?? 0) * 50);
    bar.classList.toggle('plens-cell-less', after < before);
    bar.style.width = `${width}%`;
    bar.style.left = `${after < before ? 50 - width : 50}%`;
    return;
  }
  const isRight = column === 'totalRight';
  const part = column === 'self' ? selfOfRow(table, name).left : totalOfRow(table, name)[isRight ? 'right' : 'left'];
  const all = isRight ? whole.right : whole.left;
  // Sides of a diff were gathered for different times: their shares are what can be compared.
  value.textContent = table.right === undefined ? formatValue(part, unit) : formatShare(part, all);
  share.textContent = table.right === undefined ? formatShare(part, all) : '';
  bar.style.width = `${Math.min(100, shareOf(part, all) * 100)}%`;
}
