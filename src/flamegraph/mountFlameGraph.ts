/**
 * Draws a flame graph with its controls, breadcrumb and table into an element, and keeps it up to date until destroyed.
 *
 * Shape:  FlameGraphHandle. State goes both ways: what a person does here goes out through onStateChange, what the
 *         surroundings set comes in through setState and goes not out again.
 * Errors: data that is no nested set throws; a focus that is gone is not an error: its longest beginning is shown, and
 *         the state keeps all of it for when the bars come back.
 */
import type { Palette } from './barColours.ts';
import { makePalette } from './barColours.ts';
import { colourModeOf } from './colourModes.ts';
import { askForDetail, stackToDetail } from './cutAway.ts';
import type { DrawingParts, Pane } from './drawingParts.ts';
import { makeDrawingParts } from './drawingParts.ts';
import { download } from './export/exportGraph.ts';
import { exportItems } from './exportMenu.ts';
import type { FlameGraphData } from './flameGraphData.ts';
import { isDiff, wholeOf } from './flameGraphData.ts';
import { barOfPath, nameOf, pathOf } from './focusPath.ts';
import { frameOfBar, frameOfRow } from './frameInfo.ts';
import { frameMenuItems } from './frameMenu.ts';
import { selfOfRow, totalOfRow } from './functionTable.ts';
import type { MenuPlace } from './menuRequest.ts';
import type {
  FlameGraphHandle,
  FlameGraphOptions,
  FlameGraphState,
  FlameGraphTheme,
  FlameGraphView,
  FrameInfo,
  MountFlameGraph,
} from './mountFlameGraph.types.ts';
import type { GraphScene } from './paintGraph.ts';
import { headlineOf, trustOf } from './provenance.ts';
import type { FrameTypes } from './runtimeOf.ts';
import { searchForExactly } from './searchBars.ts';
import { ShownGraph } from './shownGraph.ts';
import { addStyles, applyTheme } from './styles.ts';
import type { TreeLayout } from './treeLayout.ts';

export const mountFlameGraph: MountFlameGraph = (host, options) => new Drawing(host, options);

class Drawing implements FlameGraphHandle {
  private readonly stop = new AbortController();
  private readonly options: FlameGraphOptions;
  private readonly parts: DrawingParts;
  private readonly removeStyles: () => void;
  private readonly sizes: ResizeObserver | undefined;
  private palette: Palette;
  private state: FlameGraphState;
  private shown: ShownGraph | undefined;
  private typesAskedOf: ShownGraph | undefined;
  private viewBefore: FlameGraphView | undefined;
  private laterFrame: number | undefined;
  private laterTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, options: FlameGraphOptions) {
    const { signal } = this.stop;
    this.options = options;
    this.state = options.state;
    this.palette = makePalette(options.theme);
    this.parts = this.makeParts(signal);
    const { root, main, callers, table } = this.parts;
    root.addEventListener('keydown', (event) => this.pressed(event), { signal });
    root.classList.toggle('plens-compact', options.isCompact === true);
    host.append(root);
    this.removeStyles = addStyles(root);
    applyTheme(root, options.theme);
    this.sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(() => this.resize());
    for (const pane of [root, main.graph.root, callers.graph.root, table.root]) this.sizes?.observe(pane);
    this.render();
  }

  setData(data: FlameGraphData | undefined): void {
    this.note('');
    this.shown = data === undefined || data.count === 0 ? undefined : new ShownGraph(data, this.shown?.types);
    this.render();
  }

  setTheme(theme: FlameGraphTheme): void {
    this.palette = makePalette(theme);
    applyTheme(this.parts.root, theme);
    for (const { graph } of [this.parts.main, this.parts.callers]) graph.setTheme(theme, this.palette);
    this.showLegend();
    this.showTheRestSoon();
  }

  setState(state: FlameGraphState): void {
    if (state.search !== this.state.search) this.parts.toolbar.forgetTyping();
    this.state = state;
    this.render();
  }

  resize(): void {
    this.parts.main.graph.resize();
    this.parts.callers.graph.resize();
    this.parts.table.resize();
  }

  destroy(): void {
    this.stop.abort();
    this.sizes?.disconnect();
    if (this.laterFrame !== undefined) cancelAnimationFrame(this.laterFrame);
    clearTimeout(this.laterTimer);
    this.removeStyles();
    this.parts.root.remove();
  }

  private makeParts(signal: AbortSignal): DrawingParts {
    const { theme, getContext = (canvas) => canvas.getContext('2d', { alpha: false }) } = this.options;
    const events = {
      onSearch: (search: string) => this.change({ search }),
      onView: (view: FlameGraphView) => this.change({ view }),
      onReset: () => this.reset(),
      onHelp: () => this.parts.help.toggle(),
      onLeave: () => this.parts.main.graph.canvas.focus(),
      onExport: (button: HTMLElement) => this.openExports(button),
      onColour: (colour: FlameGraphState['colour']) => this.change({ colour }),
      onHide: (hide: FlameGraphState['hide']) => this.change({ hide }),
      onCollapse: (collapseRecursion: boolean) => this.change({ collapseRecursion }),
      onFocus: (pane: Pane, bar: number) => this.focusOn(pane, bar),
      onMenu: (pane: Pane, bar: number, place: MenuPlace) => this.openBarMenu(pane, bar, place),
      onDetail: (pane: Pane, bar: number) => this.openDetail(pane, bar),
      onLeaveDetail: () => this.options.detail?.leave(),
      onRow: (name: number) => this.chooseRow(name),
      onRowMenu: (name: number, place: MenuPlace) => this.openRowMenu(name, place),
    };
    return makeDrawingParts(events, theme, this.palette, getContext, signal);
  }

  private change(change: Partial<FlameGraphState>): void {
    const { view } = change;
    if (view !== undefined) this.viewBefore = view === 'sandwich' ? (this.viewBefore ?? this.state.view) : undefined;
    this.setState({ ...this.state, ...change });
    this.options.onStateChange(this.state);
  }

  /** In callers and callees a step goes on to the next function. */
  private focusOn(pane: Pane, bar: number): void {
    const { scene } = pane;
    if (scene === undefined) return;
    if (this.state.view === 'sandwich') this.change({ sandwich: nameOf(scene.layout, bar) });
    else this.change({ focus: pathOf(scene.layout, bar) });
  }

  /** A second choice of the same function takes the search away again. */
  private chooseRow(name: number): void {
    const text = this.shown?.data.names[name] ?? '';
    const search = searchForExactly(text);
    if (this.state.view === 'sandwich') this.change({ sandwich: text });
    else this.change({ search: search === this.state.search ? '' : search });
  }

  private reset(): void {
    this.parts.toolbar.forgetTyping();
    this.change({ search: '', focus: [], hide: undefined, collapseRecursion: undefined, sandwich: undefined });
  }

  private pressed(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && !isTyping) this.parts.toolbar.focusSearch();
    else if (event.key === '?' && !isTyping) this.parts.help.toggle();
    else if (event.key !== 'Escape' || !this.goBack()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** One thing at a time; false when there is nothing to go back from, so that the key is the surroundings' again. */
  private goBack(): boolean {
    const { state, viewBefore } = this;
    if (this.parts.help.hide()) return true;
    if (state.view === 'sandwich' && viewBefore !== undefined) this.change({ view: viewBefore, sandwich: undefined });
    else if (state.focus.length > 0) this.change({ focus: [] });
    else if (state.search !== '') this.change({ search: '' });
    else if (this.shown?.data.detailOf !== undefined) this.options.detail?.leave();
    else return false;
    return true;
  }

  private openDetail({ scene }: Pane, bar: number): void {
    const stack = this.detailStack(scene, bar);
    if (stack === undefined) return;
    const answer = askForDetail(this.options.detail, this.state, stack);
    this.note(answer instanceof Promise ? 'Asking for the full detail …' : (answer ?? ''));
    if (answer instanceof Promise) void answer.then((why) => this.note(why ?? ''));
  }

  private note(text: string): void {
    this.parts.note.textContent = text;
  }

  private detailStack(scene: GraphScene | undefined, bar: number): readonly string[] | undefined {
    if (scene === undefined || this.state.view === 'sandwich') return undefined;
    return stackToDetail(scene.layout, bar);
  }

  private openBarMenu(pane: Pane, bar: number, place: MenuPlace): void {
    const { scene } = pane;
    if (scene === undefined) return;
    const onFocus = this.state.view === 'sandwich' ? undefined : () => this.focusOn(pane, bar);
    const hasMore = this.detailStack(scene, bar) !== undefined;
    this.openMenu(frameOfBar(scene, bar), place, onFocus, hasMore ? () => this.openDetail(pane, bar) : undefined);
  }

  private openRowMenu(name: number, place: MenuPlace): void {
    const { shown, state } = this;
    if (shown === undefined) return;
    this.openMenu(frameOfRow(shown, state, name), place, undefined);
  }

  private openMenu(frame: FrameInfo, place: MenuPlace, onFocus: (() => void) | undefined, onDetail?: () => void): void {
    const { state, options } = this;
    const onChange = (change: Partial<FlameGraphState>) => this.change(change);
    const items = frameMenuItems({ frame, state, options, onFocus, onDetail, onChange });
    this.parts.menu.show(frame.name, items, place.x, place.y);
  }

  private openExports(button: HTMLElement): void {
    const { shown, state, options, parts } = this;
    if (shown === undefined) return;
    const items = exportItems({
      shown,
      state,
      parts,
      onExport: options.onExport ?? download,
      onNote: (text) => this.note(text),
    });
    const { left, bottom } = button.getBoundingClientRect();
    parts.menu.show('Export what is shown', items, left, bottom);
  }

  private render(): void {
    const { shown, state, parts } = this;
    const { view } = state;
    const layout = shown?.layout(state);
    const focus = layout === undefined ? 0 : barOfPath(layout, state.focus);
    const matches = layout && shown?.matches(layout, state);
    const hasDiff = shown !== undefined && isDiff(shown.data);
    const whole = shown === undefined ? { left: 0, right: 0 } : wholeOf(shown.data);
    parts.toolbar.show(state, matches, whole);
    parts.filters.show(state, hasDiff, shown === undefined ? '' : headlineOf(shown.data));
    parts.detail.show(shown?.data.detailOf);
    parts.breadcrumb.show(view === 'sandwich' ? undefined : layout, focus);
    parts.empty.hidden = shown !== undefined;
    const sandwich = view === 'sandwich' ? shown?.sandwich(state) : undefined;
    parts.panes.hidden = shown === undefined;
    const hasGraph = view !== 'table' && (view !== 'sandwich' || sandwich !== undefined);
    showOnly(
      parts.graphs,
      !hasGraph ? [] : sandwich === undefined ? [parts.main.root] : [parts.callers.root, parts.main.root],
    );
    parts.table.root.hidden = view === 'flame' || view === 'icicle';
    const isRootBelow = view === 'flame';
    parts.callers.show(this.sceneOf(sandwich?.callers, { isRootBelow: true, isInverted: true }), 'Callers');
    parts.main.show(
      sandwich === undefined ? this.sceneOf(layout, { isRootBelow, focus }) : this.sceneOf(sandwich.callees, {}),
      sandwich === undefined ? '' : 'Callees',
    );
    this.showLegend();
    this.showTheRestSoon();
  }

  private sceneOf(
    layout: TreeLayout | undefined,
    { focus = 0, isRootBelow = false, isInverted = false }: Partial<GraphScene>,
  ): GraphScene | undefined {
    const { shown, state } = this;
    if (layout === undefined || shown === undefined) return undefined;
    const matches = shown.matches(layout, state);
    return { layout, focus, isRootBelow, isInverted, matches, colourOf: shown.colouring(layout, state).ofBar };
  }

  private showLegend(): void {
    const { shown } = this;
    const mode = colourModeOf(this.state.colour, shown !== undefined && isDiff(shown.data));
    this.parts.footer.hidden = shown === undefined;
    const isRuntime = mode === 'runtime' && shown !== undefined;
    if (isRuntime) this.askTypes(shown);
    this.parts.legend.show(mode, this.palette, isRuntime ? shown.toldShare() : 0);
  }

  /** Once per data: until it is answered, and where it is not, names are all there is to go by. */
  private askTypes(shown: ShownGraph): void {
    const { frameTypes } = this.options;
    if (frameTypes === undefined || this.typesAskedOf === shown) return;
    this.typesAskedOf = shown;
    const take = (types: FrameTypes): void => {
      if (this.shown !== shown || this.stop.signal.aborted) return;
      shown.types = types;
      this.render();
    };
    frameTypes(shown.data).then(take, () => undefined);
  }

  /** The graph is painted first: sums and order of a large table take longer than a frame. */
  private showTheRestSoon(): void {
    this.laterFrame ??= requestAnimationFrame(() => {
      this.laterFrame = undefined;
      clearTimeout(this.laterTimer);
      this.laterTimer = setTimeout(() => this.showTheRest(), 0);
    });
  }

  private showTheRest(): void {
    const { shown, state, parts } = this;
    if (shown === undefined) return parts.table.show(undefined);
    parts.trust.textContent = trustOf(shown.data, shown.namedShare());
    if (parts.table.root.hidden) return;
    const layout = shown.layout(state);
    const table = shown.table(state);
    const { ofFunction } = shown.colouring(layout, state);
    parts.table.show({
      table,
      whole: wholeOf(shown.data),
      unit: shown.data.unit,
      matches: shown.matches(layout, state)?.names,
      fillOf: (name) =>
        this.palette.full[ofFunction(name, totalOfRow(table, name), selfOfRow(table, name))]?.fill ?? '',
      chosen: this.chosenRow(layout),
    });
  }

  private chosenRow(layout: TreeLayout): number | undefined {
    const { shown, state } = this;
    if (state.view === 'sandwich') return shown?.sandwichName(state);
    const matches = shown?.matches(layout, state);
    const chosen = matches?.functionCount === 1 ? matches.names.indexOf(1) : -1;
    const isExact = chosen >= 0 && searchForExactly(layout.data.names[chosen] ?? '') === state.search;
    return isExact ? chosen : undefined;
  }
}

/** What is not shown is not there, for whoever looks for a graph; what stays is not moved, as it would lose the keyboard. */
function showOnly(parent: HTMLElement, children: readonly HTMLElement[]): void {
  parent.hidden = children.length === 0;
  const isSame =
    parent.childElementCount === children.length && children.every((child, i) => child === parent.children[i]);
  if (isSame) return;
  for (const child of [...parent.children]) if (!children.some((each) => each === child)) child.remove();
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
}
