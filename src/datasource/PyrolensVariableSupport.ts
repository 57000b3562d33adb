/** Dashboard variables: profile types, label names, label values and functions. */
import type { DataQueryRequest, DataQueryResponse } from '@grafana/data';
import { CustomVariableSupport } from '@grafana/data';
import type { Observable } from 'rxjs';
import { from, map } from 'rxjs';
import { VariableQueryEditor } from './components/VariableQueryEditor.tsx';
import { migrateVariableQuery } from './data/migrateVariableQuery.ts';
import type { DataSourceOptions, ProfileQuery, VariableQuery } from './data/profileQuery.ts';
import type { PyrolensDataSource } from './PyrolensDataSource.ts';

export class PyrolensVariableSupport extends CustomVariableSupport<
  PyrolensDataSource,
  VariableQuery,
  ProfileQuery,
  DataSourceOptions
> {
  override readonly editor = VariableQueryEditor;
  private readonly datasource: PyrolensDataSource;

  constructor(datasource: PyrolensDataSource) {
    super();
    this.datasource = datasource;
  }

  override query(request: DataQueryRequest<VariableQuery>): Observable<DataQueryResponse> {
    const query = migrateVariableQuery(request.targets[0]);
    return from(this.datasource.findVariableValues(query, request.range)).pipe(
      map((values) => ({ data: values.map((text) => ({ text, value: text })) })),
    );
  }
}
