/**
 * Rules that record a function's cost as a metric: what the server is asked and answers.
 *
 * Shape:  protobuf's JSON of settings.v1.RecordingRulesService, as far as it is needed here; 64-bit numbers are texts.
 * Units:  series over the last day.
 * Errors: the observables', with what the server said as it said it.
 */
import type { Observable } from 'rxjs';
import { catchError, firstValueFrom, throwError } from 'rxjs';
import type { QuerierClient } from './querierClient.ts';
import { QuerierError } from './querierClient.ts';

export interface RecordingRuleBody {
  readonly metricName: string;
  /** Label selectors that must all hold; one of them names the profile type. */
  readonly matchers: readonly string[];
  readonly groupBy: readonly string[];
  readonly stacktraceFilter: {
    readonly functionName: { readonly functionName: string; readonly metricType: 'TOTAL' | 'SELF' };
  };
}

export interface RuleEstimate {
  readonly series: number;
  readonly isExact: boolean;
  readonly maxSeriesPerRule: number;
  readonly fits: boolean;
  /** Why it does not fit. */
  readonly why?: string;
}

export interface SavedRule {
  readonly rule?: { readonly id?: string; readonly metricName?: string };
  readonly estimatedSeries?: string;
}

/** What the flame graph panel has of the data source for its dialog. */
export interface RecordingRules {
  /** Where the server answers PromQL, below its URL. */
  readonly prometheusPath: string;
  estimate(rule: RecordingRuleBody): Promise<RuleEstimate>;
  save(rule: RecordingRuleBody): Promise<SavedRule>;
}

export function createRecordingRules(
  client: Pick<QuerierClient, 'estimateRule' | 'upsertRule'>,
  prometheusPath: string,
): RecordingRules {
  return {
    prometheusPath,
    estimate: (rule) => answerOf(client.estimateRule(rule)),
    save: (rule) => answerOf(client.upsertRule(rule)),
  };
}

/** Of a refused rule only the server knows what is wrong: limits, flags and fields are its own. */
const answerOf = <T>(asked: Observable<T>): Promise<T> =>
  firstValueFrom(asked.pipe(catchError((error: unknown) => throwError(() => new Error(saidIn(error))))));

function saidIn(error: unknown): string {
  if (error instanceof QuerierError) return error.failure.serverMessage ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
