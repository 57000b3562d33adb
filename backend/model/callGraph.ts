/**
 * Who calls whom, each function and line once: what a drawing of boxes and arrows shows.
 *
 * Units:  the profile type's, as float64: it is for drawing.
 */
export interface CallGraph {
  /** The most telling first. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Of all samples. */
  readonly total: number;
  /** Nodes that there would be without a limit. */
  readonly nodeCount: number;
  readonly binary: string;
  readonly buildId: string;
  readonly timeNanos: bigint;
}

export interface GraphNode {
  readonly name: string;
  readonly file: string;
  /** 0 when unknown. */
  readonly line: number;
  /** Of samples that ended here. */
  readonly flat: number;
  /** Of samples that came through here. */
  readonly cumulative: number;
}

export interface GraphEdge {
  /** Indexes of nodes. */
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  /** Whether nodes between the two are not shown. */
  readonly isIndirect: boolean;
}
