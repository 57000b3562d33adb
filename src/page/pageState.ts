/**
 * What a person looks at, in the part of the URL behind #, so that a link shows another person the same.
 *
 * Behind # and not behind ?: the server has no use for it, a deep focus would exceed the 16 KB that Node takes as a
 * request's header, and names of functions do not end up in access logs.
 */
import { colourModes } from '../flamegraph/colourModes.ts';
import type { FlameGraphState, FlameGraphView } from '../flamegraph/mountFlameGraph.types.ts';
import type { TimeChoice } from './timeRange.ts';
import { defaultTime, readTime, writeTime } from './timeRange.ts';

/** What the page is for right now. */
export type PageKind = 'explore' | 'ingest';

export interface PageState {
  readonly page: PageKind;
  /** Of a server that keeps several apart; empty where there are none. */
  readonly tenant: string;
  /** Empty: the first that there is. */
  readonly service: string;
  /** Empty: CPU, or the first that there is. */
  readonly profileType: string;
  /** Further matchers, without braces. */
  readonly labels: string;
  readonly time: TimeChoice;
  /** 0: only when asked. */
  readonly refreshSeconds: number;
  readonly graph: FlameGraphState;
}

const views: readonly FlameGraphView[] = ['flame', 'icicle', 'sandwich', 'table', 'both'];
const defaultView: FlameGraphView = 'both';
const isView = (text: string | null): text is FlameGraphView => views.some((view) => view === text);

export function readPageState(hash: string): PageState {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string): string => parameters.get(name) ?? '';
  const view = parameters.get('view');
  const refresh = /^[1-9]\d{0,3}$/.exec(text('refresh'));
  return {
    page: parameters.get('page') === 'ingest' ? 'ingest' : 'explore',
    tenant: text('tenant'),
    service: text('service'),
    profileType: text('type'),
    labels: text('labels'),
    time: readTime(parameters.get('from'), parameters.get('until')) ?? defaultTime,
    refreshSeconds: Number(refresh?.[0] ?? 0),
    graph: {
      view: isView(view) ? view : defaultView,
      search: text('search'),
      focus: parameters.getAll('focus'),
      ...readChoices(parameters),
    },
  };
}

function readChoices(parameters: URLSearchParams): Partial<FlameGraphState> {
  const colour = colourModes.find(([mode]) => mode === parameters.get('colour'))?.[0];
  const sandwich = parameters.get('function');
  const hide = [
    ...parameters.getAll('hide').map((pattern) => ({ pattern })),
    ...parameters.getAll('hide-below').map((pattern) => ({ pattern, below: true })),
  ];
  return {
    ...(colour !== undefined && { colour }),
    ...(hide.length > 0 && { hide }),
    ...(parameters.get('recursion') === 'collapsed' && { collapseRecursion: true }),
    ...(sandwich !== null && { sandwich }),
  };
}

/** Only what differs from the defaults: links stay short. */
export function writePageState(state: PageState): string {
  const { page, tenant, service, profileType, labels, time, refreshSeconds, graph } = state;
  const pairs: readonly (readonly [string, string])[] = [
    ['page', page === 'explore' ? '' : page],
    ['tenant', tenant],
    ['service', service],
    ['type', profileType],
    ['labels', labels],
    ...writeTime(time),
    ['refresh', refreshSeconds === 0 ? '' : String(refreshSeconds)],
    ['view', graph.view === defaultView ? '' : graph.view],
    ['search', graph.search],
    ...graph.focus.map((name) => ['focus', name] as const),
    ['colour', graph.colour ?? ''],
    ...(graph.hide ?? []).map(({ pattern, below }) => [below === true ? 'hide-below' : 'hide', pattern] as const),
    ['recursion', graph.collapseRecursion === true ? 'collapsed' : ''],
    ['function', graph.sandwich ?? ''],
  ];
  const parameters = new URLSearchParams(
    pairs.filter(([, value]) => value !== '').map(([name, value]) => [name, value]),
  );
  return `#${parameters.toString()}`;
}

/** The selector that the server is asked with. */
export function selectorOf({ service, labels }: Pick<PageState, 'service' | 'labels'>): string {
  const more = labels
    .trim()
    .replace(/^\{|\}$/g, '')
    .trim();
  // JSON's quotes and escapes are the selector's too.
  const matchers = [
    ...(service === '' ? [] : [`service_name=${JSON.stringify(service)}`]),
    ...(more === '' ? [] : [more]),
  ];
  return `{${matchers.join(', ')}}`;
}
