/**
 * Weights by stack, as a tree: a stack that comes again costs a step for each frame, not a copy.
 *
 * Shape:  nodes are numbers, the root 0; the children of a node differ in frame.
 * Units:  weights as in the file; finish multiplies and rounds them.
 * Errors: InputError invalid_argument: more stacks with a weight than the limit on samples, or a value that does not fit.
 */
import { InputError } from '../../errors.ts';
import type { Profile } from '../../model/profile.ts';
import type { ProfileTables } from '../../model/profileBuilder.ts';
import type { TextLimits } from '../folded/decodeText.ts';
import { StackSums } from '../folded/stackSums.ts';
import type { ProfileHead } from '../folded/stackSums.ts';

export class WeightTree {
  readonly root = 0;
  private readonly frameCount: number;
  private readonly limits: TextLimits;
  private readonly parents: number[] = [0];
  private readonly frames: number[] = [-1];
  private readonly weights: number[] = [0];
  private readonly depths: number[] = [0];
  /** The node itself, or what stands at the depth limit above it: a deep stack must not cost its depth for each weight. */
  private readonly anchors: number[] = [0];
  /** By node * frameCount + frame: both are bounded by the bytes of the file, so this stays far below 2^53. */
  private readonly children = new Map<number, number>();

  constructor(frameCount: number, limits: TextLimits) {
    this.frameCount = frameCount;
    this.limits = limits;
  }

  child(node: number, frame: number): number {
    const key = node * this.frameCount + frame;
    let child = this.children.get(key);
    if (child === undefined) {
      child = this.parents.push(node) - 1;
      this.frames.push(frame);
      this.weights.push(0);
      const depth = (this.depths[node] ?? 0) + 1;
      this.depths.push(depth);
      this.anchors.push(depth > this.limits.stackDepth ? (this.anchors[node] ?? 0) : child);
      this.children.set(key, child);
    }
    return child;
  }

  parentOf(node: number): number {
    return this.parents[node] ?? 0;
  }

  /** -1 at the root. */
  frameOf(node: number): number {
    return this.frames[node] ?? -1;
  }

  add(node: number, weight: number): void {
    this.weights[node] = (this.weights[node] ?? 0) + weight;
  }

  finish(tables: ProfileTables, head: ProfileHead, factor: number, locationOfFrame: readonly number[]): Profile {
    const sums = new StackSums('speedscope', this.limits);
    this.weights.forEach((weight, node) => {
      const value = Math.round(weight * factor);
      if (value === 0) return;
      if (!Number.isFinite(value)) throw new InputError('invalid_argument', 'speedscope: weights add up to infinity');
      sums.add(`${node}`, BigInt(value), () => ({ locations: this.stackOf(node, locationOfFrame), labels: [] }));
    });
    return sums.finish(tables, head, ({ sum }) => sum);
  }

  private stackOf(node: number, locationOfFrame: readonly number[]): readonly number[] {
    const locations: number[] = [];
    let at = this.anchors[node] ?? this.root;
    for (; at !== this.root; at = this.parentOf(at)) locations.push(locationOfFrame[this.frameOf(at)] ?? 0);
    return locations;
  }
}
