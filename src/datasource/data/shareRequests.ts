/**
 * Asks once what several panels ask at the same time: the same URL and body within a few seconds is the same answer. Ranges of
 * a dashboard are fixed when it is refreshed, so its panels' bodies are equal and those of the next refresh are not.
 *
 * Shape: one share per question; the key is its body. A request is cancelled when the last of those who wait for it leaves.
 */
import type { Observable } from 'rxjs';
import { ReplaySubject, share, tap, timer } from 'rxjs';

const keptMillis = 5_000;
/** More keys than a dashboard has panels. */
const mostKept = 64;

export type Share<T> = (key: string, ask: () => Observable<T>) => Observable<T>;

export function createShare<T>(): Share<T> {
  const known = new Map<string, Observable<T>>();
  return (key, ask) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const forget = () => known.delete(key);
    const shared = ask().pipe(
      tap({ error: forget, unsubscribe: forget }),
      share({
        connector: () => new ReplaySubject<T>(1),
        resetOnComplete: () => timer(keptMillis).pipe(tap(forget)),
      }),
    );
    known.set(key, shared);
    const [oldest] = known.keys();
    if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
    return shared;
  };
}
