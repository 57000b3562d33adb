/** Shows an answer, what came before it while it is on its way, or why there is none. */
import { Alert, LoadingBar, LoadingPlaceholder } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { Loading } from '../../datasource/components/useLoaded.ts';
import { shownValue } from '../../datasource/components/useLoaded.ts';

interface Props<T> {
  readonly loading: Loading<T>;
  readonly what: string;
  readonly children: (value: T, isStale: boolean) => ReactNode;
}

export function Answer<T>({ loading, what, children }: Props<T>) {
  if (loading.kind === 'failed') return <Alert severity="error" title={`${what}: ${loading.message}`} />;
  const value = shownValue(loading);
  if (value === undefined) return <LoadingPlaceholder text={`Loading ${what} ...`} />;
  const isStale = loading.kind === 'loading';
  return (
    <>
      <div style={{ height: 1 }}>{isStale && <LoadingBar width={400} />}</div>
      {children(value, isStale)}
    </>
  );
}
