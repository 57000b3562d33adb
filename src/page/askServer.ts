/**
 * The questions that the page asks its server: POSTs of Connect JSON to querier.v1.QuerierService, and a GET for the last
 * senders.
 *
 * Shape:  protobuf's JSON: int64 as strings, zeros and empty lists left out.
 * Units:  times in milliseconds since 1970, steps in seconds.
 * Errors: ServerError with the server's own sentence; status 0 when nobody answered. An aborted question rejects with the
 *         signal's reason.
 */
import type { FlameGraphAnswer } from '../flamegraph/decodeLevels.ts';
import type { MillisRange } from './timeRange.ts';

export class ServerError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Selection extends MillisRange {
  readonly profileTypeId: string;
  readonly labelSelector: string;
}

export interface SeriesPoint {
  readonly timeMillis: number;
  readonly value: number;
}

export interface Questions {
  labelValues(name: string, matchers: readonly string[], range: MillisRange): Promise<readonly string[]>;
  /** Has anything ever been pushed? */
  hasProfiles(): Promise<boolean>;
  series(selection: Selection, stepSeconds: number, average: boolean): Promise<readonly SeriesPoint[]>;
  flameGraph(selection: Selection): Promise<FlameGraphAnswer>;
  /** Who sent what lately: readRecentIngest reads it. */
  recentIngest(): Promise<unknown>;
}

export interface Asking {
  readonly signal: AbortSignal;
  /** undefined: none is needed, as far as we know. */
  readonly token: string | undefined;
  /** Empty: the server keeps none apart, as far as we know. */
  readonly tenant: string;
}

export function createQuestions(asking: Asking): Questions {
  const ask = <T extends object>(method: string, message: object): Promise<T> =>
    askJson<T>(asking, `querier.v1.QuerierService/${method}`, message);
  return {
    labelValues: async (name, matchers, range) => {
      const { names } = await ask<{ names?: readonly string[] }>('LabelValues', { name, matchers, ...times(range) });
      return names ?? [];
    },
    hasProfiles: async () => {
      const { profileTypes } = await ask<{ profileTypes?: readonly unknown[] }>('ProfileTypes', {});
      return (profileTypes ?? []).length > 0;
    },
    series: async (selection, stepSeconds, average) => {
      const { series } = await ask<{ series?: readonly SeriesMessage[] }>('SelectSeries', {
        ...selectionMessage(selection),
        step: stepSeconds,
        ...(average && { aggregation: 'TIME_SERIES_AGGREGATION_TYPE_AVERAGE' }),
      });
      return (series?.[0]?.points ?? []).map(({ timestamp, value }) => ({
        timeMillis: Number(timestamp ?? 0),
        value: Number(value ?? 0),
      }));
    },
    flameGraph: async (selection) => {
      const { flamegraph } = await ask<{ flamegraph?: FlameGraphAnswer }>(
        'SelectMergeStacktraces',
        selectionMessage(selection),
      );
      return flamegraph ?? {};
    },
    recentIngest: () => askJson(asking, 'api/v1/ingest/recent', undefined),
  };
}

/** A POST of the message, a GET without one. */
async function askJson<T extends object>(
  { signal, token, tenant }: Asking,
  path: string,
  message: object | undefined,
): Promise<T> {
  const response = await fetch(path, {
    headers: {
      ...(message !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(tenant !== '' && { 'x-scope-orgid': tenant }),
    },
    ...(message !== undefined && { method: 'POST', body: JSON.stringify(message) }),
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ServerError(0, 'The server does not answer. Does it still run?');
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok)
    throw new ServerError(response.status, sentenceOf(answer) ?? `The server answers ${response.status}.`);
  if (!isMessage<T>(answer))
    throw new ServerError(response.status, 'The server answers with something that is no JSON.');
  return answer;
}

interface SeriesMessage {
  readonly points?: readonly { readonly timestamp?: string; readonly value?: number | string }[];
}

const times = ({ startMillis, endMillis }: MillisRange) => ({
  start: String(Math.trunc(startMillis)),
  end: String(Math.trunc(endMillis)),
});

const selectionMessage = ({ profileTypeId, labelSelector, ...range }: Selection) => ({
  profileTypeID: profileTypeId,
  labelSelector,
  ...times(range),
});

/** All fields of our messages may be missing, and the server is the one that sent this page. */
const isMessage = <T extends object>(value: unknown): value is T => typeof value === 'object' && value !== null;

function sentenceOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('message' in answer)) return undefined;
  return typeof answer.message === 'string' && answer.message !== '' ? answer.message : undefined;
}
