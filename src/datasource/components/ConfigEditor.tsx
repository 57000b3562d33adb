/** Settings of the data source: where the server is, how it knows Grafana, and how it is asked. */
import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { FieldSet, InlineField, Input } from '@grafana/ui';
import type { DataSourceOptions, DataSourceSecrets } from '../data/profileQuery.ts';
import { defaultPrometheusPath } from '../data/profileQuery.ts';
import { AlertSourceField } from './AlertSourceField.tsx';
import { AuthSettings } from './AuthSettings.tsx';
import { inputWidth, labelWidth } from './SecretHeader.tsx';
import { withOptions } from './secrets.ts';
import { TlsSettings } from './TlsSettings.tsx';

type Props = DataSourcePluginOptionsEditorProps<DataSourceOptions, DataSourceSecrets>;

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
      </FieldSet>
      <AuthSettings options={options} onChange={onOptionsChange} />
      <TlsSettings options={options} onChange={onOptionsChange} />
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
            onChange={(event) => onOptionsChange(withOptions(options, { minStep: event.currentTarget.value.trim() }))}
          />
        </InlineField>
        <InlineField
          label="Path of PromQL"
          labelWidth={labelWidth}
          tooltip="Where the server answers PromQL, below its URL. Shares of functions are asked there."
        >
          <Input
            id="pyrolens-prometheus-path"
            width={inputWidth}
            placeholder="/prometheus"
            value={jsonData.prometheusPath ?? ''}
            onChange={(event) =>
              onOptionsChange(withOptions(options, { prometheusPath: event.currentTarget.value.trim() || undefined }))
            }
          />
        </InlineField>
        <AlertSourceField
          chosen={jsonData.prometheusUid}
          url={options.url}
          prometheusPath={jsonData.prometheusPath ?? defaultPrometheusPath}
          onChange={(prometheusUid) => onOptionsChange(withOptions(options, { prometheusUid }))}
        />
      </FieldSet>
    </>
  );
}
