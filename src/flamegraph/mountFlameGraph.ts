/**
 * Draws a flame graph with its toolbar, breadcrumb and table into an element, and keeps it up to date until destroyed.
 *
 * Shape:  FlameGraphHandle. State goes both ways: what a person does here goes out through onStateChange, what the
 *         surroundings set comes in through setState and goes not out again.
 * Errors: data that is no nested set throws; a focus that is gone is not an error: its longest beginning is shown, and
 *         the state keeps all of it for when the bars come back.
 */
import type { Palette } from './barColours.ts';
import { colourByName, makePalette } from './barColours.ts';
import { Breadcrumb } from './breadcrumb.ts';
import { element } from './element.ts';
import type { FlameGraphData } from './flameGraphData.ts';
import { barOfPath, pathOf } from './focusPath.ts';
import { sumFunctions } from './functionTable.ts';
import type { FunctionTable } from './functionTable.ts';
import { FunctionTableView } from './functionTableView.ts';
import { GraphCanvas } from './graphCanvas.ts';
import { GraphInput } from './graphInput.ts';
import { KeysHelp } from './keysHelp.ts';
import type {
  FlameGraphHandle,
  FlameGraphOptions,
  FlameGraphState,
  FlameGraphTheme,
  MountFlameGraph,
} from './mountFlameGraph.types.ts';
import type { SearchMatches } from './searchBars.ts';
import { searchBars, searchForExactly } from './searchBars.ts';
import { addStyles, applyTheme } from './styles.ts';
import { Toolbar } from './toolbar.ts';
import type { TreeLayout } from './treeLayout.ts';
import { layoutTree } from './treeLayout.ts';

export const mountFlameGraph: MountFlameGraph = (host, options) => new Drawing(host, options);

/** All that is worked out from one set of data, each part when it is first needed. */
interface Shown {
  readonly layout: TreeLayout;
  readonly colourOf: (name: number) => number;
  table: FunctionTable | undefined;
}

class Drawing implements FlameGraphHandle {
  private readonly root = element('div', 'plens-root');
  private readonly stop = new AbortController();
  private readonly toolbar: Toolbar;
  private readonly breadcrumb = new Breadcrumb((bar) => this.focusOn(bar));
  private readonly graph: GraphCanvas;
  private readonly input: GraphInput;
  private readonly table: FunctionTableView;
  private readonly help: KeysHelp;
  private readonly empty = element('div', 'plens-empty', {}, 'No profile data');
  private readonly removeStyles: () => void;
  private readonly sizes: ResizeObserver | undefined;
  private readonly onStateChange: (state: FlameGraphState) => void;
  private palette: Palette;
  private state: FlameGraphState;
  private shown: Shown | undefined;
  private matches: SearchMatches | undefined;
  private focus = 0;
  private tableFrame: number | undefined;
  private tableTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: FlameGraphOptions) {
    const { signal } = this.stop;
    this.state = options.state;
    this.onStateChange = options.onStateChange;
    this.palette = makePalette(options.theme);
    const getContext = options.getContext ?? ((canvas) => canvas.getContext('2d', { alpha: false }));
    this.toolbar = this.makeToolbar(signal);
    this.graph = new GraphCanvas(options.theme, this.palette, getContext, signal);
    this.input = new GraphInput(this.graph, (bar) => this.focusOn(bar), signal);
    this.table = new FunctionTableView((name) => this.searchFor(name), signal);
    this.help = new KeysHelp(signal);
    const panes = element('div', 'plens-panes', {}, this.table.root, this.graph.root);
    const parts = [this.toolbar.root, this.breadcrumb.root, panes, this.empty, this.help.root, this.input.tooltip.root];
    this.root.append(...parts);
    this.root.addEventListener('keydown', (event) => this.pressed(event), { signal });
    host.append(this.root);
    this.removeStyles = addStyles(this.root);
    applyTheme(this.root, options.theme);
    this.sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(() => this.resize());
    for (const pane of [this.root, this.graph.root, this.table.root]) this.sizes?.observe(pane);
    this.render();
  }

  setData(data: FlameGraphData | undefined): void {
    const isEmpty = data === undefined || data.count === 0;
    this.shown = isEmpty
      ? undefined
      : { layout: layoutTree(data), colourOf: colourByName(data.names), table: undefined };
    this.findMatches();
    this.render();
  }

  setTheme(theme: FlameGraphTheme): void {
    this.palette = makePalette(theme);
    applyTheme(this.root, theme);
    this.graph.setTheme(theme, this.palette);
    this.showTableSoon();
  }

  setState(state: FlameGraphState): void {
    const isNewSearch = state.search !== this.state.search;
    if (isNewSearch) this.toolbar.forgetTyping();
    this.state = state;
    if (isNewSearch) this.findMatches();
    this.render();
  }

  resize(): void {
    this.graph.resize();
    this.table.resize();
  }

  destroy(): void {
    this.stop.abort();
    this.sizes?.disconnect();
    if (this.tableFrame !== undefined) cancelAnimationFrame(this.tableFrame);
    clearTimeout(this.tableTimer);
    this.removeStyles();
    this.root.remove();
  }

  private makeToolbar(signal: AbortSignal): Toolbar {
    const events = {
      onSearch: (search: string) => this.change({ search }),
      onView: (view: FlameGraphState['view']) => this.change({ view }),
      onReset: () => this.reset(),
      onHelp: () => this.help.toggle(),
      onLeave: () => this.graph.canvas.focus(),
    };
    return new Toolbar(events, signal);
  }

  private change(change: Partial<FlameGraphState>): void {
    this.setState({ ...this.state, ...change });
    this.onStateChange(this.state);
  }

  private focusOn(bar: number): void {
    if (this.shown !== undefined) this.change({ focus: pathOf(this.shown.layout, bar) });
  }

  /** A second choice of the same function takes the search away again. */
  private searchFor(name: number): void {
    const text = searchForExactly(this.shown?.layout.data.names[name] ?? '');
    this.change({ search: text === this.state.search ? '' : text });
  }

  private reset(): void {
    this.toolbar.forgetTyping();
    this.change({ search: '', focus: [] });
  }

  private pressed(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && !isTyping) this.toolbar.focusSearch();
    else if (event.key === '?' && !isTyping) this.help.toggle();
    else if (event.key !== 'Escape' || !this.goBack()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** One thing at a time; false when there is nothing to go back from, so that the key is the surroundings' again. */
  private goBack(): boolean {
    if (this.help.hide()) return true;
    if (this.state.focus.length > 0) this.change({ focus: [] });
    else if (this.state.search !== '') this.change({ search: '' });
    else return false;
    return true;
  }

  private findMatches(): void {
    this.matches = this.shown === undefined ? undefined : searchBars(this.shown.layout, this.state.search);
  }

  private render(): void {
    const { shown, state, matches } = this;
    this.focus = shown === undefined ? 0 : barOfPath(shown.layout, state.focus);
    this.toolbar.show(state, matches, shown?.layout.data.total[0] ?? 0);
    this.breadcrumb.show(shown?.layout, this.focus);
    this.empty.hidden = shown !== undefined;
    this.graph.root.hidden = shown === undefined || state.view === 'table';
    this.table.root.hidden = shown === undefined || (state.view !== 'table' && state.view !== 'both');
    const { focus } = this;
    const scene = shown && { ...shown, focus, isRootBelow: state.view === 'flame', matches };
    this.graph.show(scene);
    this.input.show(scene);
    this.showTableSoon();
  }

  /** The graph is painted first: sums and order of a large table take longer than a frame. */
  private showTableSoon(): void {
    if (this.table.root.hidden) return;
    this.tableFrame ??= requestAnimationFrame(() => {
      this.tableFrame = undefined;
      clearTimeout(this.tableTimer);
      this.tableTimer = setTimeout(() => this.showTable(), 0);
    });
  }

  private showTable(): void {
    const { shown, matches, palette, state } = this;
    if (shown === undefined) return this.table.show(undefined);
    const { data } = shown.layout;
    shown.table ??= sumFunctions(shown.layout);
    const chosen = matches?.functionCount === 1 ? matches.names.indexOf(1) : -1;
    const isChosen = chosen >= 0 && searchForExactly(data.names[chosen] ?? '') === state.search;
    this.table.show({
      table: shown.table,
      whole: data.total[0] ?? 0,
      unit: data.unit,
      matches: matches?.names,
      fillOf: (name) => palette.full[shown.colourOf(name)]?.fill ?? '',
      chosen: isChosen ? chosen : undefined,
    });
  }
}
