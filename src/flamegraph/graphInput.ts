/** What pointer and keys do on the graph: hover tells, click and Enter focus, arrows walk from bar to bar. */
import { describeBar } from './barDescription.ts';
import { BarTooltip } from './barTooltip.ts';
import { barOfPath, pathOf } from './focusPath.ts';
import type { GraphCanvas } from './graphCanvas.ts';
import type { GraphScene } from './paintGraph.ts';
import type { MenuPlace } from './menuRequest.ts';
import { isMenuKey, onMenuAsked, placeBeside } from './menuRequest.ts';
import { TreeMirror } from './treeMirror.ts';
import type { Step } from './walkTree.ts';
import { stepFrom } from './walkTree.ts';

const steps: Readonly<Record<string, Step>> = {
  ArrowUp: 'parent',
  ArrowDown: 'heaviestChild',
  ArrowLeft: 'leftSibling',
  ArrowRight: 'rightSibling',
};

export interface GraphInputEvents {
  readonly onFocus: (bar: number) => void;
  readonly onMenu: (bar: number, place: MenuPlace) => void;
  readonly onDetail: (bar: number) => void;
}

export class GraphInput {
  readonly tooltip = new BarTooltip();
  private readonly graph: GraphCanvas;
  private readonly mirror: TreeMirror;
  private readonly events: GraphInputEvents;
  private scene: GraphScene | undefined;
  private current: number | undefined;
  private hovered: number | undefined;

  constructor(graph: GraphCanvas, label: string, events: GraphInputEvents, signal: AbortSignal) {
    this.graph = graph;
    this.events = events;
    this.mirror = new TreeMirror(graph.canvas, label);
    this.mirror.show(undefined, undefined);
    const { canvas } = graph;
    canvas.addEventListener('pointermove', (event) => this.moved(event), { signal });
    canvas.addEventListener('pointerleave', () => this.leave(), { signal });
    canvas.addEventListener('click', (event) => this.clicked(event), { signal });
    // The first click has focused and moved the bars, so it is the bar of that click.
    canvas.addEventListener('dblclick', () => this.current !== undefined && this.events.onDetail(this.current), {
      signal,
    });
    canvas.addEventListener('keydown', (event) => this.pressed(event), { signal });
    canvas.addEventListener('blur', () => this.tooltip.hide(), { signal });
    onMenuAsked(canvas, (place) => this.menuAsked(place), signal);
    graph.onScroll(() => this.leave(), signal);
  }

  /** The current bar is found again by its names when the data is new. */
  show(scene: GraphScene | undefined): void {
    const before = this.scene;
    this.scene = scene;
    this.leave();
    if (scene === undefined) this.current = undefined;
    else if (before !== undefined && before.layout !== scene.layout && this.current !== undefined) {
      this.current = barOfPath(scene.layout, pathOf(before.layout, this.current));
    }
    if (scene !== undefined && this.current !== undefined && !isInView(scene, this.current)) this.current = scene.focus;
    this.graph.mark('current', this.current);
    this.mirror.show(scene?.layout, this.current);
  }

  private moved(event: PointerEvent): void {
    // A finger has no hover: its tap tells and focuses at once.
    if (event.pointerType === 'touch') return;
    const bar = this.graph.barUnder(event.clientX, event.clientY);
    if (this.scene === undefined || bar === undefined) return this.leave();
    this.hovered = bar;
    this.graph.mark('hovered', bar);
    this.tell(this.scene, bar, event.clientX);
  }

  private tell({ layout, isInverted }: GraphScene, bar: number, x?: number): void {
    const box = this.graph.boxOf(bar);
    this.tooltip.show(describeBar(layout, bar, isInverted), box, x ?? box.left + Math.min(box.width / 2, 40));
  }

  private leave(): void {
    this.tooltip.hide();
    this.hovered = undefined;
    this.graph.mark('hovered', undefined);
  }

  private clicked(event: MouseEvent): void {
    const bar = this.graph.barUnder(event.clientX, event.clientY);
    if (bar === undefined) return;
    this.current = bar;
    this.events.onFocus(bar);
    const isTouch = 'pointerType' in event && event.pointerType === 'touch';
    if (isTouch && this.scene !== undefined) this.tell(this.scene, bar);
  }

  private menuAsked(place: MenuPlace): void {
    const bar = this.graph.barUnder(place.x, place.y);
    if (bar === undefined) return;
    this.setCurrent(bar);
    this.leave();
    this.events.onMenu(bar, place);
  }

  private openMenuOf(bar: number): void {
    const { left, top, height } = this.graph.boxOf(bar);
    this.leave();
    this.events.onMenu(bar, placeBeside({ left, bottom: top + height }));
  }

  private setCurrent(bar: number): void {
    this.current = bar;
    this.graph.mark('current', bar);
    this.mirror.show(this.scene?.layout, bar);
  }

  private pressed(event: KeyboardEvent): void {
    if (this.scene === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { layout, focus } = this.scene;
    const from = this.current ?? focus;
    const step = steps[event.key];
    if (isMenuKey(event)) this.openMenuOf(from);
    else if (event.key === 'Enter') this.events.onFocus(from);
    else if (event.key === 'd') this.events.onDetail(from);
    else if (event.key === 'Home') this.walkTo(this.scene, 0);
    // The first key shows where one stands.
    else if (step !== undefined)
      this.walkTo(this.scene, this.current === undefined ? from : stepFrom(layout, from, step));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private walkTo(scene: GraphScene, bar: number): void {
    if (!isInView(scene, bar)) return;
    this.graph.scrollToBar(bar);
    this.leave();
    this.setCurrent(bar);
    this.tell(scene, bar);
  }
}

/** Below the focus or above it; what stands beside an ancestor of the focus is not drawn. */
function isInView({ layout, focus }: GraphScene, bar: number): boolean {
  const isBelow = bar >= focus && bar < (layout.end[focus] ?? 0);
  return isBelow || (focus >= bar && focus < (layout.end[bar] ?? 0));
}
