/**
 * What the store asks of an engine, so that a cluster behind HTTP can stand where the embedded one does now.
 *
 * Errors: InputError, made by engineErrors.ts.
 */
import type { NativeBlock, NativeTable } from './nativeColumns.ts';

export interface Question {
  /** Tables that live as long as the question: id lists too long for its text. */
  readonly tables?: readonly NativeBlock[];
  /** The statement, given what to write after FROM for each of the tables. */
  sql(sources: readonly string[]): string;
}

export interface Engine {
  ask(question: Question, signal?: AbortSignal): Promise<NativeTable>;
  /** Resolves when the rows are synced. Inserts run one after the other. */
  insert(table: string, block: NativeBlock): Promise<void>;
  /** DDL and what others wait for. */
  run(statement: string): Promise<void>;
  /** What may take its time: one after the other, in nobody's way. Settings as after SETTINGS. */
  inBackground(statement: string, settings: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
