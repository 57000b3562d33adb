/** Time range, profile type and data source: the same on every page. */
import type { TimeRange } from '@grafana/data';
import { dateTime } from '@grafana/data';
import { Button, Combobox, InlineField, Stack, TimeRangePicker } from '@grafana/ui';
import { useEffect } from 'react';
import { shownValue, useLoaded } from '../../datasource/components/useLoaded.ts';
import { preferredType } from '../../datasource/data/preferredType.ts';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import { textOfRange } from '../data/timeRange.ts';
import type { PageLocation } from '../usePageState.ts';
import type { Server } from '../useServer.ts';
import { profileSources } from '../useServer.ts';

interface Props {
  readonly server: Server;
  readonly location: PageLocation;
  readonly range: TimeRange;
  readonly onRefresh: () => void;
  readonly children?: React.ReactNode;
}

export function RangeControls({ server, location, range, onRefresh, children }: Props) {
  const { change } = location;
  const move = (share: number) => {
    const millis = (range.to.valueOf() - range.from.valueOf()) * share;
    const [from, to] = [range.from.valueOf() + millis, range.to.valueOf() + millis];
    change({ from: String(Math.round(from)), to: String(Math.round(to)) });
  };
  const zoomOut = () => {
    const millis = (range.to.valueOf() - range.from.valueOf()) / 2;
    change({
      from: String(Math.round(range.from.valueOf() - millis)),
      to: String(Math.round(Math.min(dateTime().valueOf(), range.to.valueOf() + millis))),
    });
  };
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
      <SourceField server={server} onChange={(datasourceUid) => change({ datasourceUid })} />
      <TypeField server={server} location={location} range={range} />
      {children}
      <TimeRangePicker
        value={range}
        timeZone="browser"
        onChange={(next) => change(textOfRange(next))}
        onChangeTimeZone={() => undefined}
        onMoveBackward={() => move(-0.5)}
        onMoveForward={() => move(0.5)}
        onZoom={zoomOut}
      />
      <Button variant="secondary" icon="sync" aria-label="Refresh" onClick={onRefresh} />
    </Stack>
  );
}

function SourceField({ server, onChange }: Pick<Props, 'server'> & { readonly onChange: (uid: string) => void }) {
  const sources = profileSources();
  // A choice of one is none.
  if (sources.length < 2) return null;
  return (
    <InlineField label="Data source" style={{ margin: 0 }}>
      <Combobox
        aria-label="Data source"
        width={24}
        options={sources.map(({ uid, name }) => ({ value: uid, label: name }))}
        value={server.uid}
        onChange={({ value }) => onChange(value)}
      />
    </InlineField>
  );
}

function TypeField({ server, location, range }: Pick<Props, 'server' | 'location' | 'range'>) {
  // A refresh is a new range: whoever waits for the first profile must see it.
  const types = useLoaded(() => server.catalog.profileTypeIds(range), [server, range]);
  const ids = shownValue(types) ?? [];
  const { profileTypeId } = location.state;
  const first = profileTypeId === '' ? preferredType(ids) : undefined;
  // CPU is what most people come for; the address then says so.
  useEffect(() => {
    if (first !== undefined) location.adjust({ profileTypeId: first });
  }, [first]);
  const all = profileTypeId === '' || ids.includes(profileTypeId) ? ids : [profileTypeId, ...ids];
  return (
    <InlineField label="Profile" style={{ margin: 0 }}>
      <Combobox
        aria-label="Profile type"
        width={28}
        placeholder={types.kind === 'loading' ? 'loading ...' : 'no profiles in this range'}
        options={all.map((id) => ({ value: id, label: profileTypeLabel(id), description: id }))}
        value={profileTypeId === '' ? null : profileTypeId}
        onChange={({ value }) => location.change({ profileTypeId: value })}
      />
    </InlineField>
  );
}
