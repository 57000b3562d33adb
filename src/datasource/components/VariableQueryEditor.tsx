/** What a dashboard variable takes its values from. */
import type { QueryEditorProps } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { Combobox, InlineField, InlineFieldRow, Input } from '@grafana/ui';
import { migrateVariableQuery } from '../data/migrateVariableQuery.ts';
import type { DataSourceOptions, ProfileQuery, VariableKind, VariableQuery } from '../data/profileQuery.ts';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';
import { optionsMatching } from './optionsMatching.ts';

type Props = QueryEditorProps<PyrolensDataSource, ProfileQuery, DataSourceOptions, VariableQuery>;

const kinds: ComboboxOption<VariableKind>[] = [
  { value: 'profileType', label: 'Profile types' },
  { value: 'label', label: 'Label names' },
  { value: 'labelValue', label: 'Label values' },
  { value: 'function', label: 'Functions' },
];
const labelWidth = 20;

export function VariableQueryEditor({ datasource, query: saved, onChange, range }: Props) {
  const query = migrateVariableQuery(saved);
  const change = (part: Partial<VariableQuery>) => onChange({ ...query, ...part });
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Values are" labelWidth={labelWidth}>
          <Combobox
            aria-label="Values are"
            width={30}
            options={kinds}
            value={query.type}
            onChange={({ value }) => change({ type: value })}
          />
        </InlineField>
      </InlineFieldRow>
      {query.type === 'labelValue' && (
        <InlineFieldRow>
          <InlineField label="Label" labelWidth={labelWidth}>
            <Combobox
              aria-label="Label"
              width={30}
              placeholder="service_name"
              createCustomValue
              options={(typed) => optionsMatching(typed, datasource.catalog.labelNames('{}', range))}
              value={query.labelName ?? null}
              onChange={({ value }) => change({ labelName: value })}
            />
          </InlineField>
        </InlineFieldRow>
      )}
      {query.type !== 'profileType' && (
        <InlineFieldRow>
          <InlineField
            label="Of profile type"
            labelWidth={labelWidth}
            tooltip="Only of series of this type; functions are of CPU without one."
          >
            <Combobox
              aria-label="Of profile type"
              width={60}
              placeholder="any"
              isClearable
              createCustomValue
              options={(typed) => optionsMatching(typed, datasource.catalog.profileTypeIds(range))}
              value={query.profileTypeId ?? null}
              onChange={(option) => change({ profileTypeId: option?.value })}
            />
          </InlineField>
          <InlineField label="Where" tooltip="Only of series that fit this selector.">
            <Input
              aria-label="Where"
              width={40}
              placeholder='{namespace="shop"}'
              defaultValue={query.labelSelector}
              onBlur={(event) => change({ labelSelector: event.currentTarget.value.trim() || undefined })}
            />
          </InlineField>
        </InlineFieldRow>
      )}
    </>
  );
}
