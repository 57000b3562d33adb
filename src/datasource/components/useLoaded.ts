/** An answer that a component waits for; a newer question takes the place of an older one, which is cancelled. */
import type { DependencyList } from 'react';
import { useEffect, useState } from 'react';
import type { ObservableInput } from 'rxjs';
import { defer } from 'rxjs';

export type Loading<T> =
  | { readonly kind: 'loading'; readonly before: T | undefined }
  | { readonly kind: 'loaded'; readonly value: T }
  | { readonly kind: 'failed'; readonly message: string };

/** While a newer answer is on its way the one before is still there to be shown. */
export const shownValue = <T>(loading: Loading<T>): T | undefined =>
  loading.kind === 'loaded' ? loading.value : loading.kind === 'loading' ? loading.before : undefined;

export function useLoaded<T>(ask: () => ObservableInput<T>, dependencies: DependencyList): Loading<T> {
  const [state, setState] = useState<Loading<T>>({ kind: 'loading', before: undefined });
  useEffect(() => {
    setState((before) => ({ kind: 'loading', before: shownValue(before) }));
    const subscription = defer(ask).subscribe({
      next: (value) => setState({ kind: 'loaded', value }),
      error: (error: unknown) =>
        setState({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    });
    return () => subscription.unsubscribe();
  }, dependencies);
  return state;
}
