/**
 * Two call trees on one set of nodes: what a diff draws. A node that one side lacks has zeros there.
 *
 * Shape:  as a CallTree; node 0 is the root, and a parent stands before its children.
 * Units:  each side in its own profile type's; exact Int64.
 */
export interface CallTreePair {
  readonly count: number;
  /** Parent of each node; -1 for the root. */
  readonly parent: Int32Array;
  /** Index into names; the root's is 0. */
  readonly name: Uint32Array;
  readonly names: readonly string[];
  readonly left: TreeValues;
  readonly right: TreeValues;
}

/** By node. */
export interface TreeValues {
  readonly self: BigInt64Array;
  readonly total: BigInt64Array;
}
