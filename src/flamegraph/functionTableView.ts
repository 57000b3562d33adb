/**
 * The table of functions: a grid of which only the rows in view exist. In a diff it has both sides and what changed.
 *
 * Sorting and summing wait until the table is shown; a row that is chosen goes out as its name index.
 */
import { element, freshId } from './element.ts';
import type { Sides } from './flameGraphData.ts';
import type { RowCells } from './functionRow.ts';
import { fillRow, makeRow } from './functionRow.ts';
import type { FunctionTable, TableColumn, TableOrder } from './functionTable.ts';
import { filterRows, sortRows } from './functionTable.ts';
import type { MenuPlace } from './menuRequest.ts';
import { isMenuKey, onMenuAsked, placeBeside } from './menuRequest.ts';
import type { Rows } from './rowGeometry.ts';
import { elementPixels, offsetOf, offsetShowing, scrollTopOf } from './rowGeometry.ts';

const rowPixels = 26;

export interface TableScene {
  readonly table: FunctionTable;
  readonly whole: Sides;
  readonly unit: string;
  /** By name index; undefined: all are shown. */
  readonly matches: Uint8Array | undefined;
  readonly fillOf: (name: number) => string;
  readonly chosen: number | undefined;
}

type Columns = readonly (readonly [TableColumn, string])[];
const plainColumns: Columns = [
  ['name', 'Function'],
  ['self', 'Self'],
  ['total', 'Total'],
];
const diffColumns: Columns = [
  ['name', 'Function'],
  ['total', 'Baseline'],
  ['totalRight', 'Comparison'],
  ['totalChange', 'Points'],
  ['selfChange', 'Self points'],
];

export class FunctionTableView {
  private readonly window = element('div', 'plens-table-window', { role: 'rowgroup' });
  private readonly content = element('div', 'plens-table-content', { role: 'presentation' }, this.window);
  private readonly body = element('div', 'plens-table-body', { tabindex: '0' }, this.content);
  private readonly empty = element('div', 'plens-empty', {}, 'No function matches');
  private readonly headRow = element('div', 'plens-row', { role: 'row' });
  private columns: Columns = [];
  readonly root: HTMLElement;
  private readonly idPrefix = freshId('row');
  private pool: RowCells[] = [];
  private readonly onChoose: (name: number) => void;
  private readonly onMenu: (name: number, place: MenuPlace) => void;
  private readonly signal: AbortSignal;
  private scene: TableScene | undefined;
  private order: TableOrder = { column: 'self', isDescending: true };
  private sorted: { readonly table: FunctionTable; readonly order: TableOrder; readonly rows: Uint32Array } | undefined;
  private shown: Uint32Array = new Uint32Array();
  private current = 0;
  private geometry: Rows = { count: 0, rowPixels, viewportPixels: 0 };
  private frame: number | undefined;

  constructor(onChoose: (name: number) => void, onMenu: (name: number, place: MenuPlace) => void, signal: AbortSignal) {
    this.onChoose = onChoose;
    this.onMenu = onMenu;
    this.signal = signal;
    const head = element('div', 'plens-table-head', { role: 'rowgroup' }, this.headRow);
    this.root = element('div', 'plens-table', { role: 'grid', 'aria-label': 'Functions' }, head, this.body, this.empty);
    this.body.addEventListener('scroll', () => this.repaint(), { signal, passive: true });
    this.body.addEventListener('keydown', (event) => this.pressed(event), { signal });
    this.window.addEventListener('click', (event) => this.clicked(event), { signal });
    onMenuAsked(this.window, (place) => this.menuAsked(place), signal);
    signal.addEventListener('abort', () => {
      if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    });
  }

  show(scene: TableScene | undefined): void {
    this.scene = scene;
    this.setColumns(scene?.table.right === undefined ? plainColumns : diffColumns);
    if (scene === undefined) this.shown = new Uint32Array();
    else this.shown = filterRows(this.sortedRows(scene.table), scene.matches);
    this.current = Math.max(0, Math.min(this.current, this.shown.length - 1));
    this.empty.hidden = scene === undefined || this.shown.length > 0;
    this.root.setAttribute('aria-rowcount', String(this.shown.length + 1));
    this.showOrder();
    this.resize();
  }

  /** Another kind of data begins with the order that suits it: what costs most, or what grew most. */
  private setColumns(columns: Columns): void {
    if (this.columns === columns) return;
    this.columns = columns;
    this.order = { column: columns === diffColumns ? 'selfChange' : 'self', isDescending: true };
    this.root.classList.toggle('plens-table-diff', columns === diffColumns);
    this.headRow.replaceChildren(...columns.map(([column, label]) => this.header(column, label)));
    for (const { root } of this.pool) root.remove();
    this.pool = [];
  }

  private showOrder(): void {
    this.columns.forEach(([column], i) => {
      const header = this.headRow.children[i];
      const direction = this.order.isDescending ? 'descending' : 'ascending';
      header?.setAttribute('aria-sort', column === this.order.column ? direction : 'none');
      const mark = header?.querySelector('.plens-sort-mark') ?? undefined;
      if (mark !== undefined)
        mark.textContent = column !== this.order.column ? '' : this.order.isDescending ? '▼' : '▲';
    });
  }

  resize(): void {
    this.geometry = { count: this.shown.length, rowPixels, viewportPixels: this.body.clientHeight };
    this.content.style.height = `${elementPixels(this.geometry)}px`;
    this.window.style.height = `${this.geometry.viewportPixels}px`;
    this.paint();
  }

  private sortedRows(table: FunctionTable): Uint32Array {
    if (this.sorted?.table !== table || this.sorted.order !== this.order) {
      this.sorted = { table, order: this.order, rows: sortRows(table, this.order) };
    }
    return this.sorted.rows;
  }

  private header(column: TableColumn, label: string): HTMLElement {
    const mark = element('span', 'plens-sort-mark', { 'aria-hidden': 'true' });
    const button = element('button', 'plens-sort', { type: 'button' }, label, mark);
    button.addEventListener('click', () => this.sortBy(column), { signal: this.signal });
    const className = column === 'name' ? 'plens-cell' : 'plens-cell plens-cell-number';
    return element('div', className, { role: 'columnheader' }, button);
  }

  /** The same column again turns the order round; numbers begin with the largest, names with A. */
  private sortBy(column: TableColumn): void {
    const isAgain = this.order.column === column;
    this.order = { column, isDescending: isAgain ? !this.order.isDescending : column !== 'name' };
    this.current = 0;
    this.body.scrollTop = 0;
    this.show(this.scene);
  }

  private pressed(event: KeyboardEvent): void {
    if (isMenuKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      const row = this.window.querySelector('[data-current]');
      const name = this.shown[this.current];
      if (name !== undefined && row !== null) this.onMenu(name, placeBeside(row.getBoundingClientRect()));
      return;
    }
    const page = Math.max(1, Math.floor(this.geometry.viewportPixels / rowPixels) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    const name = this.shown[this.current];
    if (event.key === 'Enter' && name !== undefined) this.onChoose(name);
    else if (step === undefined) return;
    else this.moveTo(Math.max(0, Math.min(this.shown.length - 1, this.current + step)));
    event.preventDefault();
    event.stopPropagation();
  }

  private moveTo(row: number): void {
    this.current = row;
    const offset = offsetOf(this.geometry, this.body.scrollTop);
    this.body.scrollTop = scrollTopOf(this.geometry, offsetShowing(this.geometry, row * rowPixels, offset));
    this.paint();
  }

  private clicked(event: MouseEvent): void {
    const index = this.rowOf(event.target);
    const name = this.shown[index];
    if (name === undefined) return;
    this.current = index;
    this.onChoose(name);
  }

  private menuAsked(place: MenuPlace): void {
    const index = this.rowOf(place.target);
    const name = this.shown[index];
    if (name === undefined) return;
    this.current = index;
    this.paint();
    this.onMenu(name, place);
  }

  private rowOf(target: EventTarget | null): number {
    const row = this.pool.find(({ root }) => target instanceof Node && root.contains(target));
    return Number(row?.root.getAttribute('aria-rowindex') ?? 0) - 2;
  }

  private repaint(): void {
    this.frame ??= requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    const { scene, geometry, shown } = this;
    const offset = offsetOf(geometry, this.body.scrollTop);
    const first = Math.floor(offset / rowPixels);
    const inView = Math.ceil(geometry.viewportPixels / rowPixels) + 1;
    const count = scene === undefined ? 0 : Math.max(0, Math.min(inView, shown.length - first));
    while (this.pool.length < count) this.pool.push(this.addRow());
    this.pool.forEach((row, i) => {
      row.root.hidden = i >= count;
      if (scene === undefined || i >= count) return;
      fillRow(row, scene, shown[first + i] ?? 0);
      row.root.style.top = `${(first + i) * rowPixels - offset}px`;
      row.root.id = `${this.idPrefix}-${first + i}`;
      row.root.setAttribute('aria-rowindex', String(first + i + 2));
      row.root.toggleAttribute('data-current', first + i === this.current);
    });
    if (count > 0) this.body.setAttribute('aria-activedescendant', `${this.idPrefix}-${this.current}`);
    else this.body.removeAttribute('aria-activedescendant');
  }

  private addRow(): RowCells {
    const row = makeRow(this.columns.slice(1).map(([column]) => column));
    this.window.append(row.root);
    return row;
  }
}
