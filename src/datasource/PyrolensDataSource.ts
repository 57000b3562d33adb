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
import { CoreApp, DataSourceApi, LoadingState, locationUtil, rangeUtil } from '@grafana/data';
import { getBackendSrv, getTemplateSrv, locationService } from '@grafana/runtime';
import type { Observable } from 'rxjs';
import { catchError, defer, firstValueFrom, forkJoin, map, of } from 'rxjs';
import { answerQuery } from './data/answerQuery.ts';
import type { Catalog } from './data/catalog.ts';
import { createCatalog, millisOf } from './data/catalog.ts';
import { checkHealth } from './data/checkHealth.ts';
import { describeQuery } from './data/describeQuery.ts';
import type { LinkTarget } from './data/exemplarFrames.ts';
import { findVariableValues } from './data/findVariableValues.ts';
import { askFrameTypes } from './data/frameTypes.ts';
import type { ReplaceVariables } from './data/interpolate.ts';
import { addFilters, interpolateQuery } from './data/interpolate.ts';
import { migrateQuery } from './data/migrateQuery.ts';
import type { Address } from './data/movedAddress.ts';
import { movedAddress } from './data/movedAddress.ts';
import type { Preview } from './data/preview.ts';
import { askPreview } from './data/preview.ts';
import type { DataSourceOptions, ProfileQuery, ProfileQueryType, VariableQuery } from './data/profileQuery.ts';
import { defaultMinStep, defaultProfileQuery, defaultPrometheusPath } from './data/profileQuery.ts';
import type { QuerierClient } from './data/querierClient.ts';
import { createQuerierClient } from './data/querierClient.ts';
import type { RecordingRules } from './data/recordingRules.ts';
import { createRecordingRules } from './data/recordingRules.ts';
import type { MillisRange } from './data/requests.ts';
import { stepSecondsOf } from './data/requests.ts';
import { PyrolensVariableSupport } from './PyrolensVariableSupport.ts';

export class PyrolensDataSource extends DataSourceApi<ProfileQuery, DataSourceOptions> {
  readonly catalog: Catalog;
  /** For the flame graph panel, which records functions as metrics. */
  readonly recordingRules: RecordingRules;
  private readonly client: QuerierClient;
  private readonly minStep: string;
  private readonly prometheusPath: string;
  private readonly target: LinkTarget;

  constructor(settings: DataSourceInstanceSettings<DataSourceOptions>) {
    super(settings);
    this.client = createQuerierClient(settings.url ?? '', getBackendSrv);
    this.catalog = createCatalog(this.client, replaceWith({}));
    this.minStep = settings.jsonData.minStep ?? defaultMinStep;
    this.prometheusPath = settings.jsonData.prometheusPath ?? defaultPrometheusPath;
    this.recordingRules = createRecordingRules(this.client, this.prometheusPath);
    this.target = { uid: settings.uid, name: settings.name };
    this.variables = new PyrolensVariableSupport(this);
    // Grafana's standard: an annotation is a query of ours, and frames with time, title, text and tags are marks.
    this.annotations = { getDefaultQuery: () => ({ ...defaultProfileQuery, queryType: 'versions' }) };
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
    return { ...defaultProfileQuery, queryType: firstTypeIn(app) };
  }

  override getQueryDisplayText(query: ProfileQuery): string {
    return describeQuery(migrateQuery(query));
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
    return this.catalog.labelNames(selector, options?.timeRange).then(asFindValues);
  }

  override getTagValues(options: DataSourceGetTagValuesOptions<ProfileQuery>): Promise<MetricFindValue[]> {
    const selector = addFilters('{}', options.filters);
    return this.catalog.labelValues(options.key, selector, options.timeRange).then(asFindValues);
  }

  findVariableValues(query: VariableQuery, range?: TimeRange): Promise<readonly string[]> {
    return findVariableValues(this.catalog, query, replaceWith({}), range);
  }

  preview(query: ProfileQuery, range: TimeRange): Observable<Preview> {
    return askPreview(this.client, interpolateQuery(migrateQuery(query), replaceWith({})), millisOf(range));
  }

  /** For the flame graph panel, which colours by runtime: types by function name. */
  frameTypes(names: readonly string[], range: MillisRange): Promise<ReadonlyMap<string, string>> {
    return firstValueFrom(askFrameTypes(this.client, names, range));
  }

  private answer(target: ProfileQuery, request: DataQueryRequest<ProfileQuery>): Observable<DataQueryResponse> {
    const query = interpolateQuery(target, replaceWith(request.scopedVars), request.filters);
    const stepSeconds = stepSecondsOf(request.intervalMs, secondsOf(this.minStep), secondsOf(query.step));
    const { client, prometheusPath, target: here } = this;
    const range = millisOf(request.range);
    const context = { client, prometheusPath, target: here, range, stepSeconds, linkTo: openAt };
    // Deferred, so that what a question throws before it is asked is its error as well.
    return defer(() => answerQuery(query, context)).pipe(
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

/** A rule needs numbers; who explores wants to see both. */
function firstTypeIn(app: CoreApp): ProfileQueryType {
  switch (app) {
    case CoreApp.UnifiedAlerting:
    case CoreApp.CloudAlerting:
      return 'metrics';
    case CoreApp.Explore:
      return 'both';
    default:
      return defaultProfileQuery.queryType;
  }
}

const replaceWith =
  (scopedVars: ScopedVars): ReplaceVariables =>
  (text, format) =>
    getTemplateSrv().replace(text, scopedVars, format);

/** As far as we use Grafana's, whose types lean on a package that it does not bring. */
interface AddressBar {
  getLocation(): Address;
}
const addressBar = (): AddressBar => locationService;

const openAt = (range: MillisRange): string =>
  locationUtil.assureBaseUrl(movedAddress(addressBar().getLocation(), range));

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
