/**
 * What the drawing draws: a call tree as columns, depth first (a nested set), as Grafana's flame graph frame has it.
 *
 * Shape:  with the right columns it is a diff: `total` and `self` are then the baseline's, the right ones what is compared.
 * Units:  values are float64 and only for drawing; `unit` is pprof's (nanoseconds, bytes, count ...).
 */
export interface FlameGraphData {
  /** Bars. Bar 0 is the root at level 0. */
  readonly count: number;
  /** Depth of each bar; a bar's children follow it directly, one level deeper, before its next sibling. */
  readonly level: Int32Array;
  /** Index into names. */
  readonly name: Uint32Array;
  readonly total: Float64Array;
  readonly self: Float64Array;
  /** Of an estimate: how far off each bar's share of the whole may be, in 95 of 100 cases. */
  readonly shareErrors?: Float64Array;
  /** Both or none. */
  readonly totalRight?: Float64Array;
  readonly selfRight?: Float64Array;
  /** What shares are shares of, when that is more than bar 0: callers and callees are a part of their graph. */
  readonly whole?: Sides;
  /** Distinct function names. */
  readonly names: readonly string[];
  readonly unit: string;
  readonly meta?: FlameGraphMeta;
  /** Names from below the root: it is the graph of what is below them alone. */
  readonly detailOf?: readonly string[];
}

/** Baseline, and in a diff what it is compared with; else 0. */
export interface Sides {
  readonly left: number;
  readonly right: number;
}

/** What is known of where the values come from; what is left out is not shown. */
export interface FlameGraphMeta {
  readonly profileTypeId?: string;
  readonly startMillis?: number;
  readonly endMillis?: number;
  /** Seconds of the clock that the values were gathered in; of the baseline too, unless it says its own. */
  readonly rangeSeconds?: number;
  readonly baselineRangeSeconds?: number;
  readonly samples?: number;
  readonly profiles?: number;
  readonly pods?: number;
  /** How far the values can be off. */
  readonly accuracy?:
    | { readonly kind: 'exact' }
    /** A share is within `bound` of what is shown, with this confidence; both are shares of 1. */
    | { readonly kind: 'estimate'; readonly bound: number; readonly confidence: number };
}

export const isDiff = ({ totalRight }: FlameGraphData): boolean => totalRight !== undefined;

export const wholeOf = ({ whole, total, totalRight }: FlameGraphData): Sides =>
  whole ?? { left: total[0] ?? 0, right: totalRight?.[0] ?? 0 };

export const totalOf = ({ total, totalRight }: FlameGraphData, bar: number): Sides => ({
  left: total[bar] ?? 0,
  right: totalRight?.[bar] ?? 0,
});

export const selfOf = ({ self, selfRight }: FlameGraphData, bar: number): Sides => ({
  left: self[bar] ?? 0,
  right: selfRight?.[bar] ?? 0,
});

export const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

/** From -1 to 1: what is compared has this much more of its whole than the baseline of its own. */
export const changeOf = (part: Sides, whole: Sides): number =>
  shareOf(part.right, whole.right) - shareOf(part.left, whole.left);
