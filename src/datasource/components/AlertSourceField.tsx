/** Which Prometheus data source is the same server, for alert rules: a browser does not learn where data sources lead. */
import { getDataSourceSrv } from '@grafana/runtime';
import type { ComboboxOption } from '@grafana/ui';
import { Combobox, InlineField } from '@grafana/ui';
import { inputWidth, labelWidth } from './SecretHeader.tsx';

interface Props {
  readonly chosen: string | undefined;
  /** As the server is reached from Grafana, and where it answers PromQL. */
  readonly url: string;
  readonly prometheusPath: string;
  readonly onChange: (uid: string | undefined) => void;
}

export function AlertSourceField({ chosen, url, prometheusPath, onChange }: Props) {
  const known = getDataSourceSrv()
    .getList({ type: 'prometheus' })
    .map(({ uid, name }): ComboboxOption => ({ value: uid, label: name }));
  const address = `${url.replace(/\/+$/, '') || 'http://localhost:4040'}/${prometheusPath.replace(/^\/+/, '')}`;
  return (
    <InlineField
      label="Alerts through"
      labelWidth={labelWidth}
      tooltip={`The Prometheus data source with the URL ${address}. Rules made from a flame graph ask it; without one, one whose name has "pyrolens" in it is taken.`}
    >
      <Combobox
        aria-label="Alerts through"
        width={inputWidth}
        isClearable
        placeholder={known.length === 0 ? `none yet: add Prometheus, ${address}` : 'the one named after Pyrolens'}
        options={known}
        value={chosen ?? null}
        onChange={(option: ComboboxOption | null) => onChange(option?.value)}
      />
    </InlineField>
  );
}
