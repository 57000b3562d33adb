import type { ColourMode } from './colourModes.ts';
import type { ExportFile } from './export/exportGraph.ts';
import type { FlameGraphData, Sides } from './flameGraphData.ts';
import type { PaintContext } from './paintGraph.ts';
import type { HideRule } from './reshapeTree.ts';
import type { FrameTypes } from './runtimeOf.ts';

/** sandwich: who calls a function, and what it calls. */
export type FlameGraphView = 'flame' | 'icicle' | 'sandwich' | 'table' | 'both';

/** Colours and fonts that the surroundings give; both Grafana's theme and the built-in page fill it. */
export interface FlameGraphTheme {
  readonly isDark: boolean;
  readonly fontFamily: string;
  readonly text: string;
  readonly secondaryText: string;
  readonly background: string;
  readonly secondaryBackground: string;
  readonly border: string;
  readonly accent: string;
}

/** What a person has chosen; kept by the host (panel options, URL) so that a refresh loses nothing. */
export interface FlameGraphState {
  readonly view: FlameGraphView;
  readonly search: string;
  /** Names from below the root to the focused bar; empty: the whole graph. */
  readonly focus: readonly string[];
  /** By package, in a diff by change, when left out. */
  readonly colour?: ColourMode;
  readonly hide?: readonly HideRule[];
  readonly collapseRecursion?: boolean;
  /** Of which function callers and callees are shown; the focused or the most expensive one when left out. */
  readonly sandwich?: string;
}

/** A bar or a row of the table, as the surroundings are told of it. */
export interface FrameInfo {
  readonly name: string;
  /** From below the root to the frame; undefined for a row, which stands for all places of the function. */
  readonly stack: readonly string[] | undefined;
  readonly total: Sides;
  readonly self: Sides;
  readonly whole: Sides;
  readonly unit: string;
}

/** One of both: what is done, or where it leads. */
export type FrameMenuItem =
  { readonly label: string; readonly onSelect: () => void } | { readonly label: string; readonly href: string };

export interface FlameGraphOptions {
  readonly theme: FlameGraphTheme;
  readonly state: FlameGraphState;
  readonly onStateChange: (state: FlameGraphState) => void;
  /** Where a canvas is painted; the canvas' own 2d context when left out. */
  readonly getContext?: (canvas: HTMLCanvasElement) => PaintContext | null;
  /** What else the surroundings can do with a frame, for its menu. */
  readonly menuItems?: (frame: FrameInfo) => readonly FrameMenuItem[];
  /** Where exported files go; downloaded when left out. */
  readonly onExport?: (file: ExportFile) => void;
  readonly onCopy?: (text: string) => void;
  /** What more there is below a bar than what is shown. */
  readonly detail?: DetailSource;
  /** What agents said of who runs the functions; asked for when runtimes are looked at. Failing is saying nothing. */
  readonly frameTypes?: (data: FlameGraphData) => Promise<FrameTypes>;
  /** The graph alone, for many beside each other. */
  readonly isCompact?: boolean;
}

/** Asks for what was cut away as "other". */
export interface DetailSource {
  /** Names from below the root; the answer comes as new data, with `detailOf`. A text: why there is none. */
  readonly open: (stack: readonly string[]) => Promise<string | undefined> | string | undefined;
  readonly leave: () => void;
}

export interface FlameGraphHandle {
  setData(data: FlameGraphData | undefined): void;
  setTheme(theme: FlameGraphTheme): void;
  setState(state: FlameGraphState): void;
  /** Call when the host element changed its size. */
  resize(): void;
  destroy(): void;
}

/** mountFlameGraph(host, options): FlameGraphHandle, in mountFlameGraph.ts: fills the host element and follows its size. */
export type MountFlameGraph = (host: HTMLElement, options: FlameGraphOptions) => FlameGraphHandle;
