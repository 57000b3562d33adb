/**
 * A header that Grafana's data source proxy adds to every request: it never comes back to a browser, and needs no code of ours.
 */
import { InlineField, SecretInput } from '@grafana/ui';
import type { SectionProps } from './secrets.ts';
import { isKept, withOptions, withoutSecret, withSecret } from './secrets.ts';

export const labelWidth = 24;
export const inputWidth = 50;

interface Header {
  readonly nameKey: 'httpHeaderName1' | 'httpHeaderName2';
  readonly valueKey: 'httpHeaderValue1' | 'httpHeaderValue2';
  readonly header: string;
  readonly prefix: string;
}
export const tokenHeader: Header = {
  nameKey: 'httpHeaderName1',
  valueKey: 'httpHeaderValue1',
  header: 'Authorization',
  prefix: 'Bearer ',
};
export const tenantHeader: Header = {
  nameKey: 'httpHeaderName2',
  valueKey: 'httpHeaderValue2',
  header: 'X-Scope-OrgID',
  prefix: '',
};

interface Props extends SectionProps {
  readonly label: string;
  readonly tooltip: string;
  readonly header: Header;
}

export function SecretHeader({ label, tooltip, header, options, onChange }: Props) {
  const { nameKey, valueKey, prefix } = header;
  const value = options.secureJsonData?.[valueKey] ?? '';
  return (
    <InlineField label={label} labelWidth={labelWidth} tooltip={tooltip}>
      <SecretInput
        id={`pyrolens-${label.toLowerCase()}`}
        width={inputWidth}
        placeholder="none"
        isConfigured={isKept(options, valueKey)}
        value={value.startsWith(prefix) ? value.slice(prefix.length) : value}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          const named = withOptions(options, { [nameKey]: text === '' ? undefined : header.header });
          onChange(withSecret(named, valueKey, text === '' ? '' : prefix + text));
        }}
        onReset={() => onChange(withoutSecret(withOptions(options, { [nameKey]: undefined }), valueKey))}
      />
    </InlineField>
  );
}
