/**
 * Questions that go on without their asker: a client starts one, gets an id, and asks for the answer later.
 *
 * Shape:  by tenant; so many at once, and so many answers are kept, each for ten minutes after it came.
 * Errors: InputError resource_exhausted when a tenant has too many, not_found for an id that is unknown or too old.
 * Source: reference pyroscope-api 1.6, async.
 */
import { randomUUID } from 'node:crypto';
import { InputError } from '../errors.ts';

export type AsyncState<T> =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly answer: T }
  | { readonly kind: 'failed'; readonly message: string };

export interface AsyncQuestions<T> {
  /** The id to ask for. */
  start(tenant: string, ask: (signal: AbortSignal) => Promise<T>): string;
  state(tenant: string, id: string): AsyncState<T>;
}

const keptMillis = 600_000;

interface Entry<T> {
  state: AsyncState<T>;
  finishedAt: number;
}

/** `closing` gives up what is running. */
export function createAsyncQuestions<T>(most: number, now: () => number, closing: AbortSignal): AsyncQuestions<T> {
  const tenants = new Map<string, Map<string, Entry<T>>>();
  const entriesOf = (tenant: string): Map<string, Entry<T>> => {
    const entries = tenants.get(tenant) ?? new Map<string, Entry<T>>();
    tenants.set(tenant, entries);
    for (const [id, { state, finishedAt }] of entries) {
      if (state.kind !== 'running' && now() - finishedAt > keptMillis) entries.delete(id);
    }
    return entries;
  };
  return {
    start: (tenant, ask) => {
      const entries = entriesOf(tenant);
      const running = [...entries.values()].filter(({ state }) => state.kind === 'running').length;
      if (running >= most) {
        throw new InputError('resource_exhausted', `${running} async questions are running (--max-async-questions)`);
      }
      dropOldest(entries, most - 1);
      const entry: Entry<T> = { state: { kind: 'running' }, finishedAt: 0 };
      const id = randomUUID();
      entries.set(id, entry);
      const finish = (state: AsyncState<T>): void => {
        entry.state = state;
        entry.finishedAt = now();
      };
      void ask(closing).then(
        (answer) => finish({ kind: 'done', answer }),
        (error: unknown) => finish({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
      );
      return id;
    },
    state: (tenant, id) => {
      const entry = entriesOf(tenant).get(id);
      if (entry === undefined)
        throw new InputError('not_found', `no async question ${JSON.stringify(id.slice(0, 64))}`);
      return entry.state;
    },
  };
}

/** Of what has ended, the newest stay. */
function dropOldest<T>(entries: Map<string, Entry<T>>, kept: number): void {
  const ended = [...entries].filter(([, { state }]) => state.kind !== 'running');
  ended.sort(([, a], [, b]) => a.finishedAt - b.finishedAt);
  for (const [id] of ended.slice(0, Math.max(0, ended.length - kept))) entries.delete(id);
}
