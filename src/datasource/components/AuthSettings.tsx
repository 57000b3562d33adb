/** How the server knows Grafana: a token, or user and password for a proxy in front of it. */
import { FieldSet, InlineField, Input, RadioButtonGroup, SecretInput } from '@grafana/ui';
import { useState } from 'react';
import { inputWidth, labelWidth, SecretHeader, tenantHeader, tokenHeader } from './SecretHeader.tsx';
import type { SectionProps, Settings } from './secrets.ts';
import { isKept, withoutSecret, withSecret } from './secrets.ts';

type Method = 'token' | 'basic';

export function AuthSettings({ options, onChange }: SectionProps) {
  const [method, setMethod] = useState<Method>(options.basicAuth ? 'basic' : 'token');
  return (
    <FieldSet label="Authentication">
      <InlineField label="Method" labelWidth={labelWidth}>
        <RadioButtonGroup<Method>
          aria-label="Method"
          value={method}
          options={[
            { value: 'token', label: 'Token' },
            { value: 'basic', label: 'User and password' },
          ]}
          onChange={(next) => {
            setMethod(next);
            onChange({ ...options, basicAuth: next === 'basic' });
          }}
        />
      </InlineField>
      {method === 'token' ? (
        <SecretHeader
          label="Token"
          tooltip="What the server was started with as --token; leave it empty if it has none."
          header={tokenHeader}
          options={options}
          onChange={onChange}
        />
      ) : (
        <BasicAuth options={options} onChange={onChange} />
      )}
      <SecretHeader
        label="Tenant"
        tooltip="Sent as X-Scope-OrgID; only for servers that keep several tenants apart. Several, for reading: a|b."
        header={tenantHeader}
        options={options}
        onChange={onChange}
      />
    </FieldSet>
  );
}

function BasicAuth({ options, onChange }: SectionProps) {
  const change = (part: Partial<Settings>) => onChange({ ...options, ...part });
  return (
    <>
      <InlineField label="User" labelWidth={labelWidth}>
        <Input
          id="pyrolens-user"
          width={inputWidth}
          value={options.basicAuthUser}
          onChange={(event) => change({ basicAuthUser: event.currentTarget.value.trim() })}
        />
      </InlineField>
      <InlineField label="Password" labelWidth={labelWidth}>
        <SecretInput
          id="pyrolens-password"
          width={inputWidth}
          isConfigured={isKept(options, 'basicAuthPassword')}
          value={options.secureJsonData?.basicAuthPassword ?? ''}
          onChange={(event) => onChange(withSecret(options, 'basicAuthPassword', event.currentTarget.value))}
          onReset={() => onChange(withoutSecret(options, 'basicAuthPassword'))}
        />
      </InlineField>
    </>
  );
}
