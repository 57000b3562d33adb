/** The app's settings, under Administration: which data source its pages start with. Provisioning writes the same. */
import type { AppPluginMeta, PluginConfigPageProps } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { Button, Combobox, Field, Stack, Text } from '@grafana/ui';
import { useState } from 'react';
import { firstValueFrom } from 'rxjs';
import type { AppSettings } from '../data/appSettings.ts';
import { profileSources } from '../useServer.ts';

export function SettingsPage({ plugin: { meta } }: PluginConfigPageProps<AppPluginMeta<AppSettings>>) {
  const [uid, setUid] = useState(meta.jsonData?.datasourceUid ?? null);
  const [outcome, setOutcome] = useState('');
  const save = () => {
    const jsonData: AppSettings = uid === null ? {} : { datasourceUid: uid };
    const data = { enabled: true, pinned: meta.pinned ?? true, jsonData };
    const sent = getBackendSrv().fetch({ url: `/api/plugins/${meta.id}/settings`, method: 'POST', data });
    firstValueFrom(sent).then(
      () => setOutcome('Saved; pages that are opened from now on use it.'),
      (error: unknown) => setOutcome(`Not saved: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  return (
    <Stack direction="column" gap={2} alignItems="flex-start">
      <Field
        label="Data source"
        description="The one that the app's pages start with; the first of profiles when none is chosen."
        noMargin
      >
        <Combobox
          aria-label="Data source"
          width={40}
          isClearable
          placeholder="the first one"
          options={profileSources().map(({ uid: value, name }) => ({ value, label: name }))}
          value={uid}
          onChange={(option: { readonly value: string } | null) => setUid(option?.value ?? null)}
        />
      </Field>
      <Button onClick={save}>Save</Button>
      <Text element="p">{outcome}</Text>
    </Stack>
  );
}
