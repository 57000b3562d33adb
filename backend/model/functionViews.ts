/**
 * Answers about functions: the table of them, and the callers and callees of one.
 *
 * Units: the profile type's, exact Int64.
 */
export interface FunctionRow {
  readonly name: string;
  readonly total: bigint;
  readonly self: bigint;
}

export interface FunctionTable {
  readonly functions: readonly FunctionRow[];
  readonly total: bigint;
  /** Before the limit. */
  readonly functionCount: number;
}

/** A side is undefined when it was not asked for; its walk when nothing fits the call site. */
export interface FunctionTree {
  readonly names: readonly string[];
  readonly callers: NamedWalk | undefined;
  readonly callees: NamedWalk | undefined;
}

export interface NamedWalk {
  /** Of node 0. */
  readonly name: string;
  readonly walk: FunctionWalk | undefined;
}

export interface Sandwich {
  readonly name: string;
  readonly names: readonly string[];
  readonly callers: CutWalk;
  readonly callees: CutWalk;
  readonly total: bigint;
  readonly self: bigint;
}

export interface FunctionWalk {
  readonly count: number;
  readonly parent: Int32Array;
  /** Index into the answer's names; that of node 0 says nothing. */
  readonly name: Uint32Array;
  readonly self: BigInt64Array;
  readonly total: BigInt64Array;
  /** 1: there are children, in this walk or below its depth. */
  readonly hasChildren: Uint8Array;
}

/** A walk whose small parts were summed. */
export interface CutWalk {
  readonly count: number;
  readonly parent: Int32Array;
  readonly name: Uint32Array;
  readonly self: BigInt64Array;
  readonly total: BigInt64Array;
  /** 1: the node stands for what was cut, too. */
  readonly truncated: Uint8Array;
}
