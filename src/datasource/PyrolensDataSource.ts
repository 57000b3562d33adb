/** The data source as Grafana knows it: holds the connection, leaves the work to the functions in data/. */
import type {
  AdHocVariableFilter,
  DataQueryRequest,
  DataQueryResponse,
  DataSourceGetTagKeysOptions,
  DataSourceGetTagValuesOptions,
  DataSourceInstanceSettings,
  MetricFindValue,
  ScopedVars,
  TestDataSourceResponse,
  TimeRange,
} from '@grafana/data';
import { CoreApp, DataSourceApi, LoadingState, rangeUtil } from '@grafana/data';
import { getBackendSrv, getTemplateSrv } from '@grafana/runtime';
import type { Observable } from 'rxjs';
import { catchError, firstValueFrom, forkJoin, map, of } from 'rxjs';
import { profileTypeLabel } from '../flamegraph/profileTypeMeaning.ts';
import { answerQuery } from './data/answerQuery.ts';
import { checkHealth } from './data/checkHealth.ts';
import type { ReplaceVariables } from './data/interpolate.ts';
import { addFilters, interpolateQuery, interpolateSelector } from './data/interpolate.ts';
import { migrateQuery } from './data/migrateQuery.ts';
import type { DataSourceOptions, ProfileQuery, VariableQuery } from './data/profileQuery.ts';
import { defaultProfileQuery } from './data/profileQuery.ts';
import type { QuerierClient } from './data/querierClient.ts';
import { createQuerierClient } from './data/querierClient.ts';
import type { MillisRange } from './data/requests.ts';
import { rangeBody, stepSecondsOf } from './data/requests.ts';
import { PyrolensVariableSupport } from './PyrolensVariableSupport.ts';

export const defaultMinStep = '15s';

export class PyrolensDataSource extends DataSourceApi<ProfileQuery, DataSourceOptions> {
  private readonly client: QuerierClient;
  private readonly minStep: string;

  constructor(settings: DataSourceInstanceSettings<DataSourceOptions>) {
    super(settings);
    this.client = createQuerierClient(settings.url ?? '', getBackendSrv);
    this.minStep = settings.jsonData.minStep ?? defaultMinStep;
    this.variables = new PyrolensVariableSupport(this);
  }

  override query(request: DataQueryRequest<ProfileQuery>): Observable<DataQueryResponse> {
    const targets = request.targets.map(migrateQuery).filter((target) => this.filterQuery(target) && !target.hide);
    if (targets.length === 0) return of({ data: [], state: LoadingState.Done });
    return forkJoin(targets.map((target) => this.answer(target, request))).pipe(
      map((answers) => {
        const errors = answers.flatMap((answer) => answer.errors ?? []);
        const data = answers.flatMap((answer): readonly unknown[] => answer.data);
        if (errors.length === 0) return { data, state: LoadingState.Done };
        return { data, errors, state: LoadingState.Error };
      }),
    );
  }

  override filterQuery(query: ProfileQuery): boolean {
    return migrateQuery(query).profileTypeId !== '';
  }

  override getDefaultQuery(app: CoreApp): Partial<ProfileQuery> {
    return { ...defaultProfileQuery, queryType: app === CoreApp.Explore ? 'both' : defaultProfileQuery.queryType };
  }

  override getQueryDisplayText(query: ProfileQuery): string {
    const { profileTypeId, labelSelector } = migrateQuery(query);
    return `${profileTypeLabel(profileTypeId)} ${labelSelector}`;
  }

  override interpolateVariablesInQueries(
    queries: ProfileQuery[],
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[],
  ): ProfileQuery[] {
    return queries.map((query) => interpolateQuery(migrateQuery(query), replaceWith(scopedVars), filters));
  }

  override testDatasource(): Promise<TestDataSourceResponse> {
    return checkHealth(this.client, Date.now());
  }

  override getTagKeys(options?: DataSourceGetTagKeysOptions<ProfileQuery>): Promise<MetricFindValue[]> {
    const selector = addFilters('{}', options?.filters ?? []);
    return this.labelNames(selector, options?.timeRange).then(asFindValues);
  }

  override getTagValues(options: DataSourceGetTagValuesOptions<ProfileQuery>): Promise<MetricFindValue[]> {
    const selector = addFilters('{}', options.filters);
    return this.labelValues(options.key, selector, options.timeRange).then(asFindValues);
  }

  /** IDs, sorted. */
  async profileTypeIds(range?: TimeRange): Promise<readonly string[]> {
    const { profileTypes = [] } = await firstValueFrom(this.client.profileTypes(rangeBody(millisOf(range))));
    return profileTypes.map(({ ID = '' }) => ID).sort();
  }

  /** Without the private ones, whose names begin with two underscores. */
  async labelNames(selector: string, range?: TimeRange): Promise<readonly string[]> {
    const body = { ...rangeBody(millisOf(range)), matchers: [interpolateSelector(selector, replaceWith({}))] };
    const { names = [] } = await firstValueFrom(this.client.labelNames(body));
    return names.filter((name) => !name.startsWith('__'));
  }

  async labelValues(name: string, selector: string, range?: TimeRange): Promise<readonly string[]> {
    const replace = replaceWith({});
    const matchers = [interpolateSelector(selector, replace)];
    const body = { ...rangeBody(millisOf(range)), matchers, name: replace(name) };
    const { names = [] } = await firstValueFrom(this.client.labelValues(body));
    return names;
  }

  findVariableValues(query: VariableQuery, range?: TimeRange): Promise<readonly string[]> {
    const selector = addFilters(
      query.labelSelector ?? '{}',
      query.profileTypeId === undefined
        ? []
        : [{ key: '__profile_type__', operator: '=', value: replaceWith({})(query.profileTypeId) }],
    );
    switch (query.type) {
      case 'profileType':
        return this.profileTypeIds(range);
      case 'label':
        return this.labelNames(selector, range);
      case 'labelValue':
        return query.labelName === undefined ? Promise.resolve([]) : this.labelValues(query.labelName, selector, range);
    }
  }

  private answer(target: ProfileQuery, request: DataQueryRequest<ProfileQuery>): Observable<DataQueryResponse> {
    const query = interpolateQuery(target, replaceWith(request.scopedVars), request.filters);
    const step = stepSecondsOf(request.intervalMs, secondsOf(this.minStep), secondsOf(query.step));
    return answerQuery(this.client, query, millisOf(request.range), step).pipe(
      map((frames) => ({ data: [...frames] })),
      // One query's error must not cost the others their answers.
      catchError((error: unknown) =>
        of({
          data: [],
          errors: [{ refId: query.refId, message: error instanceof Error ? error.message : String(error) }],
        }),
      ),
    );
  }
}

const replaceWith =
  (scopedVars: ScopedVars): ReplaceVariables =>
  (text, format) =>
    getTemplateSrv().replace(text, scopedVars, format);

/** Without a range: the last hour, as catalog questions need one. */
function millisOf(range: TimeRange | undefined): MillisRange {
  if (range === undefined) return { startMillis: Date.now() - 3_600_000, endMillis: Date.now() };
  return { startMillis: range.from.valueOf(), endMillis: range.to.valueOf() };
}

/** 0 for nothing or nonsense: the other bounds of a step then decide. */
function secondsOf(interval: string | undefined): number {
  if (interval === undefined || interval.trim() === '') return 0;
  try {
    return rangeUtil.intervalToSeconds(interval);
  } catch {
    return 0; // The editor marks it; a dashboard still shows its graph.
  }
}

const asFindValues = (values: readonly string[]): MetricFindValue[] => values.map((text) => ({ text, value: text }));
