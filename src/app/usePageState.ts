/** The page's state, which lives in the address alone: reload, back and links have all of it. */
import { locationService } from '@grafana/runtime';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { PageName, PageState } from './data/pageAddress.ts';
import { pageOf, readState, writeState } from './data/pageAddress.ts';

export interface PageLocation {
  readonly page: PageName;
  readonly state: PageState;
  /** A step that "back" undoes. */
  readonly change: (part: Partial<PageState>) => void;
  /** Without a step: what is typed or dragged. */
  readonly adjust: (part: Partial<PageState>) => void;
}

/** As far as we use Grafana's, whose types lean on a package that it does not bring. */
interface AddressBar {
  getHistory(): { listen(onChange: () => void): () => void };
  getLocation(): { readonly pathname: string; readonly search: string };
  push(address: { readonly pathname: string; readonly search: string }): void;
  replace(address: { readonly pathname: string; readonly search: string }): void;
}
const addressBar = (): AddressBar => locationService;

const subscribe = (onChange: () => void): (() => void) => addressBar().getHistory().listen(onChange);
const readAddress = (): string => {
  const { pathname, search } = addressBar().getLocation();
  return `${pathname}${search}`;
};

export function usePageState(): PageLocation {
  const address = useSyncExternalStore(subscribe, readAddress);
  const [pathname = '', search = ''] = address.split(/\?(.*)/s);
  const state = useMemo(() => readState(search), [search]);
  const go = useCallback((part: Partial<PageState>, isStep: boolean) => {
    const bar = addressBar();
    const now = bar.getLocation();
    const next = { pathname: now.pathname, search: writeState({ ...readState(now.search), ...part }) };
    if (isStep) bar.push(next);
    else bar.replace(next);
  }, []);
  return {
    page: pageOf(pathname),
    state,
    change: useCallback((part) => go(part, true), [go]),
    adjust: useCallback((part) => go(part, false), [go]),
  };
}
