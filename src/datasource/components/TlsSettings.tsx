/** Certificates, for servers whose own nobody else has signed, or that ask for one. */
import { FieldSet, InlineField, InlineSwitch, Input, SecretTextArea } from '@grafana/ui';
import { inputWidth, labelWidth } from './SecretHeader.tsx';
import type { SecretKey, SectionProps } from './secrets.ts';
import { isKept, withOptions, withoutSecret, withSecret } from './secrets.ts';

export function TlsSettings({ options, onChange }: SectionProps) {
  const { tlsAuth = false, tlsAuthWithCACert = false, tlsSkipVerify = false, serverName = '' } = options.jsonData;
  const toggle = (
    label: string,
    tooltip: string,
    key: 'tlsAuth' | 'tlsAuthWithCACert' | 'tlsSkipVerify',
    on: boolean,
  ) => (
    <InlineField label={label} labelWidth={labelWidth} tooltip={tooltip}>
      <InlineSwitch
        id={`pyrolens-${key}`}
        value={on}
        onChange={(event) => onChange(withOptions(options, { [key]: event.currentTarget.checked }))}
      />
    </InlineField>
  );
  const pem = (label: string, key: SecretKey) => (
    <InlineField label={label} labelWidth={labelWidth}>
      <SecretTextArea
        id={`pyrolens-${key}`}
        cols={inputWidth}
        rows={4}
        placeholder="-----BEGIN ..."
        isConfigured={isKept(options, key)}
        value={options.secureJsonData?.[key] ?? ''}
        onChange={(event) => onChange(withSecret(options, key, event.currentTarget.value))}
        onReset={() => onChange(withoutSecret(options, key))}
      />
    </InlineField>
  );
  return (
    <FieldSet label="TLS">
      {toggle(
        'Own authority',
        'The certificate that the server’s was signed with.',
        'tlsAuthWithCACert',
        tlsAuthWithCACert,
      )}
      {tlsAuthWithCACert && pem('CA certificate', 'tlsCACert')}
      {toggle('Client certificate', 'The server asks Grafana for a certificate.', 'tlsAuth', tlsAuth)}
      {tlsAuth && (
        <>
          <InlineField label="Server name" labelWidth={labelWidth} tooltip="As in the server's certificate.">
            <Input
              id="pyrolens-server-name"
              width={inputWidth}
              value={serverName}
              onChange={(event) => onChange(withOptions(options, { serverName: event.currentTarget.value.trim() }))}
            />
          </InlineField>
          {pem('Certificate', 'tlsClientCert')}
          {pem('Key', 'tlsClientKey')}
        </>
      )}
      {toggle('Skip verification', 'Takes any certificate: only for trials.', 'tlsSkipVerify', tlsSkipVerify)}
    </FieldSet>
  );
}
