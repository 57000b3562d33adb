/**
 * Settings of the data source: where the server is and how it is asked.
 *
 * Token and tenant are stored as the custom headers that Grafana's data source proxy adds to every request: they never
 * come back to a browser, and need no code of ours.
 */
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { FieldSet, InlineField, Input, SecretInput } from '@grafana/ui';
import type { DataSourceOptions, DataSourceSecrets } from '../data/profileQuery.ts';

type Props = DataSourcePluginOptionsEditorProps<DataSourceOptions, DataSourceSecrets>;

const labelWidth = 20;
const inputWidth = 50;

interface Header {
  readonly nameKey: 'httpHeaderName1' | 'httpHeaderName2';
  readonly valueKey: 'httpHeaderValue1' | 'httpHeaderValue2';
  readonly header: string;
  readonly prefix: string;
}
const tokenHeader: Header = {
  nameKey: 'httpHeaderName1',
  valueKey: 'httpHeaderValue1',
  header: 'Authorization',
  prefix: 'Bearer ',
};
const tenantHeader: Header = {
  nameKey: 'httpHeaderName2',
  valueKey: 'httpHeaderValue2',
  header: 'X-Scope-OrgID',
  prefix: '',
};

export function ConfigEditor({ options, onOptionsChange }: Props) {
  const { jsonData } = options;
  return (
    <>
      <FieldSet label="Connection">
        <InlineField
          label="Server URL"
          labelWidth={labelWidth}
          tooltip="Where the Grafana server reaches Pyrolens; the same address that agents push to."
          required
        >
          <Input
            id="pyrolens-url"
            width={inputWidth}
            placeholder="http://localhost:4040"
            value={options.url}
            onChange={(event) => onOptionsChange({ ...options, url: event.currentTarget.value.trim() })}
          />
        </InlineField>
        <SecretHeader
          label="Token"
          tooltip="What the server was started with as --token; leave it empty if it has none."
          header={tokenHeader}
          options={options}
          onOptionsChange={onOptionsChange}
        />
        <SecretHeader
          label="Tenant"
          tooltip="Sent as X-Scope-OrgID; only for servers that keep several tenants apart."
          header={tenantHeader}
          options={options}
          onOptionsChange={onOptionsChange}
        />
      </FieldSet>
      <FieldSet label="Querying">
        <InlineField
          label="Minimal step"
          labelWidth={labelWidth}
          tooltip="Least time between two points of a graph: not less than the time between two profiles of a process."
        >
          <Input
            id="pyrolens-min-step"
            width={inputWidth}
            placeholder="15s"
            value={jsonData.minStep ?? ''}
            onChange={(event) =>
              onOptionsChange({ ...options, jsonData: { ...jsonData, minStep: event.currentTarget.value.trim() } })
            }
          />
        </InlineField>
      </FieldSet>
    </>
  );
}

function SecretHeader({
  label,
  tooltip,
  header: { nameKey, valueKey, header, prefix },
  options,
  onOptionsChange,
}: Props & { readonly label: string; readonly tooltip: string; readonly header: Header }) {
  const { jsonData, secureJsonData, secureJsonFields } = options;
  const value = secureJsonData?.[valueKey] ?? '';
  return (
    <InlineField label={label} labelWidth={labelWidth} tooltip={tooltip}>
      <SecretInput
        id={`pyrolens-${label.toLowerCase()}`}
        width={inputWidth}
        placeholder="none"
        isConfigured={secureJsonFields[valueKey] === true}
        value={value.startsWith(prefix) ? value.slice(prefix.length) : value}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          onOptionsChange({
            ...options,
            jsonData: { ...jsonData, [nameKey]: text === '' ? undefined : header },
            secureJsonData: { ...secureJsonData, [valueKey]: text === '' ? '' : prefix + text },
          });
        }}
        onReset={() =>
          onOptionsChange({
            ...options,
            jsonData: { ...jsonData, [nameKey]: undefined },
            secureJsonData: { ...secureJsonData, [valueKey]: '' },
            secureJsonFields: { ...secureJsonFields, [valueKey]: false },
          })
        }
      />
    </InlineField>
  );
}
