/**
 * What functions cost over time, as a share of everything or as a rate of their own: the same PromQL that the data source asks
 * for, so that a graph, a rule over this door and a rule over Prometheus' say the same.
 *
 * Units:  shares are parts of 1; rates are profileTypeUnits'.
 * Errors: InputError invalid_argument without a function.
 */
import { InputError } from '../errors.ts';
import type { Labels } from '../model/labels.ts';
import { readLabelSelector } from '../wire/pyroscope/labelSelector.ts';
import { formatSelector } from './comparison.ts';
import type { DataFrame } from './dataFrame.ts';
import { patternOfName } from './functionList.ts';
import { isState, metricUnit } from './profileTypeUnits.ts';
import type { AskedQuery } from './questions.ts';
import type { SavedQuery } from './savedQuery.ts';
import { timeSeriesFrame } from './seriesFrames.ts';

export interface MetricSeries {
  readonly labels: Labels;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface MetricRange {
  readonly startMillis: number;
  readonly endMillis: number;
  readonly stepMillis: number;
}

/** PromQL over time. */
export type AskMetrics = (
  tenant: string,
  expression: string,
  range: MetricRange,
  signal: AbortSignal | undefined,
) => Promise<readonly MetricSeries[]>;

const defaultLimit = 10;
/** Samples lie on a grid of 15 s, so that shorter windows would be empty now and then. */
const gridSeconds = 15;

export async function functionShareFrames(
  asked: AskedQuery,
  askMetrics: AskMetrics,
  signal: AbortSignal | undefined,
): Promise<readonly DataFrame[]> {
  const { query, tenant, startMillis, endMillis, stepSeconds } = asked;
  if (query.functions.length === 0)
    throw new InputError('invalid_argument', 'the query names no function: choose one or more, or an expression');
  const frames: DataFrame[] = [];
  for (const pattern of query.functions) {
    const range = { startMillis, endMillis, stepMillis: stepSeconds * 1_000 };
    const series = await askMetrics(tenant, shareExpression(query, pattern, stepSeconds), range, signal);
    frames.push(...series.map((one) => shareFrame(asked, pattern, one)));
  }
  return frames;
}

function shareFrame(asked: AskedQuery, pattern: string, { labels, times, values }: MetricSeries): DataFrame {
  const { query } = asked;
  const found = labels.find((label) => label.name === 'function')?.value;
  const name = found ?? nameOfPattern(pattern) ?? pattern;
  const others = labels.filter((label) => label.name !== 'function');
  const groups = others.map(({ value }) => value).join(', ');
  const isRate = query.shownAs === 'rate';
  return timeSeriesFrame(asked, {
    name: groups === '' ? name : `${name} · ${groups}`,
    labels: { function: name, ...Object.fromEntries(others.map((label) => [label.name, label.value])) },
    config: isRate ? { unit: metricUnit(query.profileTypeId).unit } : { unit: 'percentunit', min: 0 },
    custom: { profileTypeId: query.profileTypeId },
    times: [...times],
    values: [...values],
  });
}

/** Of sums, not a mean of shares: a busy pod weighs more than an idle one. */
export function shareExpression(query: SavedQuery, pattern: string, stepSeconds: number): string {
  const selected = readLabelSelector(query.labelSelector).map((one) => ({ ...one, name: metricLabel(one.name) }));
  const ofType = [{ name: 'profile_type', op: '=' as const, value: query.profileTypeId }, ...selected];
  const name = nameOfPattern(pattern);
  const ofFunction =
    name === undefined
      ? { name: 'function', op: '=~' as const, value: `.*(?:${pattern}).*` }
      : { name: 'function', op: '=' as const, value: name };
  const mode = { name: 'mode', op: '=' as const, value: query.functionValue };
  const measure = isState(query.profileTypeId) ? 'value' : 'rate';
  const window = Math.max(gridSeconds, Math.ceil(stepSeconds));
  const groups = query.groupBy.map(metricLabel);
  const costs = formatSelector([...ofType, ofFunction, mode]);
  const cost = `sum by (${['function', ...groups].join(', ')}) (avg_over_time(pyrolens_function_${measure}${costs}[${window}s]))`;
  const by = groups.join(', ');
  const whole = `sum by (${by}) (avg_over_time(pyrolens_profile_${measure}${formatSelector(ofType)}[${window}s]))`;
  const value = query.shownAs === 'rate' ? cost : `${cost} / on (${by}) group_left () ${whole}`;
  // One name is one line per group already.
  return name === undefined ? `topk(${query.limit ?? defaultLimit}, ${value})` : value;
}

/** Prometheus' old alphabet, as labels are exported. */
const metricLabel = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_');

/** The one name that an expression is for, written ^so\.escaped$; undefined when it is for many. */
function nameOfPattern(pattern: string): string | undefined {
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return undefined;
  const name = pattern.slice(1, -1).replace(/\\(.)/g, '$1');
  return patternOfName(name) === pattern ? name : undefined;
}
