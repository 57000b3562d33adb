import type { Column } from './arrowWriter.mjs';

export const startNanos: bigint;
export const periodNanos: bigint;
export function inRuns<T>(values: readonly T[], columnOf: (values: readonly T[]) => Column): Column;
export function dictionaryOf(
  values: readonly (string | null)[],
  columnOf?: (values: readonly (string | null)[]) => Column,
): Column;

export interface MadeUpArrow {
  readonly seed?: number;
  readonly rows?: number;
  readonly stacks?: number;
  readonly functions?: number;
  readonly depth?: number;
  readonly processes?: number;
  readonly compress?: 'lz4' | undefined;
  /** Puts other columns into the place of those made up. */
  readonly change?: (columns: Readonly<Record<string, Column>>) => Readonly<Record<string, Column>>;
}
export function madeUpArrowV2(options?: MadeUpArrow): Uint8Array;

export type MadeUpRow = readonly [stackId: string, pod: string, value: number];
export function madeUpSamplesV1(rows: readonly MadeUpRow[], options?: { readonly period?: bigint }): Uint8Array;

export interface MadeUpFrame {
  readonly address: bigint;
  readonly file: string | null;
  readonly buildId: string | null;
  readonly lines: readonly (readonly [name: string, line: number])[] | null;
}
export function madeUpLocationsV1(
  stacks: readonly (readonly [id: string, frames: readonly MadeUpFrame[]])[],
): Uint8Array;
