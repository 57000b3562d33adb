/**
 * What the app's pages keep in their address, so that a link carries the whole state.
 *
 * Shape: page, then ds (data source), type, q (selector), from and to (as Grafana writes ranges), vs (a comparison as JSON),
 *        graph (the state of the flame graph as JSON), shown (how a comparison is), trace, span and profile (IDs).
 *        at (a moment, for links from log lines) stands for the minute before it and the one after.
 */
import { comparisonOf } from '../../datasource/data/migrateQuery.ts';
import type { Comparison } from '../../datasource/data/profileQuery.ts';
import { fieldsOf, oneOf } from '../../datasource/data/readFields.ts';
import type { FlameGraphState } from '../../flamegraph/mountFlameGraph.types.ts';
import { isSameState, stateOf } from '../../panel/panelOptions.ts';

export const appId = 'pyrolens-profiles-app';
export const appPath = `/a/${appId}`;

export const pages = ['services', 'explore', 'compare', 'ingest'] as const;
export type PageName = (typeof pages)[number];

export interface PageState {
  readonly datasourceUid: string;
  readonly profileTypeId: string;
  readonly labelSelector: string;
  /** now-15m, or milliseconds since 1970. */
  readonly from: string;
  readonly to: string;
  readonly compareWith: Comparison | undefined;
  readonly traceIds: readonly string[];
  readonly spanIds: readonly string[];
  readonly profileIds: readonly string[];
  readonly graph: FlameGraphState;
  /** How a comparison is shown. */
  readonly shown: 'overlay' | 'sides' | 'changes';
}

export const defaultState: PageState = {
  datasourceUid: '',
  profileTypeId: '',
  labelSelector: '{}',
  from: 'now-1h',
  to: 'now',
  compareWith: undefined,
  traceIds: [],
  spanIds: [],
  profileIds: [],
  graph: { view: 'both', search: '', focus: [] },
  shown: 'overlay',
};

export function readState(search: string): PageState {
  const parameters = new URLSearchParams(search);
  const read = (name: string, otherwise: string): string => parameters.get(name) ?? otherwise;
  return {
    datasourceUid: read('ds', ''),
    profileTypeId: read('type', ''),
    labelSelector: read('q', defaultState.labelSelector),
    from: read('from', defaultState.from),
    to: read('to', defaultState.to),
    ...rangeAround(parameters.getAll('at')),
    traceIds: parameters.getAll('trace'),
    spanIds: parameters.getAll('span'),
    profileIds: parameters.getAll('profile'),
    compareWith: comparisonOf(jsonOf(parameters.get('vs'))),
    graph: stateOf(fieldsOf(jsonOf(parameters.get('graph')))),
    shown: oneOf(parameters.get('shown'), ['overlay', 'sides', 'changes']) ?? defaultState.shown,
  };
}

/** Without what is as it is by default, so that addresses stay short. */
export function writeState(state: PageState): string {
  const { graph, compareWith } = state;
  const all: readonly (readonly [string, string, string])[] = [
    ['ds', state.datasourceUid, ''],
    ['type', state.profileTypeId, ''],
    ['q', state.labelSelector, defaultState.labelSelector],
    ['from', state.from, defaultState.from],
    ['to', state.to, defaultState.to],
    ['vs', compareWith === undefined ? '' : JSON.stringify(compareWith), ''],
    ['graph', isSameState(graph, defaultState.graph) ? '' : JSON.stringify(graph), ''],
    ['shown', state.shown, defaultState.shown],
  ];
  const parameters = new URLSearchParams();
  for (const [name, value, byDefault] of all) if (value !== byDefault) parameters.set(name, value);
  for (const id of state.traceIds) parameters.append('trace', id);
  for (const id of state.spanIds) parameters.append('span', id);
  for (const id of state.profileIds) parameters.append('profile', id);
  return parameters.toString();
}

export const pageOf = (pathname: string): PageName => oneOf(pathname.split('/').at(-1), pages) ?? 'services';

/** What Grafana gives as basename is the path of the page that is open. */
export function addressOf(page: PageName, state: Partial<PageState>): string {
  const search = writeState({ ...defaultState, ...state });
  return `${appPath}/${page}${search === '' ? '' : `?${search}`}`;
}

const minuteMillis = 60_000;

/** Milliseconds or nanoseconds since 1970, or a date; what is neither is left out, as links are written by templates. */
function rangeAround(moments: readonly string[]): Partial<Pick<PageState, 'from' | 'to'>> {
  const millis = moments.map(millisOfMoment).find((each) => !Number.isNaN(each));
  return millis === undefined ? {} : { from: String(millis - minuteMillis), to: String(millis + minuteMillis) };
}

function millisOfMoment(moment: string): number {
  const digits = /^\d{13}(?=\d{6}$|$)/.exec(moment)?.[0];
  return digits === undefined ? Date.parse(moment) : Number(digits);
}

/** A link that somebody has cut is no reason to show nothing. */
function jsonOf(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
