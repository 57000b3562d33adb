/** The query editor: what kind of answer, of which profile type, for which series. */
import type { QueryEditorProps } from '@grafana/data';
import { CoreApp } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { Alert, Combobox, InlineField, InlineFieldRow } from '@grafana/ui';
import { useEffect } from 'react';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import { migrateQuery } from '../data/migrateQuery.ts';
import type { DataSourceOptions, ProfileQuery, ProfileQueryType } from '../data/profileQuery.ts';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';
import { LabelSelectorField } from './LabelSelectorField.tsx';
import { QueryOptions } from './QueryOptions.tsx';
import { useProfileTypeIds } from './useProfileTypeIds.ts';

type Props = QueryEditorProps<PyrolensDataSource, ProfileQuery, DataSourceOptions>;

const queryTypes: ComboboxOption<ProfileQueryType>[] = [
  { value: 'profile', label: 'Flame graph', description: 'Where the values of the whole range come from' },
  { value: 'metrics', label: 'Metrics', description: 'How the values change over time' },
  { value: 'both', label: 'Both', description: 'Metrics and flame graph' },
];

export function ProfileQueryEditor({ datasource, query: saved, onChange, onRunQuery, range, app }: Props) {
  const query = migrateQuery(saved);
  const types = useProfileTypeIds(datasource, range);
  const change = (part: Partial<ProfileQuery>) => {
    onChange({ ...query, ...part });
    onRunQuery();
  };
  const first = types.kind === 'loaded' ? preferredType(types.ids) : undefined;
  const isUnset = query.profileTypeId === '' && first !== undefined;
  // A query without a type asks nothing; CPU is what most people come for.
  useEffect(() => {
    if (isUnset) change({ profileTypeId: first });
  }, [isUnset, first]);
  const ids = types.kind === 'loaded' ? types.ids : [];
  return (
    <>
      {types.kind === 'failed' && <Alert severity="warning" title={`Profile types: ${types.message}`} />}
      <InlineFieldRow>
        <InlineField label="Type">
          <Combobox
            aria-label="Query type"
            width={18}
            options={app === CoreApp.UnifiedAlerting ? queryTypes.slice(1, 2) : queryTypes}
            value={query.queryType}
            onChange={({ value }) => change({ queryType: value })}
          />
        </InlineField>
        <InlineField label="Profile">
          <Combobox
            aria-label="Profile type"
            width={32}
            placeholder={types.kind === 'loading' ? 'loading ...' : 'no profiles in this range'}
            loading={types.kind === 'loading'}
            createCustomValue
            options={profileTypeOptions(query.profileTypeId, ids)}
            value={query.profileTypeId === '' ? null : query.profileTypeId}
            onChange={({ value }) => change({ profileTypeId: value })}
          />
        </InlineField>
      </InlineFieldRow>
      <LabelSelectorField
        datasource={datasource}
        range={range}
        profileTypeId={query.profileTypeId}
        selector={query.labelSelector}
        onChange={(labelSelector) => change({ labelSelector })}
      />
      <QueryOptions datasource={datasource} range={range} query={query} onChange={change} />
    </>
  );
}

/** The chosen type first if the range has none of it: a variable, or a type that vanished. */
function profileTypeOptions(chosen: string, ids: readonly string[]): ComboboxOption[] {
  const all = chosen === '' || ids.includes(chosen) ? ids : [chosen, ...ids];
  return all.map((value) => ({ value, label: profileTypeLabel(value), description: value }));
}

const preferredType = (ids: readonly string[]): string | undefined =>
  ids.find((id) => id.startsWith('process_cpu:cpu:')) ?? ids[0];
