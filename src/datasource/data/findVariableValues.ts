/** The values of a dashboard variable. */
import type { TimeRange } from '@grafana/data';
import type { Catalog } from './catalog.ts';
import type { ReplaceVariables } from './interpolate.ts';
import { addFilters } from './interpolate.ts';
import type { VariableQuery } from './profileQuery.ts';

export function findVariableValues(
  catalog: Catalog,
  query: VariableQuery,
  replace: ReplaceVariables,
  range?: TimeRange,
): Promise<readonly string[]> {
  const { profileTypeId, labelSelector = '{}', labelName, limit } = query;
  const ofType =
    profileTypeId === undefined ? [] : [{ key: '__profile_type__', operator: '=', value: replace(profileTypeId) }];
  const selector = addFilters(labelSelector, ofType);
  switch (query.type) {
    case 'profileType':
      return catalog.profileTypeIds(range);
    case 'label':
      return catalog.labelNames(selector, range);
    case 'labelValue':
      return labelName === undefined ? Promise.resolve([]) : catalog.labelValues(labelName, selector, range);
    case 'function':
      return catalog.functionNames(profileTypeId ?? '', labelSelector, range, limit);
  }
}
