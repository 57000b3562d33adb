/** The elements of a drawing, made and put together; what they do to each other is decided by who makes them. */
import type { Palette } from './barColours.ts';
import { Breadcrumb } from './breadcrumb.ts';
import { DetailLine } from './detailLine.ts';
import { element } from './element.ts';
import type { FilterBarEvents } from './filterBar.ts';
import { FilterBar } from './filterBar.ts';
import { shownName } from './fitText.ts';
import { nameOf } from './focusPath.ts';
import { FunctionTableView } from './functionTableView.ts';
import { GraphCanvas } from './graphCanvas.ts';
import type { GraphInputEvents } from './graphInput.ts';
import { GraphInput } from './graphInput.ts';
import { KeysHelp } from './keysHelp.ts';
import { Legend } from './legend.ts';
import type { MenuPlace } from './menuRequest.ts';
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';
import type { GraphScene, PaintContext } from './paintGraph.ts';
import { PopupMenu } from './popupMenu.ts';
import type { ToolbarEvents } from './toolbar.ts';
import { Toolbar } from './toolbar.ts';

export interface DrawingEvents extends ToolbarEvents, FilterBarEvents {
  readonly onFocus: (pane: Pane, bar: number) => void;
  readonly onMenu: (pane: Pane, bar: number, place: MenuPlace) => void;
  readonly onDetail: (pane: Pane, bar: number) => void;
  readonly onLeaveDetail: () => void;
  readonly onRow: (name: number) => void;
  readonly onRowMenu: (name: number, place: MenuPlace) => void;
}

export interface DrawingParts {
  readonly root: HTMLElement;
  readonly panes: HTMLElement;
  /** Holds the graphs that are shown, from top to bottom. */
  readonly graphs: HTMLElement;
  readonly toolbar: Toolbar;
  readonly filters: FilterBar;
  readonly breadcrumb: Breadcrumb;
  readonly detail: DetailLine;
  readonly main: Pane;
  readonly callers: Pane;
  readonly table: FunctionTableView;
  readonly help: KeysHelp;
  readonly menu: PopupMenu;
  readonly legend: Legend;
  readonly footer: HTMLElement;
  readonly trust: HTMLElement;
  /** Why something that was asked for could not be done. */
  readonly note: HTMLElement;
  readonly empty: HTMLElement;
}

type GetContext = (canvas: HTMLCanvasElement) => PaintContext | null;

/** A graph with what pointer and keys do on it, and a heading when there is more than one. */
export class Pane {
  readonly graph: GraphCanvas;
  readonly input: GraphInput;
  readonly root: HTMLElement;
  scene: GraphScene | undefined;
  private readonly heading = element('div', 'plens-heading', { hidden: '' });

  constructor(className: string, graph: GraphCanvas, label: string, events: GraphInputEvents, signal: AbortSignal) {
    this.graph = graph;
    this.input = new GraphInput(graph, label, events, signal);
    this.root = element('div', `plens-pane ${className}`, {}, this.heading, graph.root);
  }

  show(scene: GraphScene | undefined, heading: string): void {
    this.scene = scene;
    this.heading.hidden = heading === '' || scene === undefined;
    if (scene !== undefined) this.heading.textContent = `${heading} of ${shownName(nameOf(scene.layout, 0))}`;
    this.graph.show(scene);
    this.input.show(scene);
  }
}

export function makeDrawingParts(
  events: DrawingEvents,
  theme: FlameGraphTheme,
  palette: Palette,
  getContext: GetContext,
  signal: AbortSignal,
): DrawingParts {
  const paneOf = (className: string, label: string): Pane => {
    const graph = new GraphCanvas(theme, palette, getContext, signal);
    const inputs: GraphInputEvents = {
      onFocus: (bar) => events.onFocus(pane, bar),
      onMenu: (bar, place) => events.onMenu(pane, bar, place),
      onDetail: (bar) => events.onDetail(pane, bar),
    };
    const pane: Pane = new Pane(className, graph, label, inputs, signal);
    return pane;
  };
  const callers = paneOf('plens-callers', 'Callers');
  const main = paneOf('plens-main', 'Flame graph');
  const table = new FunctionTableView(events.onRow, events.onRowMenu, signal);
  const toolbar = new Toolbar(events, signal);
  const filters = new FilterBar(events, signal);
  const breadcrumb = new Breadcrumb((bar) => events.onFocus(main, bar));
  const [help, menu, legend] = [new KeysHelp(signal), new PopupMenu(signal), new Legend()];
  const trust = element('span', 'plens-trust');
  const note = element('span', 'plens-note', { role: 'alert' });
  const footer = element('div', 'plens-footer', {}, trust, legend.root);
  const graphs = element('div', 'plens-graphs');
  const panes = element('div', 'plens-panes', {}, table.root, graphs);
  const empty = element('div', 'plens-empty', {}, 'No profile data');
  const detail = new DetailLine(events.onLeaveDetail, signal);
  const lines = [toolbar.root, filters.root, detail.root, breadcrumb.root, panes, note, footer, empty];
  const layers = [help.root, menu.root, callers.input.tooltip.root, main.input.tooltip.root];
  const root = element('div', 'plens-root', {}, ...lines, ...layers);
  return {
    root,
    panes,
    graphs,
    toolbar,
    filters,
    breadcrumb,
    detail,
    main,
    callers,
    table,
    help,
    menu,
    legend,
    footer,
    trust,
    note,
    empty,
  };
}
