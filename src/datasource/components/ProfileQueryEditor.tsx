/** The query editor: what kind of answer, of which profile type, for which series; as choices or as text. */
import type { QueryEditorProps } from '@grafana/data';
import { CoreApp } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { Alert, Combobox, InlineField, InlineFieldRow, RadioButtonGroup } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import type { Catalog } from '../data/catalog.ts';
import { queryTypeLabels } from '../data/describeQuery.ts';
import { migrateQuery } from '../data/migrateQuery.ts';
import { preferredType } from '../data/preferredType.ts';
import type { DataSourceOptions, ProfileQuery, ProfileQueryType } from '../data/profileQuery.ts';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';
import { CodeField } from './CodeField.tsx';
import { LabelSelectorField } from './LabelSelectorField.tsx';
import { PreviewLine } from './PreviewLine.tsx';
import { QueryOptions } from './QueryOptions.tsx';
import { useProfileTypeIds } from './useProfileTypeIds.ts';

type Props = QueryEditorProps<PyrolensDataSource, ProfileQuery, DataSourceOptions>;
type Mode = 'builder' | 'code';

const descriptions: Readonly<Record<ProfileQueryType, string>> = {
  profile: 'Where the values of the whole range come from',
  metrics: 'How the values change over time',
  both: 'Metrics and flame graph',
  diff: 'What changed against earlier, another version or other profiles',
  topFunctions: 'A table of what costs most, with its change',
  functionShare: 'What functions cost over time, in percent or cores',
  heatmap: 'How many profiles or spans cost how much, over time',
  exemplars: 'Single profiles or spans, the largest first',
  versions: 'When new versions appeared, and what costs more since',
};
const allTypes: readonly ProfileQueryType[] = [
  'profile',
  'metrics',
  'both',
  'diff',
  'topFunctions',
  'functionShare',
  'heatmap',
  'exemplars',
  'versions',
];
/** What an alert rule can evaluate. */
const alertTypes: readonly ProfileQueryType[] = ['metrics', 'functionShare', 'topFunctions'];

export function ProfileQueryEditor({ datasource, query: saved, onChange, onRunQuery, range, app }: Props) {
  const query = migrateQuery(saved);
  const { catalog } = datasource;
  const [mode, setMode] = useState<Mode>('builder');
  const change = (part: Partial<ProfileQuery>) => {
    onChange({ ...query, ...part });
    onRunQuery();
  };
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Type">
          <Combobox
            aria-label="Query type"
            width={20}
            options={typeOptions(app)}
            value={query.queryType}
            onChange={({ value }) => change({ queryType: value })}
          />
        </InlineField>
        <ProfileTypeField
          catalog={catalog}
          range={range}
          chosen={query.profileTypeId}
          isShown={mode === 'builder'}
          onChange={(profileTypeId) => change({ profileTypeId })}
        />
        <RadioButtonGroup<Mode>
          aria-label="How to edit the query"
          value={mode}
          options={[
            { value: 'builder', label: 'Builder' },
            { value: 'code', label: 'Code' },
          ]}
          onChange={setMode}
        />
      </InlineFieldRow>
      <InlineFieldRow>
        {mode === 'code' ? (
          <CodeField
            catalog={catalog}
            range={range}
            profileTypeId={query.profileTypeId}
            labelSelector={query.labelSelector}
            functions={query.queryType === 'functionShare' ? (query.functions ?? []) : undefined}
            onChange={({ profileTypeId, labelSelector, functions }) =>
              change({
                profileTypeId,
                labelSelector,
                ...(query.queryType === 'functionShare' && { functions: [...functions] }),
              })
            }
          />
        ) : (
          <LabelSelectorField
            catalog={catalog}
            range={range}
            profileTypeId={query.profileTypeId}
            selector={query.labelSelector}
            onChange={(labelSelector) => change({ labelSelector })}
          />
        )}
      </InlineFieldRow>
      <QueryOptions catalog={catalog} range={range} query={query} onChange={change} />
      <PreviewLine datasource={datasource} query={query} range={range} />
    </>
  );
}

const typeOptions = (app: CoreApp | undefined): ComboboxOption<ProfileQueryType>[] =>
  (app === CoreApp.UnifiedAlerting ? alertTypes : allTypes).map((value) => ({
    value,
    label: queryTypeLabels[value],
    description: descriptions[value],
  }));

interface ProfileTypeProps {
  readonly catalog: Catalog;
  readonly range: Props['range'];
  readonly chosen: string;
  /** In code mode the type stands in the text. */
  readonly isShown: boolean;
  readonly onChange: (profileTypeId: string) => void;
}

function ProfileTypeField({ catalog, range, chosen, isShown, onChange }: ProfileTypeProps) {
  const types = useProfileTypeIds(catalog, range);
  const ids = types.kind === 'loaded' ? types.value : [];
  const first = preferredType(ids);
  const isUnset = chosen === '' && first !== undefined;
  // A query without a type asks nothing; CPU is what most people come for.
  useEffect(() => {
    if (isUnset) onChange(first);
  }, [isUnset, first]);
  if (types.kind === 'failed') return <Alert severity="warning" title={`Profile types: ${types.message}`} />;
  if (!isShown) return null;
  return (
    <InlineField label="Profile">
      <Combobox
        aria-label="Profile type"
        width={32}
        placeholder={types.kind === 'loading' ? 'loading ...' : 'no profiles in this range'}
        loading={types.kind === 'loading'}
        createCustomValue
        options={profileTypeOptions(chosen, ids)}
        value={chosen === '' ? null : chosen}
        onChange={({ value }) => onChange(value)}
      />
    </InlineField>
  );
}

/** The chosen type first if the range has none of it: a variable, or a type that vanished. */
function profileTypeOptions(chosen: string, ids: readonly string[]): ComboboxOption[] {
  const all = chosen === '' || ids.includes(chosen) ? ids : [chosen, ...ids];
  return all.map((value) => ({ value, label: profileTypeLabel(value), description: value }));
}
