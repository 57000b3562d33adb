import type { FlameGraphData } from './flameGraphData.ts';
import type { PaintContext } from './paintGraph.ts';

export type FlameGraphView = 'flame' | 'icicle' | 'table' | 'both';

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
}

export interface FlameGraphOptions {
  readonly theme: FlameGraphTheme;
  readonly state: FlameGraphState;
  readonly onStateChange: (state: FlameGraphState) => void;
  /** Where a canvas is painted; the canvas' own 2d context when left out. */
  readonly getContext?: (canvas: HTMLCanvasElement) => PaintContext | null;
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
